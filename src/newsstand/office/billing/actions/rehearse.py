"""The simulation through the database: the stories that are told in memory, done by the office and its sandbox bank.

Charges, tables, rights, mails that are written, and signed messages are the real ones; readers, cards and the network
are played. All stories go on side by side, moment by moment.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from newsstand.office.accounts.actions import open_account
from newsstand.office.billing import queries
from newsstand.office.billing.actions.cancel_subscription import cancel_subscription, undo_cancel
from newsstand.office.billing.actions.finish_card import finish_card
from newsstand.office.billing.actions.found_offer import found_offer
from newsstand.office.billing.actions.gateway_in_use import NEW_CARDS, use
from newsstand.office.billing.actions.receive_webhook import receive_webhook
from newsstand.office.billing.actions.serve_due import claim, serve
from newsstand.office.billing.actions.start_checkout import CheckoutStarted, change_card, start_checkout
from newsstand.office.billing.actions.withdraw import withdraw
from newsstand.office.billing.gateways.sandbox import rehearsal
from newsstand.office.billing.models import CardSetup, Offer, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.books import all_books
from newsstand.office.billing.queries.terms import terms_shown
from newsstand.office.kit import clock, outbox
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.memory.simulation import PRIME, Report, count
from newsstand.rules.billing.memory.story import Chance, Habits, Story
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

BY = "system"


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """Nothing was done: this installation has subscriptions, which a rehearsal would charge."""


def rehearse(
    *,
    subscribers: int,
    days: int,
    seed: int,
    starts_at: int,
    terms: OfferTerms,
    set_clock: Callable[[int], None],
) -> Report | NotEmpty:
    """Let subscribers sign up in the first quarter of `days`, and all that follows happen, in an empty installation.

    `set_clock` moves the site's clock to a moment. The rows stay.
    """
    if Subscription.objects.exists():
        return NotEmpty()
    set_clock(starts_at)
    offer, stories = _offer(terms, clock.from_unix(starts_at)), dict[str, OfficeStory]()
    bank = rehearsal.RehearsedGateway(
        lambda subscription, card, tries: stories[subscription].verdict(card, tries),
        lambda subscription: stories[subscription].network(),
    )
    for number in range(subscribers):
        account, _ = open_account(email=f"reader-{number}@rehearsal.example", by=BY, now=clock.now())
        story = OfficeStory(number, Chance(seed * PRIME + number), Habits(), account, offer)
        stories[story.ref] = story
    with use(NEW_CARDS, bank):
        _tell(list(stories.values()), starts_at, days, set_clock)
    rehearsal.send_nothing_more()
    report = Report(subscribers, days, terms.full_price.currency)
    for kept in all_books():
        count(report, kept.book, kept.terms, starts_at + days * DAY)
    return report


def _tell(stories: list["OfficeStory"], starts_at: int, days: int, set_clock: Callable[[int], None]) -> None:
    """Always on with the story whose moment comes first."""
    all_told = [story.told(starts_at, days) for story in stories]
    running = [(next(told), number, told) for number, told in enumerate(all_told)]
    heapq.heapify(running)
    while running:
        moment, number, told = running[0]
        set_clock(moment)
        following = next(told, None)
        if following is None:
            heapq.heappop(running)
        else:
            heapq.heapreplace(running, (following, number, told))


def _offer(terms: OfferTerms, now: datetime) -> Offer:
    *intro, last = terms.steps
    return found_offer(
        code="rehearsal",
        plan_name="Rehearsal",
        product_code="rehearsal",
        rights=["read"],
        price=last.price,
        rhythm=terms.rhythm,
        benefits=[],
        by=BY,
        now=now,
        intro=intro,
    )


class OfficeStory(Story):
    """One subscriber's story, done with the office's actions."""

    def __init__(self, number: int, chance: Chance, habits: Habits, account: "Account", offer: Offer) -> None:
        super().__init__(number, chance, habits)
        self.account, self.offer = account, offer
        self.pk = self.heard = 0

    def begin(self, now: int) -> None:
        moment = clock.from_unix(now)
        started = start_checkout(
            account=self.account,
            offer=self.offer,
            terms=terms_shown(self.offer, wording.day_of(moment)),
            next_path="/",
            return_url="/",
            by=self.account.actor,
            now=moment,
        )
        if not isinstance(started, CheckoutStarted):
            raise TypeError(f"a new reader's order came to {started}")
        self.pk = started.sale.pk
        # The minute of each charge hangs on this number: with it the story is the same as in memory.
        Subscription.objects.filter(pk=self.pk).update(public_id=UUID(hex=self.ref))
        self._come_back_with_a_card(now)

    def _row(self) -> Subscription:
        return Subscription.objects.select_related("account", "plan", "offer").get(pk=self.pk)

    def _come_back_with_a_card(self, now: int) -> None:
        setup = CardSetup.objects.select_related("subscription").filter(subscription=self.pk).latest("pk")
        rehearsal.save_card(setup.ref, now)
        finish_card(setup=setup, return_url="/", by=self.account.actor, now=clock.from_unix(now))

    def due_at(self) -> int | None:
        at, parked = self._one("next_action_at", "parked_reason")
        return None if at is None or parked else clock.to_unix(at)

    def _one(self, *fields: str) -> tuple[Any, ...]:
        """Some fields of the subscription's row as they stand now."""
        return tuple(Subscription.objects.values_list(*fields).get(pk=self.pk))

    def serve(self, now: int) -> None:
        moment = clock.from_unix(now)
        for claimed in claim(now=moment, limit=1):
            serve(subscription_id=claimed, now=moment)

    def drain(self, now: int) -> None:
        outbox.drain()

    def do(self, what: str, now: int) -> bool:
        row, by, moment = self._row(), self.account.actor, clock.from_unix(now)
        if what == "cancel":
            return cancel_subscription(subscription=row, by=by, now=moment)
        if what == "undo":
            return undo_cancel(subscription=row, by=by, now=moment)
        if what == "withdraw":
            return withdraw(sale=row, by=by, now=moment)
        if row.is_running:
            change_card(sale=row, next_path="/", return_url="/", now=moment)
            self._come_back_with_a_card(now)
        return True

    def news(self) -> list[GatewayEvent]:
        found = rehearsal.news_of(self.account.reader_id, self.heard)
        if found:
            self.heard = found[-1][0]
        return [event for _, event in found]

    def hear(self, event: GatewayEvent, now: int) -> None:
        headers, body = rehearsal.signed(event, now)
        moment = clock.from_unix(now)
        if not receive_webhook(gateway_name=NEW_CARDS, headers=headers, body=body, now=moment):
            raise ValueError(f"the door did not take {event}")

    def dispute(self, ref: str, kind: Kind, now: int) -> None:
        rehearsal.dispute(ref, kind, now)

    def last_paid(self) -> tuple[int, str] | None:
        paid = queries.last_paid(Subscription(pk=self.pk))
        return None if paid is None else (paid.seq, paid.ref)

    def failed_at(self) -> int | None:
        is_past_due = self._one("state") == (State.PAST_DUE,)
        last = queries.last_attempt(Subscription(pk=self.pk)) if is_past_due else None
        return clock.to_unix(last.settled_at) if last is not None and last.settled_at is not None else None
