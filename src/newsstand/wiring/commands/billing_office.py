"""Looks after the books of an installation. Each command returns facts, lines for a person, and an exit code."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from newsstand.office.billing import actions
from newsstand.office.billing.queries import books, money_free, next_due, upkeep, wording
from newsstand.office.billing.queries.offers import offer_of_code
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication
from newsstand.rules.billing.rebuild import rebuild
from newsstand.rules.money import Money

BY = "staff:command"
SHOWN = 100
MANY_FAILURES = 4  # to read a gateway's list, in a row: after half an hour
PATIENCE = 3600  # seconds that something may be due before the worker counts as away


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: `facts` for machines, `lines` for a person with the closing one last, and the exit code."""

    facts: dict[str, Any]
    lines: Sequence[str]
    code: int = 0


class Refused(Exception):
    """The command makes no sense here; the text says why."""


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0: right, or done. 1: something was found, or refused."""
    try:
        said = _DOERS[arguments.what](arguments)
    except Refused as refusal:
        print(f"newsstand: {refusal}", file=sys.stderr)
        return 1
    print(json.dumps(said.facts, indent=1, default=str) if arguments.json else "\n".join(said.lines))
    return said.code


def _due(arguments: argparse.Namespace) -> Said:
    now = clock.now()
    counts, next_at, stop = upkeep.counts(now), next_due(now), upkeep.charging_stopped()
    late = max((now - next_at).total_seconds(), 0.0) if next_at is not None else 0.0
    lines = [f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()]
    if stop is not None:
        lines.append(f"charging is stopped: {stop.why}")
    lists = list(upkeep.event_lists())
    lines += [_of_list(row) for row in lists]
    if next_at is None:
        lines.append("nothing will ever be due")
    elif late:
        lines.append(f"the longest has waited for {late / 60:.0f} minutes")
    else:
        lines.append(f"nothing is due before {wording.moment(next_at)}")
    facts = {
        **counts,
        "next_at": next_at,
        "waits_seconds": int(late),
        "stopped": stop is not None,
        "event_lists": _facts_of(lists),
    }
    unread = any(row.failures >= MANY_FAILURES for row in lists)
    return Said(facts, lines, 1 if late > PATIENCE or stop is not None or unread else 0)


def _of_list(row: Any) -> str:
    """One line about a gateway's own list of events."""
    read = f"read to its end {wording.moment(row.read_at)}" if row.read_at else "not read to its end yet"
    failed = f", could not be read {row.failures} times in a row" if row.failures else ""
    unknown = f", {row.unknown} about charges not known here" if row.unknown else ""
    return f"list of {row.gateway}: {read}{failed}; {row.missed} events that no webhook had brought{unknown}"


def _facts_of(lists: Sequence[Any]) -> list[dict[str, Any]]:
    names = ("gateway", "read_at", "failures", "missed", "missed_at", "unknown")
    return [{name: getattr(row, name) for name in names} for row in lists]


def _audit(arguments: argparse.Namespace) -> Said:
    found = actions.audit_books(now=clock.now())
    lines = [f"BROKEN {row.number} {row.subscription}: {row.found}" for row in found.violations[:SHOWN]]
    lists = list(upkeep.event_lists())
    lines.append(f"{found.sales} subscriptions and purchases in {found.seconds:.1f} s")
    lines += [_of_list(row) for row in lists]
    lines.append(f"violations: {len(found.violations)}")
    facts = {**asdict(found), "event_lists": _facts_of(lists)}
    return Said(facts, lines, 1 if found.violations else 0)


def _rebuild(arguments: argparse.Namespace) -> Said:
    differing, count = [], 0
    for kept in books.all_books():
        count += 1
        made = rebuild(kept.book)
        rows = {row.ref: row.status for row in kept.book.invoices}
        if made.state is not kept.book.state or made.invoices != rows:
            differing.append({"subscription": kept.book.ref, "is": kept.book.state, "rebuilt": made.state})
    lines = [f"DIFFERS {row['subscription']}: is {row['is']}, rebuilt {row['rebuilt']}" for row in differing]
    lines.append(f"{count} rebuilt, differing: {len(differing)}")
    return Said({"rebuilt": count, "differing": differing}, lines, 1 if differing else 0)


def _preview(arguments: argparse.Namespace) -> Said:
    rows = list(upkeep.preview(arguments.date))
    charged = [row for row in rows if row.is_charged]
    sums: dict[str, int] = {}
    for row in charged:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount
    lines = [
        f"{'charge' if row.is_charged else 'leave '} {row.subscription} "
        f"{wording.amount(Money(row.amount, row.currency))}: {row.why}"
        for row in rows
    ]
    total = ", ".join(wording.amount(Money(amount, currency)) for currency, amount in sorted(sums.items()))
    lines.append(f"by {arguments.date}: {len(charged)} charges, {total or 'nothing'}")
    return Said({"date": arguments.date, "rows": [asdict(row) for row in rows], "sums": sums}, lines)


def _explain(arguments: argparse.Namespace) -> Said:
    sale = _found(arguments.subscription)
    told = upkeep.story(sale)
    lines = [f"{wording.moment(line.at)}: {line.said}" for line in told]
    following = f", looked at again {wording.moment(sale.next_action_at)}" if sale.next_action_at else ""
    parked = f", parked: {sale.parked_reason}" if sale.parked_reason else ""
    closing = f"{sale.title}: {sale.get_state_display()}{following}{parked}"
    return Said({"state": sale.state, "story": [asdict(line) for line in told]}, [*lines, closing])


def _reconcile(arguments: argparse.Namespace) -> Said:
    since = datetime.combine(arguments.since, time(), ZoneInfo(publication().zone))
    found = actions.reconcile(since=since, apply=arguments.apply, now=clock.now())
    lines = [f"{row.kind.upper()} {row.gateway} {row.object_id}: {row.said}" for row in found]
    lines.append(
        f"differences: {len(found)}{', taken in where that was possible' if arguments.apply else ''}"
    )
    return Said({"differences": [asdict(row) for row in found]}, lines, 1 if found else 0)


def _sweep(arguments: argparse.Namespace) -> Said:
    now, lines, open_ = clock.now(), [], 0
    for attempt in list(upkeep.lost_attempts(now)):
        swept = actions.sweep_attempt(attempt=attempt, by=BY, now=now)
        lines.append(f"{swept.key.hex}: {swept.get_status_display()}")
        open_ += swept.settled_at is None
    lines.append(f"swept: {len(lines)}, still without an answer: {open_}")
    return Said({"swept": len(lines) - 1, "open": open_}, lines, 1 if open_ else 0)


def _refund(arguments: argparse.Namespace) -> Said:
    invoice = upkeep.invoice_by_ref(arguments.invoice)
    if invoice is None:
        raise Refused(f"{arguments.invoice} is no invoice's number.")
    done = actions.refund_invoice(
        invoice=invoice,
        money=money_free(invoice) if arguments.all else _amount(arguments.amount, invoice.currency),
        key=arguments.once or uuid4().hex,
        ends_sale=arguments.end,
        by=BY,
        why=arguments.why,
        now=clock.now(),
    )
    facts = {"invoice": invoice.ref, "left": money_free(invoice).amount, "currency": invoice.currency}
    left = f"{wording.amount(money_free(invoice))} left of {wording.amount(invoice.money)}"
    if isinstance(done, actions.RefundRefused):
        why = done.why.replace("_", " ")
        return Said({**facts, "refused": done.why}, [f"nothing was given back: {why}, {left}"], 1)
    given = {"refund": done.key.hex, "amount": done.amount, "status": done.status}
    closing = f"{wording.amount(done.money)} given back ({done.get_status_display()}), {left}"
    return Said({**facts, **given}, [closing])


def _amount(typed: str, currency: str) -> Money:
    try:
        return Money.read(typed, currency)
    except ValueError as error:
        raise Refused(f"{error}.") from None


def _park(arguments: argparse.Namespace) -> Said:
    sale = _found(arguments.subscription)
    now, why = clock.now(), arguments.why
    if arguments.what == "park":
        done = not sale.parked_reason
        actions.park(sale=sale, why=why, by=BY, now=now)
    else:
        done = actions.unpark(sale=sale, why=why, by=BY, now=now)
    return _switched(done, f"{arguments.what}ed {sale.ref}")


def _new_price(arguments: argparse.Namespace) -> Said:
    offer = offer_of_code(arguments.offer)
    if offer is None:
        raise Refused(f"{arguments.offer} is no offer's code.")
    money = Money(arguments.amount, offer.terms().full_price.currency)
    try:
        told = actions.change_price(offer=offer, money=money, by=BY, now=clock.now())
    except actions.NoSuchPrice as refusal:
        raise Refused(f"{refusal}.") from refusal
    return Said({"told": told}, [f"told of {wording.amount(money)}: {told}"], 0 if told else 1)


def _switch(arguments: argparse.Namespace) -> Said:
    act = actions.stop_charging if arguments.what == "stop" else actions.go_on_charging
    done = act(why=arguments.why, by=BY, now=clock.now())
    return _switched(done, "charging stopped" if arguments.what == "stop" else "charging goes on")


def _switched(done: bool, what: str) -> Said:
    return Said({"done": done}, [what if done else f"nothing to do: {what} before"], 0 if done else 1)


def _found(ref: str) -> Any:
    sale = upkeep.sale_by_ref(ref)
    if sale is None:
        raise Refused(f"{ref} is no subscription's or purchase's number.")
    return sale


_DOERS: dict[str, Callable[[argparse.Namespace], Said]] = {
    "due": _due,
    "audit": _audit,
    "rebuild": _rebuild,
    "preview": _preview,
    "explain": _explain,
    "reconcile": _reconcile,
    "sweep": _sweep,
    "park": _park,
    "unpark": _park,
    "new-price": _new_price,
    "refund": _refund,
    "stop": _switch,
    "go": _switch,
}
