"""Path, cookies, shelf and now in; the answer out. Nothing here waits, and nothing asks the clock."""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsstand.kiosk.brake import is_braked
from newsstand.kiosk.cookies import VISIT, our_cookies, visit_cookie
from newsstand.kiosk.decisions import Decided, decided_as
from newsstand.kiosk.guests import Guest, guest_of
from newsstand.kiosk.house import House as House
from newsstand.kiosk.house import Seen
from newsstand.kiosk.metering import Meter, count, first_on_a_device, meter_for, with_store
from newsstand.kiosk.negotiate import coding_for, has_already
from newsstand.kiosk.ready import Ready, Sheet, Told
from newsstand.kiosk.reply import Answer as Answer
from newsstand.kiosk.reply import Caching, moved, plain
from newsstand.kiosk.reply import Miss as Miss
from newsstand.kiosk.reply import Renew as Renew
from newsstand.kiosk.request import Request as Request
from newsstand.kiosk.request import declared, source
from newsstand.kiosk.standing import NOBODY, Standing, standing
from newsstand.kiosk.standing import Renewal as Renewal
from newsstand.rules.gate.decide import decide, decide_page
from newsstand.rules.gate.facts import ArticleFacts, Declares, Visit
from newsstand.rules.gate.meter import Window, window_at
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.visits import DeviceVisit
from newsstand.shelf.entry import ASSET_VARIANT


class CountedTwice(RuntimeError):
    """The gate asked to count what the store has already settled: a promise between the two is broken."""


_NOTHING_COUNTED: Final[frozenset[str]] = frozenset()


class _Asked(Struct, frozen=True, gc=False):
    """One request with all that its answer depends on. Nothing changes it."""

    request: Request
    house: House
    policy: Policy
    cookies: Mapping[str, str]
    who: Standing
    now: int
    guest: Guest | None = None

    @property
    def is_head(self) -> bool:
        return self.request.method == "HEAD"

    @property
    def is_from_a_stranger(self) -> bool:
        """Whether nothing in the request is ours, so that a cache may keep the answer for all such."""
        return not self.cookies and "authorization" not in self.request.headers


def answer(
    request: Request, house: House, now: int, renewal: Renewal | None = None, seen: Seen | None = None
) -> Answer | Miss | Renew:
    """The answer for this request at this moment (site time), on the shelf as it was `seen` or is now.

    Miss where the office must print or answer; Renew where the office must be asked for a new pass, after
    which this is called again with how that ended, and then never gives Renew.
    """
    method, path, headers = request.method, request.path, request.headers
    seen = house.look() if seen is None else seen
    board = seen.board
    if board.policy is None or (method != "GET" and method != "HEAD"):
        return Miss(path)
    cookies = our_cookies(headers.get("cookie"))
    target = board.redirects.get(path)
    if target is not None:
        return moved(target, "own" if cookies or "authorization" in headers else "shared")
    ready = house.ready.find(path, seen.version)
    if ready is None:
        return Miss(path)
    entry = ready.entry
    if entry.kind == "asset":
        return _asset(_Asked(request, house, board.policy, cookies, NOBODY, now), ready)
    if entry.generation < board.generation or (entry.fresh_until is not None and now >= entry.fresh_until):
        return Miss(path, is_known=True)
    guest = guest_of(request, cookies, house, board, entry, now)
    if isinstance(guest, Answer):
        return guest
    if guest is None and not cookies and renewal is None and "authorization" not in headers:
        told = _to_a_stranger(_Asked(request, house, board.policy, cookies, NOBODY, now), ready)
    else:
        who = standing(cookies, house, board, now, renewal)
        if isinstance(who, Renew):
            return who
        told = _printed(_Asked(request, house, board.policy, cookies, who, now, guest), ready)
    if told.article is not None:
        house.shelf.tally.add(told.article, told.variant, told.reason, source(request))
    return told.outcome


def _to_a_stranger(asked: _Asked, ready: Ready) -> Told:
    """Strangers who ask the same in the same second are told the same; who is counted gets a cookie of their own."""
    headers = asked.request.headers
    if asked.policy.has_brake:  # then it matters where each of them comes from
        return _printed(asked, ready)
    says = declared(asked.request)
    question = (asked.request.method, headers.get("accept-encoding"), headers.get("if-none-match"), says)
    told = ready.told(question, asked.policy, asked.now)
    if told is not None:
        return _counted_on_a_new_device(asked, told) if told.counts else told
    told = _printed(asked, ready)
    answer = told.outcome
    if isinstance(answer, Answer):
        counts = bool(answer.cookies)
        to_others = replace(told, outcome=replace(answer, cookies=()), counts=True) if counts else told
        ready.tell(question, to_others)
    return told


def _counted_on_a_new_device(asked: _Asked, told: Told) -> Told:
    """What another new device was told, with this one's first article in its cookie."""
    answer, article = told.outcome, told.article
    assert isinstance(answer, Answer)
    assert article is not None
    window = window_at(asked.policy, asked.now)
    cookie = _visit_cookie(asked, window, first_on_a_device(window, article))
    whole = Answer(answer.status, answer.head, answer.body, (cookie,))
    return Told(whole, article, told.variant, told.reason)


def _asset(asked: _Asked, ready: Ready) -> Answer | Miss:
    sheet = _sheet(asked, ready, ASSET_VARIANT)
    return _reply(asked, ready, sheet, "asset") if isinstance(sheet, Sheet) else sheet


def _printed(asked: _Asked, ready: Ready) -> Told:
    """A page or a story, for whoever asks."""
    facts = ready.entry.facts
    if facts is not None:
        return _story(asked, ready, facts)
    decision = decide_page(asked.who.reader, asked.policy, asked.now)
    return _hand_out(asked, ready, decided_as(decision))


def _story(asked: _Asked, ready: Ready, facts: ArticleFacts) -> Told:
    """Most requests are settled before anybody looks at a meter: a free story, a grant, a story that is gone."""
    decided = _decide(asked, ready, facts, _NOTHING_COUNTED, Declares.NOTHING)
    if decided.decision.show == "gone":
        return Told(Miss(asked.request.path))
    if decided.decision.show == "full" and decided.decision.visit_after is None:
        return _hand_out(asked, ready, decided, facts)
    return _by_the_meter(asked, ready, facts, decided)


def _by_the_meter(asked: _Asked, ready: Ready, facts: ArticleFacts, unread: Decided) -> Told:
    """What was counted, and what the client says of itself, decide; `unread` was decided without either.

    The device's cookie comes first. If by it the story is to be counted, the store is asked in the same
    step as it counts; in every other case it is read.
    """
    meter = meter_for(asked.who.reader, asked.cookies.get(VISIT), asked.policy, asked.house, asked.now)
    says = Declares.NOTHING if asked.is_head else declared(asked.request)
    decided = unread
    if meter.counted or says != Declares.NOTHING:
        decided = _decide(asked, ready, facts, meter.counted, says)
    if not meter.is_whole and (asked.is_head or decided.decision.visit_after is None):
        meter = with_store(meter, asked.house)
        decided = _decide(asked, ready, facts, meter.counted, says)
    if asked.is_head and decided.decision.visit_after is not None:
        decided = _decide(asked, ready, facts, meter.counted, Declares.HEAD)
    decision = decided.decision
    if decision.show == "opening" and asked.who.is_too_old_for_a_wall(asked.now):
        return Told(Renew())
    if decision.show == "refused":
        return Told(_refused(asked))
    if decision.visit_after is None:
        return _hand_out(asked, ready, decided, facts)
    return _count_and_hand_out(asked, ready, facts, meter, decided)


def _count_and_hand_out(
    asked: _Asked, ready: Ready, facts: ArticleFacts, meter: Meter, decided: Decided
) -> Told:
    """Count before the body goes out, and decide again where the store holds more than was thought.

    Other requests may have counted other articles: then fewer are left, or the allowance is reached and
    this one gets the wall.
    """
    answer = _answer_with(asked, ready, decided)
    if isinstance(answer, Told):
        return answer
    if (
        meter.is_of_a_new_device
        and asked.policy.has_brake
        and is_braked(asked.request, asked.house, asked.policy, asked.now)
    ):
        return _hand_out(asked, ready, _stopped(asked, facts), facts)
    counted, visit = count(meter, facts.id, asked.house)
    cookies = _visit_cookies(asked, meter, visit)
    if counted.opened and counted.counted == decided.decision.visit_after:
        return _told(asked, answer, decided, facts, cookies)
    settled = _decide(asked, ready, facts, counted.counted, Declares.NOTHING)
    if settled.decision.visit_after is not None:
        raise CountedTwice(facts.id)
    if settled.decision.show == "opening" and asked.who.is_too_old_for_a_wall(asked.now):
        return Told(Renew())
    told = _hand_out(asked, ready, settled, facts, cookies)
    if not counted.opened or told.article is None:
        return told
    # It was opened by the meter, even if by now the store shows it as counted before.
    return Told(told.outcome, told.article, told.variant, decided.reason)


def _stopped(asked: _Asked, facts: ArticleFacts) -> Decided:
    """What a new device gets of a metered story when its network has brought too many."""
    visit = Visit() if asked.guest is None else asked.guest.visit(_NOTHING_COUNTED, Declares.NOTHING)
    decision = decide(facts, None, visit._replace(is_braked=True), asked.policy, asked.now)
    return decided_as(decision)


def _visit_cookies(asked: _Asked, meter: Meter, visit: DeviceVisit | None) -> tuple[str, ...]:
    return () if visit is None else (_visit_cookie(asked, meter.window, visit),)


def _visit_cookie(asked: _Asked, window: Window, visit: DeviceVisit) -> str:
    return visit_cookie(visit, asked.house.ring, seconds=window.end_at - asked.now, secure=asked.house.secure)


def _decide(
    asked: _Asked, ready: Ready, facts: ArticleFacts, counted: frozenset[str], declares: str
) -> Decided:
    if asked.guest is None:
        return ready.decided(facts, asked.who.reader, counted, declares, asked.policy, asked.now)
    visit = asked.guest.visit(counted, declares)
    decision = decide(facts, asked.who.reader, visit, asked.policy, asked.now)
    return decided_as(decision)


def _hand_out(
    asked: _Asked,
    ready: Ready,
    decided: Decided,
    facts: ArticleFacts | None = None,
    cookies: tuple[str, ...] = (),
) -> Told:
    answer = _answer_with(asked, ready, decided)
    return answer if isinstance(answer, Told) else _told(asked, answer, decided, facts, cookies)


def _told(
    asked: _Asked, answer: Answer, decided: Decided, facts: ArticleFacts | None, cookies: tuple[str, ...]
) -> Told:
    """The answer with the cookies that it sets, and what the tally is to know of it."""
    cookies = asked.who.set_cookies + cookies
    if cookies:
        answer = Answer(answer.status, answer.head, answer.body, cookies)
    if facts is None or asked.is_head:
        return Told(answer)
    return Told(answer, facts.id, decided.variant, decided.reason)


def _answer_with(asked: _Asked, ready: Ready, decided: Decided) -> Answer | Told:
    """The answer that shows what was decided, without cookies; whole answers are kept with the entry.

    What is told instead, where the variant is missing or the client takes no coding of it.
    """
    decision, variant = decided.decision, decided.variant
    headers = asked.request.headers
    caching: Caching = "shared" if decision.shared and asked.is_from_a_stranger else "own"
    if asked.guest is not None and asked.guest.came_by_gift:
        caching = "gift"
    is_plain = asked.request.method == "GET" and "if-none-match" not in headers
    question = (variant, headers.get("accept-encoding"), caching)
    answer = ready.answers.get(question) if is_plain else None
    if answer is None:
        sheet = _sheet(asked, ready, variant)
        if not isinstance(sheet, Sheet):
            return Told(sheet)
        answer = _reply(asked, ready, sheet, caching)
        if is_plain:
            ready.keep(question, answer)
    return answer


def _sheet(asked: _Asked, ready: Ready, variant: str) -> Sheet | Answer | Miss:
    """The variant in the coding that the client likes best; a Miss where the shelf lacks it."""
    etags = ready.entry.etags.get(variant)
    if etags is None:
        return Miss(asked.request.path, variant, is_known=True)
    coding = coding_for(asked.request.headers.get("accept-encoding"), etags)
    if coding is None:
        text = b"This page is kept in br, gzip and identity, and the request takes none of them.\n"
        return plain(406, text, with_body=not asked.is_head)
    return asked.house.ready.sheet(ready, variant, coding) or Miss(asked.request.path, variant, is_known=True)


def _reply(asked: _Asked, ready: Ready, sheet: Sheet, caching: Caching) -> Answer:
    if_none_match = asked.request.headers.get("if-none-match")
    if if_none_match is not None and ready.entry.status == 200 and has_already(if_none_match, sheet.etag):
        return sheet.answer(caching, "not_modified")
    return sheet.answer(caching, "head" if asked.is_head else "whole")


def _refused(asked: _Asked) -> Answer:
    """A prefetch of a story that would have to be counted: browsers throw this away and ask again."""
    text = b"This story is opened when it is read, not before.\n"
    return plain(503, text, with_body=not asked.is_head, cookies=asked.who.set_cookies)
