"""What is kept between office and kiosk: ready variants and all else a kiosk must know. No Django."""

from newsstand.shelf.shelf import Shelf, memory_shelf, open_shelf

__all__ = ["Shelf", "memory_shelf", "open_shelf"]
