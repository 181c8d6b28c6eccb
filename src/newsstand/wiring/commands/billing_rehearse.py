"""The simulation through the database of an empty installation: the same story as in memory, and the same figures."""

import argparse
import sys
from datetime import datetime

from django.conf import settings

from newsstand.office.billing import actions
from newsstand.office.kit import clock, shelf
from newsstand.rules.billing.memory.simulation import Report
from newsstand.shelf.shelf import memory_shelf
from newsstand.wiring.commands.billing_simulate import STARTS_AT, TERMS, say


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if an invariant does not hold, or if somebody subscribes here already."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    aside = memory_shelf()  # the installation's own shelf, with its clock, is left alone
    shelf.use(lambda: aside)
    report = actions.rehearse(
        subscribers=arguments.subscribers or 300,
        days=365 * (arguments.years or 1),
        seed=arguments.seed,
        starts_at=STARTS_AT,
        terms=TERMS,
        set_clock=set_clock,
    )
    if not isinstance(report, Report):
        print("newsstand: here are subscriptions; simulate in an empty installation.", file=sys.stderr)
        return 1
    return say(report, as_json=arguments.json)


def set_clock(moment: int) -> None:
    """Let the site's clock stand at a moment."""
    now: datetime = clock.real_now()
    shelf.handle().board.set_clock_offset(moment - int(now.timestamp()))
