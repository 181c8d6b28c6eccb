"""Path, cookies, shelf and now in; the answer out. Nothing here waits, and nothing asks the clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from newsstand.kiosk.cookies import VISIT, our_cookies, visit_cookie
from newsstand.kiosk.house import House as House
from newsstand.kiosk.house import Seen
from newsstand.kiosk.metering import Meter, count, meter_for
from newsstand.kiosk.negotiate import coding_for, has_already
from newsstand.kiosk.ready import Ready, Sheet
from newsstand.kiosk.reply import Answer as Answer
from newsstand.kiosk.reply import Caching, moved, plain
from newsstand.kiosk.reply import Miss as Miss
from newsstand.kiosk.reply import Renew as Renew
from newsstand.kiosk.request import Request as Request
from newsstand.kiosk.request import declared, is_canonical, source
from newsstand.kiosk.standing import Renewal as Renewal
from newsstand.kiosk.standing import Standing, standing
from newsstand.rules.gate.decide import Decision, decide, decide_page
from newsstand.rules.gate.facts import ArticleFacts, Declares, Visit
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import variant_of
from newsstand.shelf.entry import ASSET_VARIANT, Entry


class CountedTwice(RuntimeError):
    """The gate asked to count what the store has already settled: a promise between the two is broken."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request with all that its answer depends on."""

    request: Request
    house: House
    policy: Policy
    cookies: Mapping[str, str]
    who: Standing
    now: int

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
    if request.method not in ("GET", "HEAD") or not is_canonical(request.path):
        return Miss(request.path)
    board, version = house.look() if seen is None else seen
    if board.policy is None:
        return Miss(request.path)
    cookies = our_cookies(request.headers.get("cookie") or "")
    target = board.redirects.get(request.path)
    if target is not None:
        return moved(target, "own" if cookies or "authorization" in request.headers else "shared")
    ready = house.ready.find(request.path, version)
    if ready is None:
        return Miss(request.path)
    if ready.entry.kind == "asset":
        nobody = Standing(None, (), may_renew=False)
        return _asset(_Asked(request, house, board.policy, cookies, nobody, now), ready)
    if _is_past(ready.entry, board.generation, now):
        return Miss(request.path)
    who = standing(cookies, house, board, now, renewal)
    if isinstance(who, Renew):
        return who
    asked = _Asked(request, house, board.policy, cookies, who, now)
    facts = ready.entry.facts
    return _page(asked, ready) if facts is None else _story(asked, ready, facts)


def _is_past(entry: Entry, generation: int, now: int) -> bool:
    return entry.generation < generation or (entry.fresh_until is not None and now >= entry.fresh_until)


def _asset(asked: _Asked, ready: Ready) -> Answer | Miss:
    sheet = _sheet(asked, ready, ASSET_VARIANT)
    return _reply(asked, ready, sheet, "asset", ()) if isinstance(sheet, Sheet) else sheet


def _page(asked: _Asked, ready: Ready) -> Answer | Miss:
    decision = decide_page(asked.who.reader, asked.policy, asked.now)
    return _hand_out(asked, ready, decision, ())


def _story(asked: _Asked, ready: Ready, facts: ArticleFacts) -> Answer | Miss | Renew:
    token = asked.cookies.get(VISIT)
    meter = meter_for(asked.who.reader, token, asked.policy, asked.house, asked.now)
    says = declared(asked.request)
    decision = _decide(asked, facts, meter.counted, Declares.NOTHING if asked.is_head else says)
    if asked.is_head and decision.visit_after is not None:
        decision = _decide(asked, facts, meter.counted, Declares.HEAD)
    if decision.show == "opening" and asked.who.is_too_old_for_a_wall(asked.now):
        return Renew()
    if decision.show == "gone":
        return Miss(asked.request.path)
    if decision.show == "refused":
        return _refused(asked)
    if decision.visit_after is None:
        return _hand_out(asked, ready, decision, (), facts)
    return _count_and_hand_out(asked, ready, facts, meter, decision)


def _count_and_hand_out(
    asked: _Asked, ready: Ready, facts: ArticleFacts, meter: Meter, decision: Decision
) -> Answer | Miss:
    """Count before the body goes out, and decide again with what the store then holds.

    Parallel requests may have counted other articles since the meter was read: then fewer are left, or
    the allowance is reached and this one gets the wall.
    """
    sheet = _sheet(asked, ready, variant_of(decision).name)
    if not isinstance(sheet, Sheet):
        return sheet
    counted, visit = count(meter, facts.id, asked.house)
    settled = _decide(asked, facts, counted.counted, Declares.NOTHING)
    if settled.visit_after is not None:
        raise CountedTwice(facts.id)
    if counted.opened:
        settled = replace(settled, reason=decision.reason)
    if visit is None:
        return _hand_out(asked, ready, settled, (), facts)
    seconds = meter.window.end_at - asked.now
    cookie = visit_cookie(visit, asked.house.ring, seconds=seconds, secure=asked.house.secure)
    return _hand_out(asked, ready, settled, (cookie,), facts)


def _decide(asked: _Asked, facts: ArticleFacts, counted: frozenset[str], declares: str) -> Decision:
    return decide(facts, asked.who.reader, Visit(counted, declares), asked.policy, asked.now)


def _hand_out(
    asked: _Asked,
    ready: Ready,
    decision: Decision,
    cookies: tuple[str, ...],
    facts: ArticleFacts | None = None,
) -> Answer | Miss:
    variant = variant_of(decision).name
    sheet = _sheet(asked, ready, variant)
    if not isinstance(sheet, Sheet):
        return sheet
    if facts is not None and not asked.is_head:
        asked.house.shelf.tally.add(facts.id, variant, str(decision.reason), source(asked.request))
    caching: Caching = "shared" if decision.shared and asked.is_from_a_stranger else "own"
    return _reply(asked, ready, sheet, caching, (*asked.who.set_cookies, *cookies))


def _sheet(asked: _Asked, ready: Ready, variant: str) -> Sheet | Answer | Miss:
    """The variant in the coding that the client likes best; a Miss where the shelf lacks it."""
    etags = ready.entry.etags.get(variant)
    if etags is None:
        return Miss(asked.request.path, variant)
    coding = coding_for(asked.request.headers.get("accept-encoding"), etags)
    if coding is None:
        text = b"This page is kept in br, gzip and identity, and the request takes none of them.\n"
        return plain(406, text, with_body=not asked.is_head)
    return asked.house.ready.sheet(ready, variant, coding) or Miss(asked.request.path, variant)


def _reply(asked: _Asked, ready: Ready, sheet: Sheet, caching: Caching, cookies: tuple[str, ...]) -> Answer:
    status = ready.entry.status
    if_none_match = asked.request.headers.get("if-none-match")
    not_modified = status == 200 and if_none_match is not None and has_already(if_none_match, sheet.etag)
    head = sheet.head(caching, not_modified=not_modified)
    if not_modified:
        return Answer(304, head, b"", cookies)
    return Answer(status, head, b"" if asked.is_head else sheet.body, cookies)


def _refused(asked: _Asked) -> Answer:
    """A prefetch of a story that would have to be counted: browsers throw this away and ask again."""
    text = b"This story is opened when it is read, not before.\n"
    return plain(503, text, with_body=not asked.is_head, cookies=asked.who.set_cookies)
