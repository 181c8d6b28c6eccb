"""The walk: reads a running site as every kind of reader and looks for text that this reader may not read."""
