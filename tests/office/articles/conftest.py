"""A newsroom with a shelf in memory."""

import pytest

from newsstand.office.articles.models import FrontPage, SectionPage
from newsstand.office.kit import shelf as kit_shelf
from newsstand.shelf.shelf import Shelf, memory_shelf
from tests.office import newsroom


@pytest.fixture(autouse=True)
def shelf() -> Shelf:
    memory = memory_shelf()
    kit_shelf.use(lambda: memory)
    return memory


@pytest.fixture
def front(db: None) -> FrontPage:
    return newsroom.found()


@pytest.fixture
def harbour(front: FrontPage) -> SectionPage:
    return newsroom.section()
