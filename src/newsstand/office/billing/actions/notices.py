"""The mails of billing: each once, with the facts that law and contract ask for, and a link to cancel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from newsstand.office.billing import queries
from newsstand.office.billing.models import Attempt, Consent, Invoice, Purchase, Refund, Subscription
from newsstand.office.billing.queries import links, wording
from newsstand.office.kit.language import in_language_of_publication
from newsstand.office.kit.mail import Notice, send_notices
from newsstand.office.kit.queries import publication
from newsstand.rules.billing import dunning
from newsstand.rules.billing.price_notices import About
from newsstand.rules.money import Money

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

TEMPLATE = "billing/mail/notice"


@dataclass(slots=True)
class Letter:
    """A mail in parts: sentences, facts as label and value, links as label and address."""

    key: str
    subject: str
    paragraphs: list[str]
    facts: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def send(self, account: "Account", now: datetime) -> None:
        self.send_to(account.email, now)

    def send_to(self, address: str, now: datetime) -> None:
        send_notices([self.notice(address)], now=now)

    def notice(self, address: str) -> Notice:
        """The letter as a mail to an address."""
        context = {
            "heading": self.subject,
            "paragraphs": self.paragraphs,
            "facts": self.facts,
            "links": self.links,
        }
        return Notice(address, self.subject, TEMPLATE, context, self.key)


def send_confirmation(sale: Subscription | Purchase, consent: Consent, now: datetime) -> None:
    """At once after ordering: what was agreed to, and how to cancel, or until when one reads."""
    with in_language_of_publication():
        said, subject = _("Thank you. Your subscription has begun."), _("Your subscription: %(what)s")
        facts = [(_("Agreed to on"), wording.moment(consent.at))]
        if isinstance(sale, Purchase):
            said, subject = _("Thank you for your purchase."), _("Your purchase: %(what)s")
            facts += _reads_until(sale)
        Letter(
            key=f"billing.confirmation:{sale.ref}",
            subject=subject % {"what": sale.title},
            paragraphs=[said, _("This is what you agreed to:"), consent.text],
            facts=facts,
            links=[_account_link(), *_cancel_links(sale)],
        ).send(sale.account, now)


def send_receipts(paid: Sequence[tuple[Invoice, Attempt]], *, now: datetime) -> None:
    """After every charge: the period, the amount, the card, and what is charged next."""
    with in_language_of_publication():
        letters = [_receipt(invoice, attempt).notice(invoice.sale.account.email) for invoice, attempt in paid]
    send_notices(letters, now=now)


def _receipt(invoice: Invoice, attempt: Attempt) -> Letter:
    sale = invoice.sale
    facts = [
        (_("Plan"), sale.title),
        (_("Period"), wording.span(invoice.period)),
        (_("Amount"), wording.amount(invoice.money)),
        (_("Card"), str(attempt.payment_method)),
    ]
    if isinstance(sale, Purchase):
        facts[1:2] = _reads_until(sale)
    elif (following := queries.next_charge(sale, invoice)) is not None:
        facts.append((_("Next charge"), _money_on(following.money, wording.weekday(following.on))))
    said = [_("We have received your payment. Thank you."), *_no_money(invoice)]
    return Letter(
        key=f"billing.receipt:{invoice.ref}",
        subject=_("Your receipt: %(amount)s") % {"amount": wording.amount(invoice.money)},
        paragraphs=said,
        facts=facts,
        links=[(_("This receipt in your account"), _receipt_address(invoice)), *_cancel_links(sale)],
    )


def _no_money(invoice: Invoice) -> list[str]:
    return [_("This is a test: no money was taken.")] if invoice.gateway == "sandbox" else []


def _receipt_address(invoice: Invoice) -> str:
    return links.address(reverse("receipt", args=[invoice.public_id]))


def send_payment_failed(invoice: Invoice, attempt: Attempt, *, wants_approval: bool, now: datetime) -> None:
    """A renewal was declined: until when the reader reads on, and where the card is mended."""
    sale = invoice.sale
    last_day = wording.weekday(dunning.grace_ends_on(queries.grace_starts_on(invoice)))
    with in_language_of_publication():
        if wants_approval:
            reason = _("Your bank wants you to approve the payment for your subscription.")
        else:
            reason = _("Your bank declined the payment for your subscription.")
        Letter(
            key=f"billing.payment_failed:{attempt.key.hex}",
            subject=_("Your payment did not go through"),
            paragraphs=[
                reason,
                _("You can read on until %(day)s. Nothing is owed for time that is not paid.")
                % {"day": last_day},
            ],
            facts=[
                (_("Amount"), wording.amount(invoice.money)),
                (_("Period"), wording.span(invoice.period)),
                (_("Card"), str(attempt.payment_method)),
            ],
            links=[
                (_("Put it right"), links.address(reverse("change_card"))),
                *_cancel_links(sale),
            ],
        ).send(sale.account, now)


def send_cancelled(subscription: Subscription, paid: Invoice | None, now: datetime) -> None:
    """A cancellation is confirmed with its moment and the last day of reading."""
    has_time_left = paid is not None and subscription.is_running
    with in_language_of_publication():
        said = [_("We have received your cancellation. You will not be charged again.")]
        facts = [(_("Plan"), subscription.plan.name), (_("Cancelled on"), wording.moment(now))]
        offered = []
        if has_time_left and paid is not None:
            last_day = wording.weekday(paid.ends_on)
            said.append(_("You can read until the end of %(day)s.") % {"day": last_day})
            facts.append((_("You read until"), last_day))
            offered.append((_("Keep my subscription after all"), _cancel_link(subscription)[1]))
        Letter(
            key=f"billing.cancelled:{subscription.ref}:{int(now.timestamp())}",
            subject=_("Your subscription is cancelled"),
            paragraphs=said,
            facts=facts,
            links=offered,
        ).send(subscription.account, now)


def send_kept(subscription: Subscription, now: datetime) -> None:
    """The cancellation was taken back: what is charged next, and how to cancel."""
    following = queries.next_charge(subscription)
    with in_language_of_publication():
        facts = [(_("Plan"), subscription.plan.name)]
        if following is not None:
            facts.append((_("Next charge"), _money_on(following.money, wording.weekday(following.on))))
        Letter(
            key=f"billing.kept:{subscription.ref}:{int(now.timestamp())}",
            subject=_("Your subscription goes on"),
            paragraphs=[_("You have taken your cancellation back. Your subscription goes on as before.")],
            facts=facts,
            links=[_account_link(), _cancel_link(subscription)],
        ).send(subscription.account, now)


def send_price(
    subscription: Subscription, about: About, seq: int, before: Money, price: Money, now: datetime
) -> None:
    """What a period costs from a day on: when an introduction ends, or the price changes."""
    on = wording.weekday(subscription.period(seq).starts_on)
    with in_language_of_publication():
        subject, said = (
            _("Your price from %(day)s on"),
            _("From %(day)s on your subscription has another price."),
        )
        if about is About.INTRO_END:
            subject = _("Your introduction ends: your price from %(day)s on")
        Letter(
            key=f"billing.price:{subscription.ref}:{about.value}:{seq}",
            subject=subject % {"day": on},
            paragraphs=[
                said % {"day": on},
                _("If you do not want that, cancel before: you then pay nothing more."),
            ],
            facts=[
                (_("Plan"), subscription.title),
                (_("Until then"), wording.amount(before)),
                (_("From then on"), wording.card(price, subscription.rhythm)),
            ],
            links=[_account_link(), _cancel_link(subscription)],
        ).send(subscription.account, now)


def send_ended(sale: Subscription | Purchase, now: datetime) -> None:
    """The sale is over; nothing is owed."""
    with in_language_of_publication():
        subject = _("Your subscription has ended")
        said = _("Your subscription is over. You will not be charged again, and nothing is owed.")
        if isinstance(sale, Purchase):
            subject, said = _("Your purchase has ended"), _("Your purchase is over. Nothing is owed.")
        Letter(
            key=f"billing.ended:{sale.ref}",
            subject=subject,
            paragraphs=[said],
            facts=[(_("Plan"), sale.title), (_("Ended on"), wording.moment(now))],
            links=[(_("Subscribe again"), links.address(reverse("subscribe")))],
        ).send(sale.account, now)


def send_refunded(invoice: Invoice, money: Money, now: datetime) -> None:
    """Money went back to the reader's card."""
    with in_language_of_publication():
        Letter(
            key=f"billing.refunded:{invoice.ref}",
            subject=_("Your money is on its way back: %(amount)s") % {"amount": wording.amount(money)},
            paragraphs=[
                _("A payment arrived for time you had not asked for any more. We have given it back in full.")
            ],
            facts=[(_("Amount"), wording.amount(money))],
            links=[_account_link()],
        ).send(invoice.sale.account, now)


def send_given_back(refund: Refund, now: datetime) -> None:
    """Staff have given money back, or it goes back after a withdrawal."""
    money, invoice = wording.amount(refund.money), refund.invoice
    with in_language_of_publication():
        Letter(
            key=f"billing.given_back:{refund.key.hex}",
            subject=_("Your money is on its way back: %(amount)s") % {"amount": money},
            paragraphs=[_("We have given money back to the card that you paid with."), *_no_money(invoice)],
            facts=[
                (_("Amount"), money),
                (_("Of a payment of"), wording.amount(invoice.money)),
                (_("For"), f"{invoice.sale.title}, {wording.span(invoice.period)}"),
            ],
            links=[(_("This receipt in your account"), _receipt_address(invoice))],
        ).send(invoice.sale.account, now)


def tell_staff_of_event(sale: Subscription | Purchase, kind: str, object_id: str, now: datetime) -> None:
    """A refund came back, or a reader's bank disputes a charge."""
    with in_language_of_publication():
        said = _("The gateway tells of this sale: %(kind)s. The ledger has it already.")
        _to_staff(sale, said % {"kind": kind}, f"{kind}:{object_id}", now)


def tell_staff_of_lost_cancel(subscription: Subscription, now: datetime) -> None:
    """A restored backup had lost a cancellation, or an end."""
    with in_language_of_publication():
        said = _(
            "A restored backup had lost that this was cancelled or ended. It is cancelled again: nothing is charged. "
            "If money went back as well, look whether reading should end."
        )
        _to_staff(subscription, said, f"lost:{subscription.ref}:{int(now.timestamp())}", now)


def tell_staff_of_refused_refund(refund: Refund, code: str, now: datetime) -> None:
    """The gateway does not give money back that was asked for."""
    with in_language_of_publication():
        said = _("The gateway does not give %(amount)s back: %(code)s. The reader still waits for the money.")
        words = {"amount": wording.amount(refund.money), "code": code}
        _to_staff(refund.invoice.sale, said % words, f"refused:{refund.key.hex}", now)


def tell_staff_of_audit(audit: int, found: list[str], now: datetime) -> None:
    """The books do not hold what must always hold."""
    with in_language_of_publication():
        Letter(
            key=f"billing.audit:{audit}",
            subject=_("The books of billing need a look"),
            paragraphs=[_("The audit found what must not be:"), *found],
        ).send_to(publication().support_email, now)


def tell_staff_of_stop(why: str, now: datetime) -> None:
    """Nothing is charged any more until a person says so."""
    with in_language_of_publication():
        Letter(
            key=f"billing.stopped:{int(now.timestamp())}",
            subject=_("Charging has stopped"),
            paragraphs=[_("No charge begins until you let it go on: %(why)s.") % {"why": why}],
        ).send_to(publication().support_email, now)


def tell_staff_of_late_renewals(now: datetime) -> None:
    """Renewals were due while no worker was there; said once a day."""
    with in_language_of_publication():
        day = wording.day_of(now)
        Letter(
            key=f"billing.late:{day.isoformat()}",
            subject=_("Renewals were charged late"),
            paragraphs=[
                _(
                    "Renewals were due for more than a day before they were tried. No subscription has ended by it, "
                    "and nobody pays for time that was not served. Was the worker away?"
                )
            ],
        ).send_to(publication().support_email, now)


def tell_staff_of_refusal(sale: Subscription | Purchase, attempt: Attempt, now: datetime) -> None:
    """The gateway refused a charge for a reason that is ours or its own, not the card's."""
    with in_language_of_publication():
        said = _("The gateway could not charge this sale: %(code)s. It will be tried again.")
        _to_staff(sale, said % {"code": attempt.code}, attempt.key.hex, now)


def tell_staff_of_parking(sale: Subscription | Purchase, now: datetime) -> None:
    """A sale was parked: it is not charged until a person has looked at it."""
    with in_language_of_publication():
        said = _("This sale is parked and will not be charged until you have looked at it: %(why)s.")
        key = f"{sale.ref}:{int(now.timestamp())}"
        _to_staff(sale, said % {"why": sale.parked_reason}, key, now)


def _to_staff(sale: Subscription | Purchase, said: str, key: str, now: datetime) -> None:
    is_purchase = isinstance(sale, Purchase)
    Letter(
        key=f"billing.staff:{key}",
        subject=_("A purchase needs a look") if is_purchase else _("A subscription needs a look"),
        paragraphs=[said],
        facts=[(_("Purchase") if is_purchase else _("Subscription"), sale.ref)],
    ).send_to(publication().support_email, now)


def _account_link() -> tuple[str, str]:
    return _("Your account"), links.address("/account/")


def _cancel_links(sale: Subscription | Purchase) -> list[tuple[str, str]]:
    """The link that ends it; what was bought once ends by itself."""
    return [] if isinstance(sale, Purchase) else [_cancel_link(sale)]


def _reads_until(purchase: Purchase) -> list[tuple[str, str]]:
    until = purchase.reads_until
    return [] if until is None else [(_("You read until"), wording.moment(until))]


def _cancel_link(subscription: Subscription) -> tuple[str, str]:
    return _("Cancel this subscription"), links.cancel_link(subscription)


def _money_on(money: Money, day: str) -> str:
    return _("%(amount)s on %(day)s") % {"amount": wording.amount(money), "day": day}
