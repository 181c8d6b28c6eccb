"""Why somebody reads a story or does not: the decision of the gate, step by step, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from newsstand.office.access.models import Gift
from newsstand.office.access.queries import offers
from newsstand.office.access.queries.archive import RuleNames, giver_words, shown
from newsstand.office.access.queries.policy import (
    facts_for_gate,
    given_for,
    level_rules,
    policy_of,
    rules_of_site,
)
from newsstand.office.accounts.passes import key_ring
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.articles import queries as articles
from newsstand.office.kit import clock, shelf
from newsstand.office.kit.queries import publication
from newsstand.rules.gate.decide import Decision, decide
from newsstand.rules.gate.explain import Explanation, explain
from newsstand.rules.gate.facts import ArticleFacts, ReaderFacts, Visit, subject_covers
from newsstand.rules.gate.gifts import open_gift
from newsstand.rules.gate.levels import given_at
from newsstand.rules.gate.networks import NetworkTable, parse_address
from newsstand.shelf.visits import seats_of, seats_window

if TYPE_CHECKING:
    from newsstand.office.access.models import AccessPolicy
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage

BEFORE_EVERY_END = 0  # a token is first known, and then asked whether it is over


@dataclass(frozen=True, slots=True)
class Asked:
    """As whom: an account or nobody, who has read so many other metered stories, with a gift's token or an address.

    `counted` are the stories really counted, where they are known; else `read` stands for so many others.
    """

    account: "Account | None" = None
    read: int = 0
    counted: frozenset[str] | None = None
    gift: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The decision, its words, and where the story's level comes from. `notes` say what of the question held.

    `refused` are the parts of the question that cannot be what they were meant to be, each with the reason: the
    decision was made without them.
    """

    decision: Decision
    explanation: Explanation
    level: str
    notes: tuple[str, ...]
    refused: Mapping[str, str]

    @property
    def steps(self) -> tuple[str, ...]:
        """Each step that led to the decision, the level first."""
        return (self.level, *self.notes, *self.explanation.steps)

    @property
    def level_sentence(self) -> str:
        """The level and what gave it, as a sentence of its own."""
        return f"{capfirst(self.level)}."

    @property
    def editor(self) -> str:
        """The decision for who makes the paper."""
        return self.explanation.editor

    @property
    def support(self) -> str:
        """The decision for who answers readers."""
        return self.explanation.support

    @property
    def reader(self) -> str:
        """The decision for the reader."""
        return self.explanation.reader


def explain_url(path: str, asked: Asked, at: datetime) -> Told | None:
    """Why whoever asks so may read what lies at this path; None if it is no published story."""
    page = articles.page_at(path)
    return explain_story(page, asked, at) if page is not None and page.kind == "story" else None


def explain_story(article: "ArticlePage", asked: Asked, at: datetime) -> Told:
    """The same for a story at hand."""
    row, now = rules_of_site(), clock.to_unix(at)
    facts, rules = facts_for_gate(article, row), policy_of(row, at)
    reader = reader_facts(asked.account, at) if asked.account is not None else None
    visit, notes, refused = _visit(asked, facts, rules.gift_devices, at)
    decision = decide(facts, reader, visit, rules, now)
    words = explain(decision, facts, reader, visit, rules, now)
    notes = (*_state_words(reader), *notes)
    return Told(decision, words, _level_words(article, row, now), notes, refused)


def next_level(article: "ArticlePage", now: datetime) -> str:
    """The story's next level and its moment, as a sentence; empty where none is to come."""
    moment = clock.to_unix(now)
    coming = next((one for one in given_for(article) if one.from_at > moment), None)
    if coming is None:
        return ""
    at = shown(clock.from_unix(coming.from_at), publication().zone)
    return _("From %(at)s on: %(level)s.") % {"at": at, "level": coming.level.value}


def _visit(
    asked: Asked, facts: ArticleFacts, devices: int, at: datetime
) -> tuple[Visit, tuple[str, ...], dict[str, str]]:
    """What the gate may know of who asks; a gift opens on so many `devices`."""
    counted = asked.counted
    if counted is None:
        counted = frozenset(f"{number:032x}" for number in range(asked.read))
    notes, refused = [], {}
    gift = network = None
    if asked.gift is not None:
        problem = _gift_problem(asked.gift, facts, devices, clock.to_unix(at))
        notes.append(f"{_('gift')}: {problem or _('valid for this story')}")
        if problem:
            refused["gift"] = problem
        else:
            gift = facts.id
    if asked.address is not None:
        network, said = _network(asked.address, facts, at)
        notes.append(f"{_('network')}: {said}")
        if parse_address(asked.address) is None:
            refused["address"] = said
    return Visit(counted, gift=gift, network=network), tuple(notes), refused


def _gift_problem(token: str, facts: ArticleFacts, devices: int, now: int) -> str:
    """Why a gift's token does not open this story to one more device; empty if it does."""
    found = open_gift(token, key_ring(), BEFORE_EVERY_END)
    if found is None:
        return _("the token is not one of this site: it is cut, altered, or was made elsewhere")
    if found.article != facts.id:
        return _("the token is for another story")
    if found.until <= now:
        return _("it is over since %(at)s") % {"at": shown(clock.from_unix(found.until), publication().zone)}
    row = Gift.objects.filter(public_id=found.id).first()
    if row is None or row.revoked_at is not None:
        return _("it was taken back")
    taken = len(shelf.handle().visits.read(seats_of(found.id), seats_window(found.until)))
    return _("it was opened on %(n)s devices, as many as it may") % {"n": taken} if taken >= devices else ""


def _network(address: str, facts: ArticleFacts, at: datetime) -> tuple[str | None, str]:
    found = parse_address(address)
    if found is None:
        return None, _("%(address)s is no address") % {"address": address}
    subjects = NetworkTable(offers.networks(at)).subjects(found, clock.to_unix(at))
    if not subjects:
        return None, _("%(address)s is in no group's network") % {"address": address}
    subject = min(subjects, key=lambda subject: (not subject_covers(subject, facts), subject))
    return subject, _("%(address)s is in a group's network that reads %(subject)s") % {
        "address": address,
        "subject": subject,
    }


def _level_words(article: "ArticlePage", row: "AccessPolicy", now: int) -> str:
    """The level that the story resolves to, and what gave it."""
    step = given_at(given_for(article, row), now)
    words = giver_words(step, level_rules(row), RuleNames())
    return _("level: %(level)s, by %(giver)s") % {"level": step.level.value, "giver": words}


def _state_words(reader: ReaderFacts | None) -> tuple[str, ...]:
    if reader is None or not reader.state:
        return ()
    return (_("the reader's state: %(state)s") % {"state": reader.state.replace("_", " ")},)
