"""Fills an empty installation with the demo publication. Called by `newsstand demo`, once."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from newsstand.office.articles.actions import found_publication
from newsstand.office.importers.markdown.publish import publish_files
from newsstand.office.kit import clock, outbox, worker
from newsstand.office.kit.one_worker import only_worker
from newsstand.wiring.demo.drawing import draw_house_ads, draw_scene
from newsstand.wiring.demo.people import open_staff_account, write_comments
from newsstand.wiring.demo.selling import place_house_ads, put_on_sale, set_rules
from newsstand.wiring.demo.stories import read_stories, write_stories

NAME = "The Brackwater Lantern"
TAGLINE = "Harbour, town and island, since 1894"
SUPPORT = "help@lantern.example"
ZONE = "America/New_York"
CURRENCY = "USD"
BY = "importer"


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if a story of the demo was refused; nothing else is then worth looking at."""
    now = clock.now()
    found_publication(
        name=NAME, tagline=TAGLINE, support_email=SUPPORT, zone=ZONE, currency=CURRENCY, by=BY, now=now
    )
    open_staff_account(by=BY, now=now)
    set_rules(by=BY, now=now)
    put_on_sale(by=BY, now=now)
    with TemporaryDirectory(dir=settings.DATA) as folder:
        # What stands on every page comes before the pages, so that none of them is printed twice.
        place_house_ads(draw_house_ads(Path(folder)), by=BY, now=now)
        if not _publish(Path(folder), now):
            return 1
    write_comments(by=BY, now=now)
    print("  printing every page …", flush=True)
    with only_worker(worker.lock_directory()):
        outbox.drain()
    return 0


def _publish(folder: Path, now: datetime) -> bool:
    """Draw, write and publish everything by the same way that a newsroom's own files take; whether all went well."""
    stories = read_stories()
    scenes = sorted({story.scene for story in stories})
    print(f"  drawing {len(scenes)} pictures …", flush=True)
    pictures = {scene: draw_scene(scene, folder) for scene in scenes}
    paths = write_stories(stories, folder, pictures, now=now, zone=ZONE)
    print(f"  publishing {len(paths)} stories …", flush=True)
    lines: list[str] = []
    summary = publish_files(paths, by=BY, now=now, report=lines.append)
    if summary.created != len(paths):
        print("newsstand: not every story of the demo was published:", *lines, sep="\n  ", file=sys.stderr)
    return summary.created == len(paths)
