"""What is done at the same moment: a print that begins while the rules change, and rows beside long duties."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from newsstand.office.access.actions import change_policy, policy, put_policy_at_start
from newsstand.office.access.models import AccessPolicy
from newsstand.office.articles.actions import page_changed
from newsstand.office.articles.models import ArticlePage
from newsstand.office.edition.printing import press
from newsstand.office.kit import clock, outbox, registry, worker
from newsstand.rules.gate.facts import Level
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom

WHILE_IT_PRINTS = 2.0

pytestmark = pytest.mark.usefixtures("real_commits")


def in_a_thread(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def story(shelf: Shelf) -> ArticlePage:
    """A story without a level of its own, which the site's rule leaves open for now."""
    newsroom.found()
    put_policy_at_start(clock.now())
    found = newsroom.story(newsroom.section(), "ruled", level="", body=newsroom.paragraphs("One.", "Two."))
    outbox.drain()
    return found


def test_no_print_of_the_old_rules_outlives_their_change(
    story: ArticlePage, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader asks between the raising of the generation and the commit, and the worker dies after it."""
    is_raised, is_printed = threading.Event(), threading.Event()
    post_policy = policy.post_policy

    def late() -> int:
        is_raised.set()
        # It must not come to that: the print waits for the commit that waits here.
        is_printed.wait(WHILE_IT_PRINTS)
        return post_policy()

    def close() -> None:
        row = AccessPolicy.objects.first() or AccessPolicy()
        row.default_level = Level.SUBSCRIBERS
        change_policy(row=row, by="staff:x", now=clock.now())

    def print_it() -> None:
        press.print_if_needed(story, clock.now())
        is_printed.set()

    monkeypatch.setattr(policy, "post_policy", late)
    change = in_a_thread(close)
    assert is_raised.wait(300)
    printing = in_a_thread(print_it)
    change.join()
    printing.join()
    entry = shelf.entries.get(story.address)
    assert entry is not None
    assert entry.facts is not None
    assert not press.is_current(entry, clock.now()) or entry.facts.steps[-1].level == Level.SUBSCRIBERS


def somebody_waits() -> bool:
    """Whether a connection to this test's database waits for another one; SQLite lets all but one wait."""
    if connection.vendor == "sqlite":
        return True
    here = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN ({here})")
        return bool(cursor.fetchone()[0])


def test_two_that_announce_the_same_lists_in_another_order_wait_for_each_other(story: ArticlePage) -> None:
    """One has a tag and then a story, the other a story alone: both name the front page, and the maps."""
    other, tag = newsroom.story(story.section, "other"), newsroom.tag()
    outbox.drain()
    is_begun, failures, limit = threading.Event(), [], time.monotonic() + 300

    def said(*pages: Any) -> None:
        try:
            with transaction.atomic():
                for number, page in enumerate(pages):
                    page_changed(page, verb="publish", by="staff:x", now=clock.now())
                    is_begun.set()
                    while len(pages) > number + 1 and not somebody_waits():
                        assert time.monotonic() < limit
                        time.sleep(0.01)
        except OperationalError as error:
            failures.append(error)

    both = [in_a_thread(lambda: said(tag, story))]
    assert is_begun.wait(300)
    both.append(in_a_thread(lambda: said(other)))
    for thread in both:
        thread.join()
    assert failures == []


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> Iterator[registry.Registry]:
    """A worker that runs, with handlers and duties of this test alone."""
    own = registry.Registry()
    for module in (worker, outbox):
        monkeypatch.setattr(module, "registry", own)
    stop = threading.Event()
    running = in_a_thread(lambda: worker.Worker().run(stop))
    yield own
    stop.set()
    running.join(300)
    assert not running.is_alive()


def test_a_row_waits_neither_for_a_long_duty_nor_for_a_slow_mail(working: registry.Registry) -> None:
    is_printed, may_end, begun = threading.Event(), threading.Event(), threading.Barrier(3)

    def long(*words: Any) -> None:
        begun.wait(300)
        assert may_end.wait(300)

    def show(payload: dict[str, Any], now: datetime) -> None:
        is_printed.set()

    working.on("slow", long, can_wait=True)
    working.on("show", show)
    with transaction.atomic():
        outbox.add("slow", {})
    working.every("long", 3600, long)
    begun.wait(300)
    with transaction.atomic():
        outbox.add("show", {})
    assert is_printed.wait(300)
    may_end.set()
