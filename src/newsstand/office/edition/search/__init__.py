"""Search: two tables of words, and answers that are cut from what the reader may read."""
