"""Previews: a draft through the eyes of a reader, decided by the same rules as the printed page."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from newsstand.office.access import queries as access
from newsstand.office.edition.printing import press
from newsstand.office.kit import clock
from newsstand.rules.gate.decide import decide, decide_page
from newsstand.rules.gate.facts import ArticleFacts, Grant, ReaderFacts, ReaderState, Right, Visit
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import variant_of

_EVERYTHING: Final = frozenset({Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE})


def preview_html(page: Any, mode: str, now: datetime) -> str | None:
    """The page as HTML for a reader of PREVIEW_READERS, such as `spent`; None for a page without printer."""
    plate = press.plate_for(page, now)
    if plate is None:
        return None
    moment, policy = clock.to_unix(now), access.policy(now)
    reader = _reader(mode)
    if plate.facts is None:
        return plate.render(variant_of(decide_page(reader, policy, moment)))
    decision = decide(_as_if_published(plate.facts, moment), reader, _visit(mode, policy), policy, moment)
    return plate.render(variant_of(decision))


def _as_if_published(facts: ArticleFacts, now: int) -> ArticleFacts:
    return replace(
        facts, published_at=min(now, facts.published_at or now), embargo_until=None, gone_from=None
    )


def _reader(mode: str) -> ReaderFacts | None:
    if mode == "lapsed":
        return ReaderFacts("preview", is_staff=False, created_at=0, grants=(), state=ReaderState.LAPSED)
    if mode not in ("registered", "subscriber"):
        return None
    grant = Grant("site", _EVERYTHING, from_at=0, until=None, grace_until=None, source="preview")
    return ReaderFacts(
        "preview", is_staff=False, created_at=0, grants=(grant,) if mode == "subscriber" else ()
    )


def _visit(mode: str, policy: Policy) -> Visit:
    """Whoever has spent the meter has read other stories, as many as a device may."""
    spent = {"spent": policy.device_allowance, "lapsed": policy.reader_allowance}.get(mode, 0)
    return Visit(counted=frozenset(f"other-{number}" for number in range(spent)))
