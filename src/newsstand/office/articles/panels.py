"""What other desks have to say beside a story in the editor."""

from typing import Any

from wagtail.admin.panels import Panel

from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry


class NotesPanel(Panel):
    """A sentence of each desk that has something to say about this story. A story that was never saved has none."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one story."""

        template_name = "articles/staff/story_notes.html"

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            is_kept = self.instance.pk is not None
            now = clock.now()
            context["notes"] = [note(self.instance, now) for note in registry.story_notes] if is_kept else []
            return context
