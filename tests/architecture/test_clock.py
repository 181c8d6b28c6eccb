"""Only two files ask the machine what time it is; ruff keeps the others from it."""

import json
import subprocess
import sys

import pytest

from tests.architecture.house import ROOT

ASKS = {
    "datetime.now": "from datetime import UTC, datetime\n\nASKED = datetime.now(UTC)\n",
    "utcnow": "import datetime\n\nASKED = datetime.datetime.utcnow()\n",
    "date.today": "from datetime import date\n\nASKED = date.today()\n",
    "time.time": "import time\n\nASKED = time.time()\n",
    "timezone.now": "from django.utils import timezone\n\nASKED = timezone.now()\n",
    "localdate": "from django.utils.timezone import localdate\n\nASKED = localdate()\n",
    "the database": "from django.db.models.functions import Now\n\nASKED = Now()\n",
}


def banned(text: str, place: str) -> bool:
    """Whether ruff refuses a text that stands at a place of the source tree."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select=TID251",
        "--output-format=json",
        "--stdin-filename",
        place,
    ]
    done = subprocess.run([*command, "-"], input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    return any(found["code"] == "TID251" for found in json.loads(done.stdout))


@pytest.mark.parametrize("text", ASKS.values(), ids=ASKS.keys())
def test_nobody_asks_the_machine(text: str) -> None:
    assert banned(text, "src/newsstand/office/billing/queries.py")


@pytest.mark.parametrize("place", ["src/newsstand/office/kit/clock.py", "src/newsstand/kiosk/app.py"])
def test_the_two_clocks_may(place: str) -> None:
    assert not banned(ASKS["time.time"], place)


def test_no_line_is_exempt() -> None:
    """An exemption beside the line would open the door again."""
    exempt = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "noqa" in line and "TID251" in line
    ]
    assert exempt == []
