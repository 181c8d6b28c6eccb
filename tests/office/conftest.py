"""What every test of the office gets: an empty shelf in memory, and a publication where it asks for one.

Django is imported inside the fixtures: pytest may read this file before the settings are named.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from newsstand.shelf.shelf import Shelf, memory_shelf

if TYPE_CHECKING:
    from newsstand.office.kit.models import Publication


@pytest.fixture(autouse=True)
def shelf(settings: Any) -> Iterator[Shelf]:
    """The shelf of this test, new and empty. Nobody waits for a worker, since none runs."""
    from newsstand.office.kit import queries
    from newsstand.office.kit import shelf as kit_shelf

    settings.OUTBOX_WAIT = 0
    memory = memory_shelf()
    kit_shelf.use(lambda: memory)
    queries.forget_publication()
    yield memory
    queries.forget_publication()
    memory.close()


@pytest.fixture
def publication(db: None) -> "Publication":
    """The publication of this test."""
    from newsstand.office.kit.models import Publication

    return Publication.objects.create(
        pk=1, name="The Tidemark", zone="Europe/Berlin", currency="USD", support_email="help@tidemark.example"
    )
