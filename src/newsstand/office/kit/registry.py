"""Where higher desks say what they add to lower ones. Filled in `apps.py:ready()`, read at run time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

Handler = Callable[[dict[str, Any], datetime], None]


@dataclass(frozen=True, slots=True)
class Duty:
    """Periodic work: `do(now)` at least every `seconds` of real time.

    `next_due(now)` names the earliest moment, past or future, at which something falls due; the demo's clock
    stops there. None: nothing that depends on the clock is waiting.
    """

    name: str
    seconds: float
    do: Callable[[datetime], None]
    next_due: Callable[[datetime], datetime | None] | None = None


@dataclass(frozen=True, slots=True)
class AccountSection:
    """A section of a reader's account page: a template and what it is given."""

    order: int
    name: str
    template: str
    context: Callable[[HttpRequest], Mapping[str, Any]]


class NotRegistered(LookupError):
    """Nothing was registered for this topic or part."""


@dataclass
class Registry:
    """All registers of the house, one field each."""

    handlers: dict[str, Handler] = field(default_factory=dict)
    patient: set[str] = field(default_factory=set)
    duties: dict[str, Duty] = field(default_factory=dict)
    account_sections: dict[str, AccountSection] = field(default_factory=dict)
    at_sign_in: list[Callable[[Any, HttpRequest, datetime], None]] = field(default_factory=list)
    story_notes: list[Callable[[Any, datetime], str]] = field(default_factory=list)
    reader_notes: list[Callable[[HttpRequest, Any], str]] = field(default_factory=list)
    reader_states: list[Callable[[Any, datetime], str]] = field(default_factory=list)
    page_context: list[Callable[[HttpRequest], Mapping[str, Any]]] = field(default_factory=list)
    at_start: list[Callable[[datetime], None]] = field(default_factory=list)
    most_read: Callable[[int, datetime], list[str]] | None = None
    printer: Callable[[HttpRequest, Any], HttpResponse] | None = None
    answer: Callable[[HttpRequest], HttpResponse | None] | None = None

    def on(self, topic: str, handler: Handler, *, can_wait: bool = False) -> None:
        """Let `handler` do the outbox rows of a topic.

        What `can_wait` takes long or asks somebody over the network; no reader sees an old page meanwhile.
        """
        self.handlers[topic] = handler
        if can_wait:
            self.patient.add(topic)

    def handler(self, topic: str) -> Handler:
        """Who does the outbox rows of a topic."""
        try:
            return self.handlers[topic]
        except KeyError:
            raise NotRegistered(f"no desk handles the outbox topic {topic!r}") from None

    def every(
        self,
        name: str,
        seconds: float,
        do: Callable[[datetime], None],
        next_due: Callable[[datetime], datetime | None] | None = None,
    ) -> None:
        """Let the worker do `do(now)` at least every `seconds`."""
        self.duties[name] = Duty(name, seconds, do, next_due)

    def account_section(self, section: AccountSection) -> None:
        """Add a section to the reader's account page."""
        self.account_sections[section.name] = section

    def sections(self) -> list[AccountSection]:
        """The sections of the account page in order."""
        return sorted(self.account_sections.values(), key=lambda section: section.order)


registry = Registry()
