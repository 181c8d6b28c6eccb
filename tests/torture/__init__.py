"""Workers that kill themselves at the worst moments, against a bank that remembers everything but its keys."""
