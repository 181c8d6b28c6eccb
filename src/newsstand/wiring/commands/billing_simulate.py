"""Simulates subscribers in memory and checks every invariant: no installation, no database, no clock."""

import argparse
import json
from dataclasses import asdict, fields

from newsstand.rules.billing import price_text
from newsstand.rules.billing.memory.simulation import Report, simulate
from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money

STARTS_AT = (
    1_795_345_200  # a Sunday noon in the zone; any moment would do, and the same one gives the same story
)
ZONE = "Europe/Berlin"
TERMS = OfferTerms(Rhythm("day", 28), (OfferStep(Money(199, "USD"), None),))
SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if an invariant does not hold."""
    report = simulate(
        subscribers=arguments.subscribers or 10_000,
        days=365 * (arguments.years or 2),
        seed=arguments.seed,
        starts_at=STARTS_AT,
        terms=TERMS,
        zone=ZONE,
    )
    return say(report, as_json=arguments.json)


def say(report: Report, *, as_json: bool) -> int:
    """Print a report; the exit code."""
    print(json.dumps(_facts(report), indent=1) if as_json else _text(report))
    return 1 if report.violations else 0


def _facts(report: Report) -> dict[str, object]:
    """The report for machines; an amount is smallest units of `currency`."""
    facts = {field.name: getattr(report, field.name) for field in fields(report)}
    return {**facts, "violations": [asdict(row) for row in report.violations]}


def _text(report: Report) -> str:
    paid = {
        kind: price_text.amount(Money(sum_, report.currency), "en") for kind, sum_ in report.moved.items()
    }
    kept = report.recovered / report.failed_first if report.failed_first else 1.0
    rows = [
        f"{report.subscribers} subscribers, {report.days} days, {price_text.card(TERMS, 'en')}",
        f"attempts   {report.attempts}, of which {report.charges} took money",
        f"recovered  {report.recovered} of {report.failed_first} declined periods ({kept:.0%})",
        *(f"{kind:<10} {sum_}" for kind, sum_ in sorted(paid.items())),
        "states     " + ", ".join(f"{name} {count}" for name, count in sorted(report.states.items())),
        "ended      " + ", ".join(f"{name} {count}" for name, count in sorted(report.ends.items())),
        *(f"BROKEN {row.number} {row.subscription}: {row.found}" for row in report.violations[:SHOWN]),
        f"violations: {len(report.violations)}",
    ]
    return "\n".join(rows)
