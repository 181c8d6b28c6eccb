"""The test cards and what each of them does. The numbers stand here and are never stored.

The numbers are the ones that card gateways publish for tests, so that knowledge carries over. What a card
does can also be chosen by the name on it, which then begins with SIM.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Approval(StrEnum):
    """When the bank wants the reader to approve on its own page."""

    NEVER = "never"
    AT_SETUP = "setup"
    ALWAYS = "always"


class After(StrEnum):
    """What happens after a charge or a refund has gone well."""

    NOTHING = ""
    DISPUTE = "dispute"
    REFUND_PENDING = "refund_pending"
    REFUND_FAILS = "refund_fails"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A test card. `refused_at_setup` and `refused_at_charge` are codes of declines, or ""."""

    code: str
    brand: str
    refused_at_setup: str = ""
    refused_at_charge: str = ""
    approval: Approval = Approval.NEVER
    after: After = After.NOTHING


CARDS: dict[str, Scenario] = {
    "4242424242424242": Scenario("pays", "Visa"),
    "5555555555554444": Scenario("pays_mastercard", "Mastercard"),
    "378282246310005": Scenario("pays_amex", "American Express"),
    "4000000000000002": Scenario("declined", "Visa", refused_at_setup="generic_decline"),
    "4000000000009995": Scenario("no_money", "Visa", refused_at_setup="insufficient_funds"),
    "4000000000009987": Scenario("lost", "Visa", refused_at_setup="lost_card"),
    "4000000000009979": Scenario("stolen", "Visa", refused_at_setup="stolen_card"),
    "4000000000000069": Scenario("expired", "Visa", refused_at_setup="expired_card"),
    "4000000000000127": Scenario("wrong_cvc", "Visa", refused_at_setup="incorrect_cvc"),
    "4000000000000119": Scenario("processing_error", "Visa", refused_at_setup="processing_error"),
    "4000000000000341": Scenario("declined_at_charge", "Visa", refused_at_charge="generic_decline"),
    "4000002500003155": Scenario("approval_at_setup", "Visa", approval=Approval.AT_SETUP),
    "4000002760003184": Scenario("approval_always", "Visa", approval=Approval.ALWAYS),
    "4000008260003178": Scenario(
        "approval_no_money", "Visa", refused_at_charge="insufficient_funds", approval=Approval.ALWAYS
    ),
    "4000000000000259": Scenario("disputed", "Visa", after=After.DISPUTE),
    "4000000000007726": Scenario("refund_pending", "Visa", after=After.REFUND_PENDING),
    "4000000000005126": Scenario("refund_fails", "Visa", after=After.REFUND_FAILS),
}

BY_CODE: dict[str, Scenario] = {scenario.code: scenario for scenario in CARDS.values()}


@dataclass(frozen=True, slots=True)
class Sim:
    """What the name on the card asks for: a mood of the network or the bank, and how often, if it says so."""

    mood: str = ""
    count: int = 0


SIMS = (
    "SIM TIMEOUT SUCCESS",
    "SIM TIMEOUT",
    "SIM ERROR ONCE",
    "SIM DECLINE <n>",
    "SIM PAYS <n>",
    "SIM REVOKED",
    "SIM FORGETS",
    "SIM FORGETS <n>",
    "SIM REVERSAL",
    "SIM WEBHOOK NEVER",
    "SIM WEBHOOK LATE",
    "SIM WEBHOOK TWICE",
    "SIM WEBHOOK FIRST",
    "SIM SLOW",
    "SIM EXPIRES",
    "SIM UPDATED",
)


class UnknownSim(ValueError):
    """The name on the card begins with SIM and asks for nothing that is known."""


def sim_of(name: str) -> Sim:
    """What a name on a card asks for. "Ada Reader": nothing. "sim decline 2": decline twice, then pay.

    Raises UnknownSim for a SIM that does not exist.
    """
    words = " ".join(name.upper().split())
    if not re.match(r"SIM\b", words):
        return Sim()
    counted = re.fullmatch(r"SIM (DECLINE|PAYS|FORGETS) (\d{1,4})", words)
    if counted:
        return Sim(counted[1].lower(), int(counted[2]))
    if words not in SIMS:
        raise UnknownSim(words)
    return Sim(words.removeprefix("SIM ").lower().replace(" ", "_"))
