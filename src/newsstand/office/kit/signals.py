"""What the kit announces."""

from django.dispatch import Signal

# The publication's name, zone, language, colour … changed. No arguments.
publication_changed = Signal()
