"""Where the work is done: the desks, with Django and Wagtail."""
