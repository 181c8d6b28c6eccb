"""Fills an empty installation with the demo publication. Called by `newsstand demo`, once."""

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from newsstand.office.articles.actions import found_publication
from newsstand.office.importers.markdown.publish import publish_files
from newsstand.office.kit import clock
from newsstand.wiring.demo.drawing import draw_scene
from newsstand.wiring.demo.people import open_staff_account
from newsstand.wiring.demo.selling import put_on_sale
from newsstand.wiring.demo.stories import read_stories, write_stories

NAME = "The Brackwater Lantern"
TAGLINE = "News of the harbour, the town and the island since 1894"
SUPPORT = "help@lantern.example"
ZONE = "America/New_York"
CURRENCY = "USD"
BY = "importer"

Tell = Callable[[str], None]


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if a story of the demo was refused; nothing else is then worth looking at."""
    now = clock.now()
    found_publication(
        name=NAME, tagline=TAGLINE, support_email=SUPPORT, zone=ZONE, currency=CURRENCY, by=BY, now=now
    )
    open_staff_account(by=BY, now=now)
    put_on_sale(by=BY, now=now)
    with TemporaryDirectory(prefix="newsstand-demo-") as folder:
        return _publish(Path(folder), now, print)


def _publish(folder: Path, now: datetime, tell: Tell) -> int:
    """Draw, write and publish everything by the same way that a newsroom's own files take."""
    stories = read_stories()
    scenes = sorted({story.scene for story in stories})
    tell(f"  drawing {len(scenes)} pictures …")
    pictures = {scene: draw_scene(scene, folder) for scene in scenes}
    paths = write_stories(stories, folder, pictures, now=now, zone=ZONE)
    tell(f"  publishing {len(paths)} stories …")
    lines: list[str] = []
    summary = publish_files(paths, by=BY, now=now, report=lines.append)
    if summary.created != len(paths):
        print("newsstand: the demo's stories were not all published:", *lines, sep="\n  ", file=sys.stderr)
        return 1
    tell(f"  {summary.sentence}")
    return 0
