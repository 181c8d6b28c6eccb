"""What accounts announce."""

from django.dispatch import Signal

# A reader has another name from now on. Argument: account.
reader_renamed = Signal()

# An account was closed, by whatever door. Arguments: account, by, now.
account_closed = Signal()
