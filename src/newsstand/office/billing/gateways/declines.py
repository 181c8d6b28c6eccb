"""The codes with which a card is declined: a class that decides what follows, and a sentence to read."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from newsstand.rules.billing.dunning import DeclineClass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a card was declined. `field` is the field of a card form that the sentence belongs to."""

    code: str
    cause: DeclineClass
    sentence: str | Promise
    field: str = "number"


_FOR_GOOD = _("Your bank does not accept payments with this card any more. Please use another card.")

DECLINES = {
    decline.code: decline
    for decline in (
        Decline(
            "generic_decline",
            DeclineClass.SOFT,
            _("Your bank declined this card and gave no reason. Please try another card, or ask your bank."),
        ),
        Decline(
            "insufficient_funds",
            DeclineClass.SOFT,
            _("Your bank declined this card: there is not enough money. Please try another card."),
        ),
        Decline("lost_card", DeclineClass.HARD, _FOR_GOOD),
        Decline("stolen_card", DeclineClass.HARD, _FOR_GOOD),
        Decline(
            "mandate_revoked",
            DeclineClass.HARD,
            _("You have told your bank to let no more payments through. Please use another card."),
        ),
        Decline("card_removed", DeclineClass.HARD, _("This card was removed. Please use another card.")),
        Decline(
            "expired_card",
            DeclineClass.DATA,
            _("Your bank says that this card has expired. Please check the date, or use another card."),
            "expiry",
        ),
        Decline(
            "incorrect_cvc",
            DeclineClass.DATA,
            _("Your bank says that the security code is wrong. Please type it again."),
            "cvc",
        ),
        Decline(
            "processing_error",
            DeclineClass.CONFIG,
            _("Something went wrong while your card was being checked. Please try again in a minute."),
        ),
        Decline(
            "authentication_required",
            DeclineClass.AUTH,
            _("Your bank wants you to approve this payment."),
        ),
        Decline(
            "authentication_failed",
            DeclineClass.AUTH,
            _("The payment was not approved at your bank. Please try again, or use another card."),
        ),
        Decline(
            "approval_expired",
            DeclineClass.AUTH,
            _("The time to approve the payment at your bank is over. Please try again."),
        ),
    )
}

_UNKNOWN = {
    DeclineClass.HARD: _FOR_GOOD,
    DeclineClass.SOFT: DECLINES["generic_decline"].sentence,
    DeclineClass.DATA: _("Something about this card is not right. Please check it, or use another card."),
    DeclineClass.AUTH: DECLINES["authentication_failed"].sentence,
    DeclineClass.CONFIG: DECLINES["processing_error"].sentence,
}


def sentence(code: str, cause: DeclineClass) -> str:
    """What the reader is told about a decline; by its class where the code has no sentence of its own."""
    known = DECLINES.get(code)
    return str(known.sentence if known else _UNKNOWN[cause])
