"""Which house advertisement stands where, and what is announced when one changes."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from newsstand.office.ads import actions, queries
from newsstand.office.ads.models import Creative, Slot
from newsstand.office.ads.signals import ads_changed
from newsstand.office.kit.models import AuditRow
from tests.office.newsroom import NOW, found, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def slot() -> Slot:
    found()
    return actions.found_slot(code="front", name="Front page", by="system", now=NOW)


def place(headline: str = "Give the Post", **values: Any) -> Creative:
    given = {"slot": "front", "words": "To a friend.", "link": "/subscribe/", "by": "system", "now": NOW}
    return actions.place_creative(headline=headline, **{**given, **values})


def test_a_slot_is_made_once() -> None:
    again = actions.found_slot(code="front", name="Another name", by="system", now=NOW)
    assert Slot.objects.count() == 1
    assert again.name == "Front page"
    assert AuditRow.objects.filter(verb="found_slot").count() == 1


def test_a_slot_stands_at_a_place_that_pages_have() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.found_slot(code="skyscraper", name="Skyscraper", by="system", now=NOW)


def test_an_empty_slot_shows_nothing() -> None:
    assert queries.creative_for("front", "/", NOW) is None
    assert render_to_string("ads/creative.html", {"creative": None}).strip() == ""


def test_it_says_that_it_is_an_advertisement() -> None:
    place(picture=picture())
    html = render_to_string("ads/creative.html", {"creative": queries.creative_for("front", "/", NOW)})
    assert "Advertisement" in html
    assert 'rel="sponsored noopener"' in html
    assert 'alt=""' in html


def test_words_of_staff_are_no_markup() -> None:
    place(headline="Tea <b>& cake</b>")
    html = render_to_string("ads/creative.html", {"creative": queries.creative_for("front", "/", NOW)})
    assert "Tea &lt;b&gt;&amp; cake&lt;/b&gt;" in html


@pytest.mark.parametrize("link", ["javascript:alert(1)", "//elsewhere.example/", "subscribe", "/a b", ""])
def test_a_link_that_is_none_is_refused(link: str) -> None:
    with pytest.raises(ValidationError):
        place(link=link)
    assert not Creative.objects.exists()


def test_the_same_page_shows_the_same_one_all_day() -> None:
    for number in range(5):
        place(f"Number {number}")
    morning = NOW.replace(hour=1)
    shown = {queries.creative_for("front", "/", morning + timedelta(hours=hour)) for hour in range(0, 22, 7)}
    assert len(shown) == 1


def test_pages_share_the_advertisements_by_weight() -> None:
    place("One", weight=1)
    place("Three", weight=3)
    shown = [queries.creative_for("front", f"/harbour/story-{number}/", NOW) for number in range(400)]
    counts = Counter(creative.headline for creative in shown if creative is not None)
    assert counts["One"] + counts["Three"] == 400
    assert 60 < counts["One"] < 140


def test_it_runs_from_and_until() -> None:
    begins, ends = NOW + timedelta(days=1), NOW + timedelta(days=3)
    place(from_at=begins, until_at=ends)
    assert queries.creative_for("front", "/", NOW) is None
    assert queries.next_change(NOW) == begins
    assert queries.creative_for("front", "/", begins) is not None
    assert queries.next_change(begins) == ends
    assert queries.creative_for("front", "/", ends) is None
    assert queries.next_change(ends) is None


def test_a_switched_off_one_is_not_shown() -> None:
    Creative.objects.filter(pk=place().pk).update(is_active=False)
    assert queries.creative_for("front", "/", NOW) is None


def test_every_change_is_announced() -> None:
    heard: list[Any] = []

    def hear(sender: Any, **kwargs: Any) -> None:
        heard.append(sender)

    ads_changed.connect(hear)
    try:
        creative = place()
        creative.headline = "Changed"
        creative.save()
        creative.delete()
    finally:
        ads_changed.disconnect(hear)
    assert heard == [Creative, Creative, Creative]
