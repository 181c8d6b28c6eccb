"""Who may read what, and what stands there otherwise."""
