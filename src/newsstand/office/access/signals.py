"""What this desk announces."""

from django.dispatch import Signal

# The access rules changed, are on the board, and the generation was raised. No arguments.
policy_changed = Signal()
