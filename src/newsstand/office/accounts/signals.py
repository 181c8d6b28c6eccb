"""What accounts announce."""

from django.dispatch import Signal

# A reader has another name from now on. Argument: account.
reader_renamed = Signal()

# There is another product, or one has another name: what a plan opens is said in other words. No arguments.
products_changed = Signal()

# An account was closed, by whatever door. Arguments: account, by, now.
account_closed = Signal()
