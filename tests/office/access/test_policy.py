"""The rules that staff edit, as the gate takes them; and that a change reaches the board."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow
from newsstand.rules.gate.facts import Level, Step
from newsstand.rules.gate.policy import OpenHouse, Policy, PolicyError
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.access.policy_form import filled
from tests.office.newsroom import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def front(db: None) -> Any:
    return newsroom.found()


@pytest.fixture
def editor() -> Account:
    return Account.objects.create_user("editor@example.org", is_staff=True, is_superuser=True)


def test_the_policy_before_anybody_saved_one() -> None:
    assert queries.policy(NOW) == Policy(
        zone="Europe/London",
        window="month",
        device_allowance=3,
        reader_allowance=6,
        ways=("mend_card", "subscribe", "register"),
        plan_products=frozenset(),
        registering_open=True,
    )


def test_an_open_house_holds_until_it_is_over() -> None:
    AccessPolicy.objects.create(open_until=NOW + HOUR, open_section=newsroom.section())
    assert queries.policy(NOW).open_house == (OpenHouse("harbour", clock.to_unix(NOW + HOUR)),)
    assert queries.policy(NOW + HOUR).open_house == ()


def test_a_storys_own_level_comes_before_the_sites() -> None:
    harbour = newsroom.section()
    own, none = newsroom.story(harbour, "own", level="free"), newsroom.story(harbour, "none")
    assert queries.facts_for_gate(own).steps == (Step(0, Level.FREE),)
    assert queries.facts_for_gate(none).steps == (Step(0, Level.METERED),)
    AccessPolicy.objects.create(default_level="subscribers")
    assert queries.facts_for_gate(none).steps == (Step(0, Level.SUBSCRIBERS),)


def test_a_story_as_the_gate_sees_it(django_assert_num_queries: Any) -> None:
    times = {"embargo_until": NOW + HOUR, "gone_from": NOW + 2 * HOUR}
    story = newsroom.story(newsroom.section(), "it", level="metered", **times)
    facts = queries.facts_for_gate(story)
    assert (facts.id, facts.product, facts.section) == (story.public_id.hex, "news", "harbour")
    assert facts.published_at == clock.to_unix(NOW)
    assert facts.embargo_until == clock.to_unix(NOW) + 3600
    assert facts.gone_from == clock.to_unix(NOW) + 7200
    with django_assert_num_queries(0):
        queries.facts_for_gate(story)


def test_rules_of_before_a_change_are_not_put_over_those_of_after_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes put them at once; the one that read them first comes last."""
    before = queries.policy(NOW)
    after = replace(before, device_allowance=2)
    other, asked = threading.Thread(target=actions.put_policy, args=(NOW,)), []

    def policy(now: Any) -> Policy:
        asked.append(now)
        if len(asked) > 1:
            return after
        other.start()
        other.join(0.3)
        return before

    monkeypatch.setattr(queries, "networks", lambda now: ())
    monkeypatch.setattr(queries, "policy", policy)
    actions.put_policy(NOW)
    other.join()
    assert shelf.board.read().policy == after


def test_a_change_is_kept_told_and_put_on_the_board(shelf: Shelf) -> None:
    outbox.drain()
    generation = shelf.board.read().generation
    row = AccessPolicy(device_allowance=2)
    actions.change_policy(row=row, by="staff:1", now=NOW)
    written = AuditRow.objects.get(verb="change_access")
    assert (written.by, written.before, written.after["device_allowance"]) == ("staff:1", None, 2)
    outbox.drain()
    assert shelf.board.read().policy == queries.policy(clock.now())
    assert shelf.board.read().policy.device_allowance == 2
    assert shelf.board.read().generation > generation
    row.device_allowance = 4
    actions.change_policy(row=row, by="staff:1", now=NOW)
    assert AuditRow.objects.filter(verb="change_access").last().before["device_allowance"] == 2


def test_a_policy_that_makes_no_sense_changes_nothing() -> None:
    rows = AuditRow.objects.count()
    with pytest.raises(PolicyError, match="window"):
        actions.change_policy(row=AccessPolicy(window="fortnight"), by="staff:1", now=NOW)
    assert not AccessPolicy.objects.exists()
    assert AuditRow.objects.count() == rows


def test_what_the_policy_is_made_of_is_followed(shelf: Shelf) -> None:
    outbox.drain()
    publication = queries.publication()
    publication.zone = "Europe/Berlin"
    publication.save()
    outbox.drain()
    assert shelf.board.read().policy.zone == "Europe/Berlin"


def test_the_board_is_told_at_the_start(shelf: Shelf) -> None:
    actions.put_policy_at_start(NOW)
    assert shelf.board.read().policy == queries.policy(NOW)


def form(client: Any, **changes: Any) -> Any:
    row = AccessPolicy.load()
    return client.post(f"/staff/settings/access/accesspolicy/{row.pk}/", filled(**changes))


def test_staff_edit_the_rules(client: Any, editor: Account, shelf: Shelf) -> None:
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    answer = form(client, device_allowance="1", ways="register subscribe")
    assert answer.status_code == 302
    outbox.drain()
    assert shelf.board.read().policy.device_allowance == 1
    assert shelf.board.read().policy.ways == ("mend_card", "register", "subscribe")
    assert AuditRow.objects.get(verb="change_access").by == f"staff:{editor.reader_id}"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"device_allowance": "101"}, "Write a number from 0 to 100."),
        ({"device_allowance": "7"}, "write at least 7"),
        ({"open_until": "2020-01-01 12:00"}, "Choose a moment that is still to come"),
        ({"open_section": "section"}, "Say until when this section is open"),
    ],
)
def test_bad_rules_are_refused_with_what_to_do(
    client: Any, editor: Account, changes: dict[str, str], sentence: str
) -> None:
    if "open_section" in changes:
        changes = {"open_section": str(newsroom.section().pk)}
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    answer = form(client, **changes)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not AuditRow.objects.filter(verb="change_access").exists()


def test_who_is_no_staff_edits_nothing(client: Any) -> None:
    client.force_login(
        Account.objects.create_user("reader@example.org"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert form(client).status_code == 302
    assert not AuditRow.objects.filter(verb="change_access").exists()


def test_why_a_reader_reads_it_or_not() -> None:
    newsroom.story(newsroom.section(), "it", level="metered")
    open_ = queries.explain_url("/harbour/it/", queries.Asked(read=2), NOW)
    spent = queries.explain_url("/harbour/it/", queries.Asked(read=3), NOW)
    assert open_.editor != spent.editor
    assert "3 of 3" in " ".join(spent.steps)
    assert queries.explain_url("/harbour/", queries.Asked(), NOW) is None
    assert queries.explain_url("/nowhere/", queries.Asked(), NOW) is None
    staff = Account.objects.create_user("s@example.org", is_staff=True)
    told = queries.explain_url("/harbour/it/", queries.Asked(account=staff, read=3), NOW)
    assert "staff" in " ".join(told.steps)
