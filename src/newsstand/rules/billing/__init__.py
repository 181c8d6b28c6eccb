"""What costs how much, and what happens next."""
