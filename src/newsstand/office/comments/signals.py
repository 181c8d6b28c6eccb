"""What comments announce."""

from django.dispatch import Signal

# What stands under a story has changed. Argument: article_id. A receiver may return the id of the outbox row
# that brings the change to the readers; whoever made the change waits for it before leading back to the story.
comments_changed = Signal()
