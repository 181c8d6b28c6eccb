"""What is decided: pure functions on plain values."""
