"""Which coding a client takes, and whether it already has these bytes (RFC 9110)."""

import re
from collections.abc import Collection
from functools import lru_cache

from newsstand.shelf.entry import CODINGS, Coding

_QUALITY = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_ETAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_UNSAID = 0.0001
"""Identity may always be sent where nothing is said of it, but anything listed is liked better."""
_LONGEST_KEPT = 256


def coding_for(accept_encoding: str | None, available: Collection[Coding]) -> Coding | None:
    """The best of the available codings: by the client's wish, then br, gzip, identity.

    None where the client takes none of them. Without a header it gets what is not compressed.
    """
    if accept_encoding is None:
        return "identity" if "identity" in available else None
    wanted = _kept_wishes if len(accept_encoding) <= _LONGEST_KEPT else _wishes
    for coding in wanted(accept_encoding):
        if coding in available:
            return coding
    return None


def has_already(if_none_match: str, etag: str) -> bool:
    """Whether one of the client's ETags is this one, compared weakly; `*` is any."""
    if if_none_match == etag or if_none_match.strip() == "*":
        return True
    return etag in _ETAG.findall(if_none_match)


def _wishes(header: str) -> tuple[Coding, ...]:
    """The codings that the client takes, the best first."""
    said: dict[str, float] = {}
    for item in header.split(","):
        name, _, parameters = item.partition(";")
        quality = _quality_of(parameters)
        if quality is not None and name.strip():
            said.setdefault(name.strip().lower().removeprefix("x-"), quality)
    other = said.get("*", 0.0)
    qualities = {coding: said.get(coding, other) for coding in CODINGS}
    if "identity" not in said and "*" not in said:
        qualities["identity"] = _UNSAID
    taken = [coding for coding in CODINGS if qualities[coding] > 0]
    return tuple(sorted(taken, key=lambda coding: -qualities[coding]))


def _quality_of(parameters: str) -> float | None:
    """The q of an item, 1 where it has none; None where it can't be read, so that the item is left out."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value.strip()) if _QUALITY.fullmatch(value.strip()) else None
    return 1.0


_kept_wishes = lru_cache(maxsize=1024)(_wishes)
