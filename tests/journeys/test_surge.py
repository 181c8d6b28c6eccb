"""A story of this second, and a crowd at the door: everybody gets the right page, and it is printed once."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bench.surge import surge, wrong_answers
from tests.journeys.site import Site

pytestmark = pytest.mark.journey


def test_a_crowd_on_a_new_story(site: Site, tmp_path: Path) -> None:
    port = urlsplit(site.url).port
    assert port is not None
    crowd, watch = surge(site.data, port, tmp_path / "surge.md", 400, 64, site.environment)
    assert sum(crowd.answers.values()) == 400
    assert crowd.lost == 0
    assert wrong_answers(crowd) == 0
    assert len(watch.stamps) == 1
    assert len(watch.variants) == len(set(watch.variants))
