"""From a page of the newsroom to bytes: plates, and the presses that print them onto the shelf."""
