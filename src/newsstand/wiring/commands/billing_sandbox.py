"""Says and sets what becomes of the sandbox bank's messages on their way to the newsroom."""

import argparse
import json
import re
import sys
from dataclasses import asdict, replace

from newsstand.office.billing.gateways.sandbox import network, permit
from newsstand.office.billing.gateways.sandbox.network import CALM, BadDisturbance, Disturbance
from newsstand.office.kit import clock

BY = "staff:command"


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0: said, or done. 1: refused."""
    try:
        if not permit.is_allowed():
            raise BadDisturbance("the sandbox is not allowed on this site.")
        before = network.present()
        asked = _asked(arguments, before)
        if asked != before:
            network.change(asked, by=BY, now=clock.unix())
    except BadDisturbance as refusal:
        print(f"newsstand: {refusal}", file=sys.stderr)
        return 1
    counts = network.counts()
    if arguments.json:
        print(json.dumps({**asdict(asked), **counts}, indent=1))
    else:
        print(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))
        print(network.in_words(asked))
    return 0


def _asked(arguments: argparse.Namespace, before: Disturbance) -> Disturbance:
    if arguments.none:
        return CALM
    named = {name: getattr(arguments, name) for name in ("loss", "duplication", "disorder", "seed")}
    given = {name: value for name, value in named.items() if value is not None}
    if arguments.delay is not None:
        span = re.fullmatch(r"(\d{1,9})-(\d{1,9})", arguments.delay)
        if span is None:
            raise BadDisturbance(f"{arguments.delay!r} is no delay; write the seconds like 0-3600.")
        given |= {"delay_from": int(span[1]), "delay_to": int(span[2])}
    asked = replace(before, **given)
    return asked if not asked.is_none else CALM
