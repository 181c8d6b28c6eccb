"""Looks for what should not be: text that reaches readers who may not read it."""

import argparse
import sys
from urllib.parse import urlsplit

from django.conf import settings

from newsstand.office.access.queries import policy
from newsstand.office.kit import clock
from newsstand.wiring.env import SettingError
from newsstand.wiring.leaks.asking import SiteIsAway
from newsstand.wiring.leaks.readers import eight_readers
from newsstand.wiring.leaks.stories import known_stories
from newsstand.wiring.leaks.walk import FEWEST, MeterIsBroken, Walk, Walked

SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if something leaks, or if too little could be read to say so."""
    now = clock.now()
    rules, base = policy(now), base_of(arguments.base)
    known = known_stories(rules, now)
    if known.finder.is_empty:
        print("No story has anything below a line that is closed to somebody: there is nothing to look for.")
        return 1
    print(f"Walking {base}: {len(known.stories)} stories are closed to some readers.", flush=True)
    walk, walks = Walk(base, known.stories, known.finder, most=arguments.most), []
    try:
        with eight_readers(rules, now) as readers:
            for reader in readers:
                walks.append(walk.by(reader))
                print(f"  {len(walks[-1].addresses):5} addresses as {reader.name}", flush=True)
    except (SiteIsAway, MeterIsBroken) as problem:
        print(f"newsstand: {problem}", file=sys.stderr)
        return 1
    return _verdict(walks)


def base_of(given: str | None) -> str:
    """The address to walk: the one that was given, or under which the site was started the last time."""
    if given is None:
        kept = settings.SHELF_DIR / "site_url"
        return str(kept.read_text()) if kept.exists() else str(settings.SITE_URL)
    try:
        parts = urlsplit(given)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_one = False
    if not is_one:
        raise SettingError(f"{given!r} is no address of a site; write one like http://127.0.0.1:8000.")
    return given


def _verdict(walks: list[Walked]) -> int:
    leaks = [leak for walked in walks for leak in walked.leaks]
    for leak in leaks[:SHOWN]:
        print(f"LEAK  {leak.address} ({leak.coding}) shows {leak.reader} text of {leak.story}")
    if len(leaks) > SHOWN:
        print(f"  … and {len(leaks) - SHOWN} more")
    total = sum(len(walked.addresses) for walked in walks)
    print(f"{total} addresses were read as {len(walks)} kinds of readers; {len(leaks)} leaks were found.")
    if total < FEWEST:
        print(f"That is too few to trust: at least {FEWEST} addresses must be read.")
    return 1 if leaks or total < FEWEST else 0
