"""What this desk announces."""

from django.dispatch import Signal

# A slot or a house advertisement was added, changed or removed. No arguments.
ads_changed = Signal()
