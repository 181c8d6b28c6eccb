"""What this desk announces. A receiver writes outbox rows: it is called inside the transaction of the change."""

from django.dispatch import Signal

# The row of a story was saved, in whatever state, and the save is not committed yet. Wagtail speaks of a publication
# only after that commit. article: ArticlePage; shown_at: str | None, where it was last announced.
article_saved = Signal()

# A story was published, changed, moved or renamed.
# article_id: str; before_paths, after_paths: list[str], the story's own address first, then every listing that
# showed or shows it. before_paths is empty for a story that was not public before.
article_changed = Signal()

# A story is no longer public: unpublished or deleted. article_id: str; before_paths: list[str] as above.
article_gone = Signal()

# A listing (front page, section, author, tag …) changed, came or went.
# before_path: str | None; after_path: str | None; they differ when the page was renamed or moved.
listing_changed = Signal()

# The sections, which stand in the menu of every page, changed. No arguments.
menu_changed = Signal()
