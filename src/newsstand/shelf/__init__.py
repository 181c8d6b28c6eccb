"""What is kept between office and kiosk: ready variants and all else a kiosk must know. No Django."""
