"""A newsroom."""

import pytest

from newsstand.office.articles.models import FrontPage, SectionPage
from tests.office import newsroom


@pytest.fixture
def front(db: None) -> FrontPage:
    return newsroom.found()


@pytest.fixture
def harbour(front: FrontPage) -> SectionPage:
    return newsroom.section()
