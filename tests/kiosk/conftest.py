"""Each test has a site of its own, in memory."""

import pytest

from tests.kiosk.site import Site, make_site


@pytest.fixture
def site() -> Site:
    return make_site()
