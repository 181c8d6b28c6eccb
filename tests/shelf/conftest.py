"""Every test of the shelf that asks for a store runs on the one in memory and on the one in LMDB."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsstand.shelf import Shelf, memory_shelf, open_shelf


@pytest.fixture(params=["memory", "lmdb"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    opened = memory_shelf() if request.param == "memory" else open_shelf(tmp_path / "shelf")
    yield opened
    opened.close()
