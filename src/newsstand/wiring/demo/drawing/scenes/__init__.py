"""One file for each scene; every one has a function `draw() -> Image`."""
