"""The commands of `tests/proofs` once more, through the office's actions, the sandbox bank and a real database.

The same command means the same as in memory; a process dies at the same points, and the network has the same moods.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions import after_commit, follow
from newsstand.office.billing.actions.serve_purchases import serve_purchases
from newsstand.office.billing.actions.start_checkout import CheckoutStarted, Thing
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import cards, charging, events, scenarios, webhooks
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.models import CardSetup, Offer, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.books import Kept, books_of
from newsstand.office.billing.queries.terms import terms_shown
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import OutboxRow
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.invariants import Violation, check
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY
from newsstand.rules.money import Money
from tests.proofs.world import FIRST_PURCHASE, NAMES, ONCE, ROUNDS, Player, name_of

CARDS = {
    "pays": scenarios.Scenario("pays", "Visa"),
    "soft": scenarios.Scenario("soft", "Visa", refused_at_charge="insufficient_funds"),
    "hard": scenarios.Scenario("hard", "Visa", refused_at_charge="lost_card"),
    "data": scenarios.Scenario("data", "Visa", refused_at_charge="expired_card"),
    "auth": scenarios.Scenario("auth", "Visa", approval=scenarios.Approval.ALWAYS),
    "config": scenarios.Scenario("config", "Visa", refused_at_charge="processing_error"),
}
DEEDS = {
    follow.REFUND: after_commit.refund_charge,
    follow.CALL_OFF: after_commit.call_off_charge,
    follow.GIVE_BACK: after_commit.give_back,
    follow.STAYS: after_commit.tell_stays,
}
ACTIONS = "newsstand.office.billing.actions"


class Network(SandboxGateway):
    """The way to the bank: requests and answers get lost, and processes die before and after."""

    def __init__(self, office: "Office") -> None:
        self.office = office

    def attempt(self, **call: Any) -> base.Attempted:
        self.office._at("before_the_call")
        mood = self.office._network()
        answer = base.Unknown("timeout") if mood == "request_lost" else super().attempt(**call)
        self.office._at("answer_lost")
        return base.Unknown("timeout") if mood == "answer_lost" else answer


class SweepersNetwork(Network):
    def lookup_charge(self, **call: Any) -> base.Lookup:
        self.office._at("in_the_sweep")
        return super().lookup_charge(**call)


class RefundersNetwork(Network):
    def refund(self, **call: Any) -> base.RefundOutcome:
        self.office._at("before_the_refund")
        answer = super().refund(**call)
        if isinstance(answer, base.Refund):
            self.office._at("refund_not_recorded")
        return answer


@dataclass
class Office(Player):
    """One reader of a newsroom with a database."""

    account: Account | None = None
    offer: Offer | None = None
    subscriptions: list[Subscription] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        return clock.from_unix(self.now)

    @property
    def reader(self) -> Account:
        if self.account is None:
            self.account = Account.objects.create_user("ada@example.org")
        return self.account

    @property
    def newest(self) -> Subscription | Purchase | None:
        """What commands are about, as it stands now: the newest subscription, or the newest purchase."""
        if self.renews:
            return Subscription.objects.select_related("account", "plan", "offer").order_by("-pk").first()
        return Purchase.objects.select_related("account", "plan", "offer").order_by("-pk").first()

    def kept(self) -> list[Kept]:
        rows = (*Subscription.objects.order_by("pk"), *Purchase.objects.order_by("pk"))
        return [books_of(row) for row in rows]

    def violations(self) -> list[Violation]:
        return [found for kept in self.kept() for found in check(kept.book, kept.terms, self.now)]

    # --- commands ---

    def order(self, card: str, dies_at: str = "") -> None:
        self.renews = True
        newest = self.newest
        if newest is not None and newest.is_live:
            self.pay(dies_at)
            return
        self._order(self._offer(self.terms), name_of(Subscription.objects.count()), card, dies_at)

    def buy(self, card: str, dies_at: str = "") -> None:
        self.renews = False
        newest = self.newest
        until = newest.reads_until if isinstance(newest, Purchase) else None
        if newest is not None and newest.is_live and (until is None or until > self.moment):
            self.pay(dies_at)
            return
        name = name_of(FIRST_PURCHASE + Purchase.objects.count())
        self._order(self._offer(ONCE, renews=False), name, card, dies_at)

    def _order(self, offer: Offer, name: UUID, card: str, dies_at: str) -> None:
        self.turn(card)
        started = actions.start_checkout(
            account=self.reader,
            offer=offer,
            terms=terms_shown(offer, wording.day_of(self.moment)),
            thing=None if offer.plan.renews else Thing("site", "All of it, for two days"),
            next_path="/",
            return_url="/",
            by=self.reader.actor,
            now=self.moment,
        )
        assert isinstance(started, CheckoutStarted)
        type(started.sale)._default_manager.filter(pk=started.sale.pk).update(public_id=name)
        self._type_card(card, dies_at)

    def _offer(self, terms: OfferTerms, *, renews: bool = True) -> Offer:
        *intro, last = terms.steps
        code = "-".join(f"{step.price.amount}" for step in terms.steps)
        return actions.found_offer(
            code=code,
            plan_name="All of it",
            product_code="news",
            rights=["read"],
            price=last.price,
            rhythm=terms.rhythm,
            renews=renews,
            benefits=[],
            by="staff:1",
            now=self.moment,
            intro=intro,
        )

    def _type_card(self, card: str, dies_at: str) -> None:
        """The bank's own question about a new card is answered at once; the one about a charge is a command."""
        setup = bank.CardSetup.objects.order_by("-pk")[0]
        typed = cards.Card(CARDS[card], scenarios.Sim(), "4242", 12, 2090)
        asked = cards.save_card(setup.ref, typed, self.now)
        if asked is not None:
            cards.decide_approval(asked, is_approved=True, now=self.now)
        self.dies_at = dies_at
        ours = CardSetup.objects.get(ref=setup.ref)
        actions.finish_card(setup=ours, return_url="/", by=self.reader.actor, now=self.moment)

    def pay(self, dies_at: str = "") -> None:
        row = self.newest
        if row is None:
            return
        self.dies_at = dies_at
        attempt = queries.unsettled_attempt(row)
        if attempt is not None:
            actions.sweep_attempt(attempt=attempt, by=self.reader.actor, now=self.moment)
        elif row.is_live and not row.is_cancelled:
            method = row.payment_method or _typed(row)
            by = self.reader.actor
            actions.pay_now(sale=row, payment_method=method, return_url="/", by=by, now=self.moment)

    def approve(self, is_approved: bool) -> None:
        for asked in bank.Approval.objects.filter(attempt__isnull=False).order_by("attempt__charge_id"):
            charging.decide_approval(asked, is_approved=is_approved, now=self.now)

    def work(self, dies_at: str = "") -> None:
        self.dies_at = dies_at
        actions.serve_due(now=self.moment)
        serve_purchases(now=self.moment)
        for row in OutboxRow.objects.filter(topic__in=DEEDS, done_at__isnull=True).order_by("pk"):
            try:
                DEEDS[row.topic](row.payload, self.moment)
            except after_commit.RefundFailed:
                continue
            outbox.close([row.pk])

    def to_due(self) -> None:
        due = [
            clock.to_unix(row.next_action_at)
            for model in (Subscription, Purchase)
            for row in model._default_manager.exclude(state=State.ENDED)
            if row.next_action_at is not None
        ]
        if due:
            self.now = max(self.now, min(due))

    def deliver(self, which: int, dies_at: str = "") -> None:
        told = list(bank.Event.objects.select_related("charge").order_by("pk"))
        if told and which % len(told) not in self.dropped:
            self.dies_at = dies_at
            body = webhooks.body_of(told[which % len(told)])
            headers = {webhooks.HEADER: webhooks.sign(body, self.now)}
            assert actions.receive_webhook(
                gateway_name="sandbox", headers=headers, body=body, now=self.moment
            )

    def reconcile(self, dies_at: str = "") -> None:
        self.dies_at = dies_at
        actions.reconcile(since=clock.from_unix(0), apply=True, now=self.moment)

    def turn(self, card: str) -> None:
        self.card = card
        bank.Method.objects.update(scenario=card)

    def new_card(self, card: str) -> None:
        row = self.newest
        if isinstance(row, Subscription) and row.is_running:
            self.turn(card)
            actions.change_card(sale=row, next_path="/", return_url="/", now=self.moment)
            self._type_card(card, "")

    def cancel(self) -> None:
        if isinstance(row := self.newest, Subscription):
            actions.cancel_subscription(subscription=row, by=self.reader.actor, now=self.moment)

    def undo(self) -> None:
        if isinstance(row := self.newest, Subscription):
            actions.undo_cancel(subscription=row, by=self.reader.actor, now=self.moment)

    def withdraw(self) -> None:
        if (row := self.newest) is not None:
            actions.withdraw(sale=row, by=self.reader.actor, now=self.moment)

    def new_price(self, cents: int) -> None:
        if isinstance(row := self.newest, Subscription):
            money = Money(cents, self.terms.full_price.currency)
            actions.change_price(offer=row.offer, money=money, by="staff:1", now=self.moment)

    def end_by_staff(self) -> None:
        if (row := self.newest) is not None:
            staff = lifecycle.EndedByStaff()
            actions.end_sale(sale=row, event=staff, by="staff:1", why="", now=self.moment)

    def refund(self, cents: int) -> None:
        row = self.newest
        paid = queries.last_paid(row) if row is not None else None
        if paid is not None:
            actions.refund_invoice(
                invoice=paid,
                money=Money(cents, paid.currency),
                key=uuid4().hex,
                by="staff:1",
                why="a mistake",
                now=self.moment,
            )

    def dispute(self, kind: str) -> None:
        paid = bank.Charge.objects.filter(attempts__state="succeeded", refunds__isnull=True).order_by("-pk")
        charge = paid.first()
        if charge is None:
            return
        ref, told = uuid5(NAMES, charge.ref).hex, Kind(f"dispute.{kind}")
        if not bank.Event.objects.filter(object_ref=ref, kind=Kind.DISPUTE_LOST.value).exists():
            events.record(told, ref, self.now, charge=charge, ours=charge.ours, money=charge.money)

    def forget_keys(self) -> None:
        for attempt in bank.Attempt.objects.exclude(key__startswith="forgotten"):
            bank.Attempt.objects.filter(pk=attempt.pk).update(key=f"forgotten {attempt.pk}")

    def settle(self) -> None:
        for _ in range(ROUNDS):
            for number in range(bank.Event.objects.count()):
                self.play(("deliver", number))
            self.reconcile()
            self.work()
            self.now += DAY // 8
        self.work()


def _typed(sale: Subscription | Purchase) -> PaymentMethod:
    """The card that was typed for an order."""
    method = CardSetup.objects.filter(**{sale.kind: sale}).latest("pk").payment_method
    assert method is not None
    return method


def plant(office: Office, patch: pytest.MonkeyPatch) -> None:
    """Put the cards, the network and the points of death in place."""
    for code, scenario in CARDS.items():
        patch.setitem(scenarios.BY_CODE, code, scenario)
    module = {name: import_module(f"{ACTIONS}.{name}") for name in _PLACES}
    patch.setitem(module["gateway_in_use"].GATEWAYS, "sandbox", Network(office))
    patch.setattr(module["sweep_attempt"], "gateway", lambda name: SweepersNetwork(office))
    patch.setattr(module["after_commit"], "gateway", lambda name: RefundersNetwork(office))
    before = _before(office, "before_attempt_is_written", module["begin_attempt"].uuid4)
    patch.setattr(module["begin_attempt"], "uuid4", before)
    for name in ("take_payment", "sweep_attempt", "after_commit"):
        real = module[name].record_attempt
        patch.setattr(module[name], "record_attempt", _around(office, real))
    real = module["take_payment"].record_answers
    patch.setattr(module["take_payment"], "record_answers", _around(office, real))
    kept = module["record_gateway_event"].keep_event
    patch.setattr(module["record_gateway_event"], "keep_event", _before(office, "event_not_recorded", kept))


_PLACES = (
    *("gateway_in_use", "sweep_attempt", "after_commit", "begin_attempt", "take_payment"),
    "record_gateway_event",
)


def _before(office: Office, point: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def done(*given: Any, **named: Any) -> Any:
        office._at(point)
        return real(*given, **named)

    return done


def _around(office: Office, real: Callable[..., Any]) -> Callable[..., Any]:
    def done(**given: Any) -> Any:
        office._at("before_the_record")
        made = real(**given)
        office._at("after_the_record")
        return made

    return done
