"""A gateway that takes no money: cards, banks and their moods in one process, with a database of its own."""
