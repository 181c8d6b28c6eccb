"""One module per command; `cli` loads the one that is called."""
