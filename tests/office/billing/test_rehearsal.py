"""The simulation through the database: the same story as in memory, to the last cent."""

from typing import Any

import pytest

from newsstand.office.billing import actions
from newsstand.office.billing.actions import NotEmpty
from newsstand.office.billing.models import Subscription
from newsstand.office.kit.models import Publication
from newsstand.rules.billing.memory.simulation import Report, simulate
from newsstand.shelf.shelf import Shelf
from newsstand.wiring.cli import parser
from newsstand.wiring.commands import billing_rehearse, billing_words
from newsstand.wiring.commands.billing_rehearse import set_clock
from tests.proofs.world import MONTHLY, STARTS_AT, ZONE

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def told(subscribers: int, days: int, seed: int) -> Report | NotEmpty:
    return actions.rehearse(
        subscribers=subscribers,
        days=days,
        seed=seed,
        starts_at=STARTS_AT,
        terms=MONTHLY,
        set_clock=set_clock,
    )


def test_the_database_tells_the_story_that_memory_tells(publication: Publication, shelf: Shelf) -> None:
    report = told(6, 365, 5)
    assert isinstance(report, Report)
    fees = report.moved.pop("fee")
    memory = simulate(subscribers=6, days=365, seed=5, starts_at=STARTS_AT, terms=MONTHLY, zone=ZONE)
    assert report == memory
    assert report.violations == []
    assert report.charges > 20
    assert fees > 0
    assert isinstance(told(1, 30, 1), NotEmpty)


def test_the_command_goes_through_an_empty_installation_only(
    publication: Publication, shelf: Shelf, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--database", "--subscribers", "1", "--years", "1", "--seed", "4"]
    asked = parser().parse_args(["billing", "simulate", *words])
    assert billing_words.module_of(asked) == "billing_rehearse"
    assert billing_rehearse.run(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 subscribers, 365 days, $1.99 every 4 weeks")
    assert lines[-1] == "violations: 0"
    rows = list(Subscription.objects.values())
    assert billing_rehearse.run(asked) == 1
    assert "empty installation" in capsys.readouterr().err
    assert list(Subscription.objects.values()) == rows
