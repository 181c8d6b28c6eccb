"""Entries ready to be handed out: decoded once, their headers made once, the least used let go."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Literal

from msgspec import Struct

from newsstand.kiosk.decisions import Decided, DecidedAlike, decided_as
from newsstand.kiosk.reply import Answer, Caching, Head, Miss, Renew
from newsstand.kiosk.request import is_canonical
from newsstand.rules.gate.decide import decide
from newsstand.rules.gate.facts import ArticleFacts, ReaderFacts, Visit
from newsstand.rules.gate.policy import Policy
from newsstand.shelf.entry import Coding, Entry
from newsstand.shelf.store import Store

LIMIT_BYTES = 5 * 1024**2
LIMIT_ENTRIES = 2000
"""Small, so that a worker stays small: what is not among them is read from the store's memory map."""
MOST_PASSED_BY = 5_000
"""Paths that are remembered for having been asked for once."""
MOST_DECIDED = 64
"""Decisions that are kept for one entry within one second."""

Form = Literal["whole", "head", "not_modified"]
MOST_ANSWERS = 64
"""Answers that are kept for one entry, besides its sheets."""

_DecidedKey = tuple[int, frozenset[str], str]


class Sheet:
    """One variant in one coding, and the answers that have been made of it."""

    __slots__ = ("_answers", "_coding", "_entry", "body", "etag")

    def __init__(self, entry: Entry, coding: Coding, etag: str, body: bytes) -> None:
        self.body = body
        self.etag = etag
        self._entry = entry
        self._coding = coding
        self._answers: dict[tuple[Caching, Form], Answer] = {}

    def answer(self, caching: Caching, form: Form) -> Answer:
        """The answer with this caching: whole, its head alone, or the `304` to who has these bytes already."""
        answer = self._answers.get((caching, form))
        if answer is None:
            answer = self._answers[caching, form] = self._made(caching, form)
        return answer

    def _made(self, caching: Caching, form: Form) -> Answer:
        entry = self._entry
        kept = f"etag: {self.etag}\r\n"
        for name, value in entry.headers:
            kept += f"{name.lower()}: {value}\r\n"
        if form == "not_modified":
            return Answer(304, Head(kept, caching), b"")
        encoding = "" if self._coding == "identity" else f"content-encoding: {self._coding}\r\n"
        own = f"content-type: {entry.content_type}\r\ncontent-length: {len(self.body)}\r\n{encoding}{kept}"
        return Answer(entry.status, Head(own, caching), b"" if form == "head" else self.body)


class Told(Struct, frozen=True, gc=False):
    """An outcome, with what the tally is to know of it; `article` is None where nothing is tallied.

    `counts` is whether the next who is told this is counted too, and needs a cookie of their own.
    """

    outcome: Answer | Miss | Renew
    article: str | None = None
    variant: str = ""
    reason: str = ""
    counts: bool = False


class Ready:
    """An entry as the store had it at a version, with its sheets and decisions that were asked for lately.

    The gate is pure: while the second, the rules, the reader and their count are the same, so is what it
    decides. On the night of a big story that is asked thousands of times a second.
    """

    __slots__ = (
        "_alike",
        "_decided",
        "_decided_at",
        "_policy",
        "_told",
        "answers",
        "entry",
        "is_kept",
        "is_to_tell",
        "sheets",
        "version",
        "was_used",
    )

    def __init__(self, entry: Entry, version: int, alike: DecidedAlike) -> None:
        self.entry = entry
        self._alike = alike
        self.version = version
        self.was_used = False
        self.is_to_tell = True
        self.is_kept = False
        self.sheets: dict[tuple[str, Coding], Sheet] = {}
        self.answers: dict[tuple[str, str | None, Caching], Answer] = {}
        """Whole answers by variant, by what the client takes, and by caching."""
        self._told: dict[Hashable, Told] = {}
        self._policy: Policy | None = None
        self._decided_at = 0
        self._decided: dict[_DecidedKey, tuple[ReaderFacts | None, Decided]] = {}

    def decided(
        self,
        facts: ArticleFacts,
        reader: ReaderFacts | None,
        counted: frozenset[str],
        declares: str,
        policy: Policy,
        now: int,
    ) -> Decided:
        """The gate's decision for this entry, whose facts are given."""
        if not self.is_kept:
            if counted or declares:
                return decided_as(decide(facts, reader, Visit(counted, declares), policy, now))
            return self._alike.decided(facts, reader, policy, now)
        self._forget_past(policy, now)
        kept = self._decided
        key = (id(reader), counted, declares)
        known = kept.get(key)
        # The reader is kept beside the decision, so that no other can have the same identity.
        if known is not None and known[0] is reader:
            return known[1]
        decided = decided_as(decide(facts, reader, Visit(counted, declares), policy, now))
        if len(kept) < MOST_DECIDED:
            kept[key] = (reader, decided)
        return decided

    def told(self, question: Hashable, policy: Policy, now: int) -> Told | None:
        """What strangers who ask this have been told within this second, or None."""
        self._forget_past(policy, now)
        return self._told.get(question)

    def tell(self, question: Hashable, told: Told) -> None:
        """Let this be told to the next stranger who asks it; `told` was asked in vain before."""
        if len(self._told) < MOST_DECIDED:
            self._told[question] = told

    def keep(self, question: tuple[str, str | None, Caching], answer: Answer) -> None:
        """Keep an answer among `answers`; clients word what they take in many ways, and not all are kept."""
        if self.is_kept and len(self.answers) < MOST_ANSWERS:
            self.answers[question] = answer

    def _forget_past(self, policy: Policy, now: int) -> None:
        if now != self._decided_at or policy is not self._policy:
            self._decided = {}
            self._told = {}
            self._decided_at, self._policy = now, policy


class ReadyEntries:
    """The most used entries of a store, bounded by number and by the bytes of their bodies.

    While there is room, what is asked for is kept. After that it must be asked for twice: of a large archive most
    stories are asked for once in a while, and must not push out what is read by many.
    """

    def __init__(
        self, store: Store, *, limit_bytes: int = LIMIT_BYTES, limit_entries: int = LIMIT_ENTRIES
    ) -> None:
        self._store = store
        self._limit_bytes = limit_bytes
        self._limit_entries = limit_entries
        self._lock = threading.Lock()
        self._alike = DecidedAlike()
        self._kept: OrderedDict[str, Ready] = OrderedDict()
        self._bytes = 0
        self._is_full = False
        self._passed_by: set[str] = set()

    def find(self, path: str, version: int) -> Ready | None:
        """The entry at this path as it was at this version of the store or is since then, or None.

        The version is read before the entry: a change in between only costs one more look.
        """
        kept = self._kept.get(path)
        if kept is not None and kept.version == version:
            kept.was_used = kept.is_to_tell = True
            return kept
        entry = self._store.get(path) if is_canonical(path) else None
        if kept is not None:
            if entry == kept.entry:
                kept.version = version
                return kept
            self._let_go(path)
        if entry is None:
            return None
        ready = Ready(entry, version, self._alike)
        if not self._is_full or self._is_asked_again(path):
            self._keep(path, ready)
        return ready

    def sheet(self, ready: Ready, variant: str, coding: Coding) -> Sheet | None:
        """One variant's bytes and headers, or None where the store has them no longer."""
        sheet = ready.sheets.get((variant, coding))
        if sheet is not None:
            return sheet
        entry = ready.entry
        body = self._store.body(entry, variant, coding)
        if body is None:
            return None
        sheet = Sheet(entry, coding, entry.etags[variant][coding], body)
        if ready.is_kept:
            with self._lock:
                if self._kept.get(entry.path) is ready and (variant, coding) not in ready.sheets:
                    ready.sheets[variant, coding] = sheet
                    self._bytes += len(body)
                    self._keep_limits()
        else:  # it serves this request alone
            ready.sheets[variant, coding] = sheet
        return sheet

    def tell_uses(self) -> None:
        """Let the store know which entries were asked for since this was called last: the least used go first."""
        used, self._passed_by = self._passed_by, set()
        for path, ready in list(self._kept.items()):
            if ready.is_to_tell:
                ready.is_to_tell = False
                used.add(path)
        self._store.touch(used)

    def _is_asked_again(self, path: str) -> bool:
        """Whether this path was passed by lately, and is not any more from now on."""
        passed_by = self._passed_by
        if path in passed_by:
            return True
        if len(passed_by) >= MOST_PASSED_BY:
            passed_by.clear()
        passed_by.add(path)
        return False

    def _keep(self, path: str, ready: Ready) -> None:
        with self._lock:
            self._forget(path)
            ready.is_kept = True
            self._kept[path] = ready
            self._keep_limits()

    def _keep_limits(self) -> None:
        """Let the oldest go; one that was used since it came gets a second chance at the other end."""
        while self._kept and (self._bytes > self._limit_bytes or len(self._kept) > self._limit_entries):
            self._is_full = True
            path, oldest = next(iter(self._kept.items()))
            if oldest.was_used:
                oldest.was_used = False
                self._kept.move_to_end(path)
            else:
                self._forget(path)

    def _let_go(self, path: str) -> None:
        with self._lock:
            self._forget(path)

    def _forget(self, path: str) -> None:
        ready = self._kept.pop(path, None)
        if ready is not None:
            ready.is_kept = False
            self._bytes -= sum(len(sheet.body) for sheet in ready.sheets.values())
