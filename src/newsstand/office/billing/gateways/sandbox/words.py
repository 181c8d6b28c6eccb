"""What the test cards do, in a few words for who tries them out."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsstand.office.billing.gateways.sandbox.scenarios import CARDS, SIMS

CARD_WORDS: dict[str, str | Promise] = {
    "pays": _("pays"),
    "pays_mastercard": _("pays"),
    "pays_amex": _("pays"),
    "declined": _("is declined on the card page, and no reason is given"),
    "no_money": _("is declined on the card page: not enough money"),
    "lost": _("is declined on the card page for good: lost"),
    "stolen": _("is declined on the card page for good: stolen"),
    "expired": _("is declined on the card page: expired"),
    "wrong_cvc": _("is declined on the card page: wrong security code"),
    "processing_error": _("is declined on the card page: an error of the bank"),
    "declined_at_charge": _("is saved, then declined when it is charged"),
    "approval_at_setup": _("wants an approval when it is saved, and pays from then on"),
    "approval_always": _("wants an approval for every payment, and is declined when the reader is away"),
    "approval_no_money": _("wants an approval, and then there is not enough money"),
    "disputed": _("pays, and a dispute follows at once"),
    "refund_pending": _("pays; a refund is done after two days"),
    "refund_fails": _("pays; a refund comes back after two days"),
}
SIM_WORDS: dict[str, str | Promise] = {
    "SIM PAYS <n>": _("pays so many times, and is then declined"),
    "SIM DECLINE <n>": _("is declined so many times, and then pays"),
    "SIM TIMEOUT SUCCESS": _("pays, and the answer is lost"),
    "SIM TIMEOUT": _("never pays, since no request arrives"),
    "SIM ERROR ONCE": _("answers with an error at first, and then pays"),
    "SIM SLOW": _("pays, and answers after 40 seconds, when nobody listens any more"),
    "SIM EXPIRES": _("expires at the end of next month, and is declined from then on"),
    "SIM UPDATED": _("is replaced by the bank after its first payment, and goes on to pay"),
    "SIM REVERSAL": _("pays, and the bank takes the money back after ten days"),
    "SIM REVOKED": _("pays once, and then the bank is told to stop all payments"),
    "SIM FORGETS": _("pays, and the bank forgets after a minute what it was asked"),
    "SIM FORGETS <n>": _("the same after so many seconds"),
    "SIM WEBHOOK FIRST": _("pays, and the bank's message arrives before its answer"),
    "SIM WEBHOOK LATE": _("pays, and the bank's message comes a day late"),
    "SIM WEBHOOK TWICE": _("pays, and the bank's message comes twice"),
    "SIM WEBHOOK NEVER": _("pays, and the bank's message never comes"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: what is typed, and what it does."""

    typed: str
    does: str


def cards() -> list[Line]:
    """All test cards, their numbers in groups as on a card."""
    return [Line(grouped(number), f"{card.brand}: {CARD_WORDS[card.code]}") for number, card in CARDS.items()]


def names() -> list[Line]:
    """All names that ask for a mood."""
    return [Line(name, str(SIM_WORDS[name])) for name in sorted(SIMS)]


def grouped(number: str) -> str:
    """A number as it stands on a card: "4242424242424242" is "4242 4242 4242 4242", and 15 digits are 4, 6 and 5."""
    if len(number) == 15:
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
