"""The simulation: the same seed is the same story, nothing breaks, and a broken engine is noticed."""

import json

import pytest

from newsstand.rules.billing.memory import engine
from newsstand.rules.billing.memory.simulation import simulate
from newsstand.rules.billing.memory.story import Chance, Habits
from newsstand.wiring import cli
from tests.proofs.world import MONTHLY, STARTS_AT, TERMS, ZONE


def test_the_same_seed_is_the_same_story() -> None:
    first, again, other = (
        simulate(subscribers=40, days=365, seed=seed, starts_at=STARTS_AT, terms=TERMS, zone=ZONE)
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first.moved != other.moved
    assert first.violations == other.violations == []
    assert first.charges > 200
    assert first.recovered
    assert {"active", "ended"} <= set(first.states)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"])
def test_nothing_breaks_with_steps_of_prices_in_far_zones(zone: str) -> None:
    report = simulate(subscribers=60, days=730, seed=7, starts_at=STARTS_AT, terms=MONTHLY, zone=zone)
    assert report.violations == []
    assert report.currency == "EUR"


def test_an_engine_that_forgets_the_ledger_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.Engine, "_post", lambda *given: False)
    report = simulate(subscribers=5, days=60, seed=1, starts_at=STARTS_AT, terms=TERMS, zone=ZONE)
    assert {row.number for row in report.violations} >= {2}


def test_chance_follows_from_the_seed_and_is_spread() -> None:
    drawn = [Chance(3).below(10) for _ in range(3)]
    assert len(set(drawn)) == 1
    one = Chance(3)
    counts = [0] * 10
    for _ in range(5000):
        counts[one.below(10)] += 1
    assert min(counts) > 400
    assert Habits().declines == 100


def test_the_command_ends_with_its_verdict(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["billing", "simulate", "--subscribers", "20", "--years", "1"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "violations: 0"
    assert cli.main(["billing", "simulate", "--subscribers", "20", "--years", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["violations"] == []
    assert told["moved"]["charge"] == 199 * told["charges"]
    monkeypatch.setattr(engine.Engine, "_post", lambda *given: False)
    assert cli.main(["billing", "simulate", "--subscribers", "3", "--years", "1"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] != "violations: 0"
