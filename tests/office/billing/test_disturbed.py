"""A quarter with everything a bank can tell, over a network that delays, loses, doubles and disorders its messages.

However it is disturbed, what was lost is found in the bank's list, and the end is the same.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.gateways.sandbox import network, webhooks
from newsstand.office.billing.gateways.sandbox.network import CALM, Disturbance
from newsstand.office.billing.models import Invoice, Offer, PaymentMethod, Subscription, Transfer
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import SentNotice
from tests.office.billing.buying import PAYS, subscribe
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

READERS = {
    "renewed": (PAYS, "SIM UPDATED"),
    "declined": (PAYS, "SIM PAYS 1"),
    "refunded": ("4000000000007726", "Ben Quay"),
    "refund came back": ("4000000000005126", "Cleo Quay"),
    "disputed": (PAYS, "SIM REVERSAL"),
}
DAY = 86_400
NETWORKS = {
    "calm": CALM,
    "delay": Disturbance(delay_from=60, delay_to=5 * DAY),
    "loss": Disturbance(loss=100),
    "duplication": Disturbance(duplication=100),
    "disorder": Disturbance(disorder=60),
    "all at once": Disturbance(0, 3 * DAY, loss=30, duplication=50, disorder=50),
}
FOUR_PAID = [(number, "paid") for number in range(4)]
THE_END = {
    "readers": {
        "renewed": ("active", "", FOUR_PAID, 4),
        "declined": ("ended", "payment_failed", [(0, "paid"), (1, "void")], 5),
        "refunded": ("active", "", FOUR_PAID, 4),
        "refund came back": ("active", "", FOUR_PAID, 4),
        "disputed": ("ended", "disputed", [(0, "paid"), (1, "void")], 1),
    },
    "accounts": {
        "clearing:sandbox": 14 * 199 - 14 * 36 - 2 * 199,  # less fees, a refund and a lost dispute
        "fees:sandbox": 14 * 36,
        "refunds:news": 199,
        "disputes:news": 199,
        "disputes_in_suspense:sandbox": 0,
        "deferred_revenue:news": -3 * 199,
        "revenue:news": -11 * 199,
    },
    "cards": ["1881", "4242", "4242", "5126", "7726"],
    "mails": {
        "billing.confirmation": 5,
        "billing.receipt": 14,
        "billing.given_back": 2,
        "billing.payment_failed": 4,
        "billing.ended": 2,
        "billing.staff": 3,  # the refund that came back, the dispute, and how it ended
    },
}


@pytest.mark.parametrize("given", NETWORKS.values(), ids=NETWORKS)
def test_the_end_of_a_quarter_is_the_same(offer: Offer, time: Time, given: Disturbance) -> None:
    network.change(given, by="staff:ed", now=clock.unix())
    for name, (number, on_card) in READERS.items():
        sold = subscribe(Account.objects.create_user(f"{name}@example.org"), offer, number, on_card)
        if name.startswith("refund"):
            give_back(Invoice.objects.get(subscription=sold))
    found = sum(a_week(time) for _week in range(14))
    assert (found > 0) == (given.loss > 0), "what was not lost is not looked for"
    assert the_end() == THE_END
    assert audit_books(now=clock.now()).violations == ()


def give_back(invoice: Invoice) -> None:
    actions.refund_invoice(
        invoice=invoice, money=invoice.money, key="1", by="staff:ed", why="asked", now=clock.now()
    )


def a_week(time: Time) -> int:
    """What the worker does in seven days, each thing when it falls due; then the bank's list is looked through.

    Returns how much was found there. The messages have five days to come, so that of those before all that were not
    lost are here.
    """
    began, target = clock.now(), clock.now() + timedelta(days=7)
    while (due := next_due()) is not None and due < target:
        work(time.to(max(due, clock.now())))
    time.to(target)
    actions.earn_revenue(now=clock.now())
    since, until = began - timedelta(days=7), clock.now() - timedelta(days=5)
    return len(actions.reconcile(since=since, apply=True, now=until)) + work(clock.now())


def next_due() -> datetime | None:
    news = webhooks.next_due_at()
    moments = [queries.next_due(clock.now()), clock.from_unix(news) if news is not None else None]
    return min((moment for moment in moments if moment is not None), default=None)


def work(now: datetime) -> int:
    def post(headers: Mapping[str, str], body: bytes) -> bool:
        return actions.receive_webhook(gateway_name="sandbox", headers=headers, body=body, now=now)

    actions.serve_due(now=now)
    webhooks.deliver_due(clock.to_unix(now), post)
    outbox.drain()
    return 0


def the_end() -> dict[str, Any]:
    """What stands in the books, without numbers that differ from run to run."""
    accounts: Counter[str] = Counter()
    for row in Transfer.objects.all():
        accounts[row.debit] += row.amount
        accounts[row.credit] -= row.amount
    rows = Subscription.objects.select_related("account").order_by("pk")
    keys = SentNotice.objects.filter(sent_at__isnull=False).values_list("key", flat=True)
    return {
        "readers": {row.account.email.partition("@")[0]: how_it_stands(row) for row in rows},
        "accounts": dict(accounts),
        "cards": sorted(PaymentMethod.objects.values_list("last4", flat=True)),
        "mails": dict(Counter(key.partition(":")[0] for key in keys)),
    }


def how_it_stands(subscription: Subscription) -> tuple[str, str, list[tuple[int, str]], int]:
    """State, why it ended, its periods, and in how many attempts they were charged."""
    invoices = list(subscription.invoices.order_by("seq"))
    periods = [(invoice.seq, invoice.status) for invoice in invoices]
    tries = sum(invoice.attempts.count() for invoice in invoices)
    return str(subscription.state), subscription.end_reason, periods, tries
