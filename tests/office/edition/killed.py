"""A small site on a real disk, and processes that work on it until they are killed at a named point."""

import gzip
import os
import pkgutil
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from msgspec.structs import replace

from newsstand.kiosk.answer import Answer, House, Miss, Request, answer
from newsstand.office.access.actions import change_policy, put_policy_at_start
from newsstand.office.access.models import AccessPolicy
from newsstand.office.articles import queries as articles
from newsstand.office.articles.models import ArticlePage
from newsstand.office.edition.printing import press
from newsstand.office.kit import clock, outbox, queries
from newsstand.office.kit import shelf as kit_shelf
from newsstand.office.kit.models import OutboxRow
from newsstand.rules.gate.facts import Grant, ReaderFacts
from newsstand.rules.gate.passes import KeyRing, pass_for, seal_pass
from newsstand.shelf import open_shelf
from newsstand.shelf.entry import Entry, compress
from newsstand.wiring.commands import prepare
from tests import databases
from tests.office import newsroom

OPENING = "The ferry left late again, as it had all week."
SECRET = "The harbour master says that the winter boat was sold."
CORRECTED = "The harbour master says that the winter boat was lent."
YES, NO = 40, 41
RING = KeyRing((b"a key that is only for tests, 32+ bytes",))


@dataclass(frozen=True)
class Scene:
    """A directory with databases and a shelf."""

    data: Path

    def copy(self, to: Path) -> "Scene":
        shutil.copytree(self.data, to)
        return Scene(to)

    def enter(self) -> None:
        """Let this process work on the scene."""
        settings.SHELF_DIR = self.data / "shelf"
        settings.MEDIA_ROOT = self.data / "media"
        for alias in connections:
            name = connections[alias].settings_dict["NAME"]
            connections[alias].settings_dict["NAME"] = str(self.data / Path(name).name)
        kit_shelf.use(lambda: open_shelf(self.data / "shelf"))
        queries.forget_publication()

    def process(self, *steps: Callable[[], Any]) -> int:
        """Do these steps in a process of its own, which is the office or the worker; gives how it ended."""
        connections.close_all()
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        code = 1
        try:
            self.enter()
            for step in steps:
                step()
            code = 0
        except BaseException:  # noqa: BLE001 -- whatever it is, the child must end here and not in pytest
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)

    def holds(self, question: Callable[[], bool]) -> bool:
        """The answer of a process of its own to a question about the rows."""
        code = self.process(lambda: os._exit(YES if question() else NO))
        assert code in (YES, NO)
        return code == YES

    def ask(self, path: str, cookie: str = "") -> str | None:
        """The text that a kiosk hands out from this shelf; None for what it leaves to the office."""
        shelf = open_shelf(self.data / "shelf")
        try:
            now = int(clock.real_now().timestamp()) + shelf.board.read().clock_offset
            headers = {"cookie": cookie} if cookie else {}
            found = answer(Request("GET", path, b"", headers), House(shelf, RING, secure=False), now)
        finally:
            shelf.close()
        assert isinstance(found, Answer | Miss)
        return _text(found) if isinstance(found, Answer) else None


def _text(found: Answer) -> str:
    coding = dict(found.headers).get(b"content-encoding")
    return (gzip.decompress(found.body) if coding == b"gzip" else found.body).decode()


def make(data: Path) -> Scene:
    """A site with a metered story, one for subscribers, and one that follows the site's rule, all printed."""
    databases.copy_to(data)
    scene = Scene(data)
    assert scene.process(_found, outbox.drain, _print_variants) == 0
    return scene


def _found() -> None:
    newsroom.found()
    put_policy_at_start(clock.now())
    harbour = newsroom.section()
    for slug, level in (("metered", "metered"), ("paid", "subscribers"), ("ruled", "")):
        newsroom.story(
            harbour,
            slug,
            title=f"The {slug} ferry",
            level=level,
            published_at=clock.now() - timedelta(hours=1),
            body=[*newsroom.paragraphs(OPENING), ("paywall", None), *newsroom.paragraphs(SECRET)],
        )


def _print_variants() -> None:
    """As readers have had it printed who found two articles left."""
    for slug in ("metered", "ruled"):
        page = articles.page_at(f"/harbour/{slug}/")
        assert press.add_variant(page, "full.ads.note-meter-2-3", clock.now())


class Change:
    """Something that takes a story's text from anonymous readers."""

    slug = "metered"
    stays = True  # at its address, as an opening

    @property
    def path(self) -> str:
        return f"/harbour/{self.slug}/"

    def make(self) -> None:
        raise NotImplementedError

    def is_committed(self) -> bool:
        raise NotImplementedError


class Close(Change):
    """Metered until now, for subscribers from now on."""

    def make(self) -> None:
        story = the(self.slug)
        story.level = "subscribers"
        story.save_revision().publish()

    def is_committed(self) -> bool:
        return the(self.slug).level == "subscribers"


class Withdraw(Change):
    stays = False

    def make(self) -> None:
        the(self.slug).unpublish()

    def is_committed(self) -> bool:
        return not the(self.slug).live


class Delete(Change):
    stays = False

    def make(self) -> None:
        the(self.slug).delete()

    def is_committed(self) -> bool:
        return not ArticlePage.objects.filter(slug=self.slug).exists()


class End(Change):
    """Taken down by the moment that the editor sets."""

    stays = False

    def make(self) -> None:
        story = the(self.slug)
        story.gone_from = clock.now() - timedelta(minutes=1)
        story.save_revision().publish()

    def is_committed(self) -> bool:
        return the(self.slug).gone_from is not None


class Correct(Change):
    """The text below the line of a story that is closed already."""

    slug = "paid"

    def make(self) -> None:
        story = the(self.slug)
        story.body = [*newsroom.paragraphs(OPENING), ("paywall", None), *newsroom.paragraphs(CORRECTED)]
        story.save_revision().publish()

    def is_committed(self) -> bool:
        return CORRECTED in str(the(self.slug).body)


class Rule(Change):
    """The site's rule closes what has no level of its own."""

    slug = "ruled"

    def make(self) -> None:
        row = AccessPolicy.objects.first() or AccessPolicy()
        row.default_level = "subscribers"
        change_policy(row=row, by="staff:x", now=clock.now())

    def is_committed(self) -> bool:
        return AccessPolicy.objects.filter(default_level="subscribers").exists()


def the(slug: str) -> ArticlePage:
    return ArticlePage.objects.get(slug=slug)


def start_again(*paths: str) -> None:
    """The next start, up to the opening of the port; then a subscriber asks for these pages."""
    prepare._heal()
    assert not OutboxRow.objects.filter(done_at__isnull=True).exists()
    for path in paths:
        page = articles.page_at(path)
        if page is not None:
            press.print_if_needed(page, clock.now())
            press.add_variant(page, "full.in", clock.now())


def die_at(point: str, *, time: int = 1) -> Callable[[], None]:
    """Kill the process `before` or `after` a function: `before newsstand.office.kit.outbox:do_row`.

    `time` is at which of its calls: 2 lets the first one pass.
    """
    when, _, place = point.partition(" ")
    assert when in ("before", "after")
    owner_name, _, name = place.rpartition("." if "." in place.partition(":")[2] else ":")

    def arm() -> None:
        owner = pkgutil.resolve_name(owner_name)
        original = getattr(owner, name)
        calls = count(1)

        def deadly(*args: Any, **kwargs: Any) -> Any:
            if next(calls) < time:
                return original(*args, **kwargs)
            if when == "after":
                original(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError("nobody survives this")

        setattr(owner, name, deadly)

    return arm


def lay_again(entry: Entry, path: str) -> None:
    """Lay a page's entry at another path too, as if a page had lain there."""
    kit_shelf.handle().entries.put(
        replace(entry, path=path), {"full.out": compress(b"<p>Gone.</p>", quality=1)}
    )


def subscriber() -> str:
    """The cookie of somebody who may read everything."""
    now = int(clock.real_now().timestamp())
    grant = Grant("product:news", frozenset({"read", "ad_free"}), 0, now + 10_000, None, "subscription")
    facts = ReaderFacts("e" * 32, is_staff=False, created_at=0, grants=(grant,))
    return "newsstand_pass=" + seal_pass(pass_for(facts, "5" * 16, now), RING)
