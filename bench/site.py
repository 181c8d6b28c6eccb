"""The publication that is measured: three stories of 1,200 words, and an archive of many."""

import os
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.passes import KeyRing, pass_for, seal_pass
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import Variant, printed_at_once, variants
from newsstand.rules.gate.visits import DeviceVisit, seal_visit
from newsstand.shelf import Shelf
from newsstand.shelf.entry import Bodies, Entry, compress, new_entry

WORDS = 1200
OPENING_WORDS = 180
PAID_MARK = "Below the line stands what only readers with the right to it may see."
POLICY = Policy(zone="Europe/London", plan_products=frozenset({"news"}))
LEVELS = {"metered": Level.METERED, "paid": Level.SUBSCRIBERS, "free": Level.FREE}
_LETTERS = "etaoinshrdlucmfwypvbgk"


def path_of(story: str) -> str:
    """Where one of the three stories lies."""
    return f"/harbour/{story}-story/"


def facts_of(number: int, level: Level) -> ArticleFacts:
    """What the gate knows of a story that was published long ago."""
    return ArticleFacts(f"{number:032x}", "news", "harbour", (Step(0, level),), published_at=1_700_000_000)


def lay_stories(shelf: Shelf) -> None:
    """The policy, and the three stories with every variant that they can have."""
    shelf.board.set_policy(POLICY)
    for number, (story, level) in enumerate(LEVELS.items(), start=1):
        facts = facts_of(number, level)
        bodies = {variant.name: page(variant) for variant in variants(facts, POLICY)}
        shelf.entries.put(_entry(shelf, path_of(story), facts), bodies)


def lay_archive(shelf: Shelf, stories: int) -> None:
    """So many metered stories, each with the variants that are printed at once, Brotli and gzip of each."""
    sample = facts_of(0, Level.METERED)
    bodies = {variant.name: page(variant) for variant in printed_at_once(sample, POLICY)}

    def printings() -> Iterator[tuple[Entry, dict[str, Bodies]]]:
        for number in range(stories):
            facts = facts_of(1_000_000 + number, Level.METERED)
            yield _entry(shelf, f"/archive/{number}/", facts), bodies

    shelf.entries.put_all(printings())


def _entry(shelf: Shelf, path: str, facts: ArticleFacts) -> Entry:
    return new_entry(path=path, kind="story", generation=shelf.board.read().generation, facts=facts)


@cache
def page(variant: Variant) -> Bodies:
    """A page of that variant: some 11 kB in gzip with the whole text, 6 kB with the opening."""
    text = _words(WORDS if variant.show == "full" else OPENING_WORDS, seed=1)
    paid = f"<p>{PAID_MARK}</p>" if variant.show == "full" else "<p>Subscribe to read on.</p>"
    around = _words(1250, seed=2)
    html = f"<!doctype html><title>{variant.name}</title><nav>{around}</nav><main>{text}{paid}</main>"
    return compress(html.encode(), quality=9)


def _words(count: int, seed: int) -> str:
    """So many words of a language that nobody speaks, in paragraphs; it compresses as prose does."""
    draw = random.Random(seed)
    known = ["".join(draw.choices(_LETTERS, k=draw.randint(2, 11))) for _ in range(4000)]
    words = draw.choices(known, k=count)
    return "".join(f"<p>{' '.join(words[at : at + 60])}.</p>\n" for at in range(0, count, 60))


def subscriber_cookie(ring: KeyRing, now: int) -> str:
    """The cookie of a reader with a subscription, its pass renewed just now."""
    rights = frozenset({"read", "ad_free", "comment"})
    grant = Grant("product:news", rights, 0, now + 10**7, None, "subscription")
    reader = ReaderFacts("e" * 32, is_staff=False, created_at=0, grants=(grant,))
    return "newsstand_pass=" + seal_pass(pass_for(reader, "5" * 16, now), ring)


def write_visit_cookies(file: Path, count: int, ring: KeyRing, now: int) -> None:
    """So many cookies of devices on each of which one other story was counted, one a line.

    No two rounds have a device in common: what was counted in an earlier one lies in the store still.
    """
    window = window_at(POLICY, now).key
    counted = (f"{99:032x}",)
    with file.open("w", encoding="ascii") as lines:
        for _ in range(count):
            visit = DeviceVisit(window, os.urandom(16).hex(), counted)
            lines.write(f"newsstand_visit={seal_visit(visit, ring)}\n")


def write_draws(file: Path, stories: int, count: int, *, is_zipf: bool, draw: random.Random) -> None:
    """So many numbers of stories, one a line: all alike, or the nth as often as 1/n (Zipf, s = 1).

    Which story is the nth is drawn too, so that often read stories do not lie beside each other.
    """
    numbers = list(range(stories))
    random.Random(7).shuffle(numbers)
    weights = [1 / rank for rank in range(1, stories + 1)] if is_zipf else None
    drawn = draw.choices(numbers, weights=weights, k=count)
    file.write_text("".join(f"{number}\n" for number in drawn), encoding="ascii")
