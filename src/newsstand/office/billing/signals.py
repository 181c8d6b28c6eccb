"""What billing announces."""

from django.dispatch import Signal

# A plan or an offer was added, changed or taken off sale. No arguments.
offers_changed = Signal()
