"""Our cookies: found in a request, written for an answer."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote

from newsstand.rules.gate.passes import Pass
from newsstand.rules.gate.signing import KeyRing
from newsstand.rules.gate.visits import DeviceVisit, seal_visit

PASS = "newsstand_pass"
VISIT = "newsstand_visit"
SESSION = "newsstand_session"
GIFT = "newsstand_gift"
_OURS = "newsstand_"
_VISIT_ALONE = f"{VISIT}="
_NONE: Mapping[str, str] = MappingProxyType({})


def our_cookies(header: str | None) -> Mapping[str, str]:
    """Our cookies in a `Cookie` header; of two with one name the first. Never raises."""
    if header is None or _OURS not in header:
        return _NONE
    # A device that was counted brings a cookie that it did not bring before: nothing of it is worth keeping.
    if header.startswith(_VISIT_ALONE) and ";" not in header:
        return {VISIT: header[len(_VISIT_ALONE) :].rstrip()}
    return _found_in(header)


@lru_cache(maxsize=1024)
def _found_in(header: str) -> Mapping[str, str]:
    """Kept for the pages that the same reader opens next."""
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, _, value = part.strip().partition("=")
        if name.startswith(_OURS):
            found.setdefault(name, value)
    return found


def pass_cookie(token: str, p: Pass, *, now: int, secure: bool) -> str:
    """`Set-Cookie` for a renewed pass; the browser keeps it for as long as it is valid."""
    return _set_cookie(PASS, token, max(0, p.valid_until - now), secure)


def no_pass_cookie(*, secure: bool) -> str:
    """`Set-Cookie` that takes a pass away."""
    return _set_cookie(PASS, "", 0, secure)


def visit_cookie(visit: DeviceVisit, ring: KeyRing, *, seconds: int, secure: bool) -> str:
    """`Set-Cookie` for what was counted on a device, until the window ends in so many seconds."""
    return _set_cookie(VISIT, seal_visit(visit, ring), max(0, seconds), secure)


def gift_cookie(token: str, path: str, *, seconds: int, secure: bool) -> str:
    """`Set-Cookie` for a seat at a gift: it goes back to the address of its story alone."""
    escaped = quote(path, safe="/-._~")
    return _set_cookie(GIFT, token, max(0, seconds), secure, escaped)


def _set_cookie(name: str, value: str, max_age: int, secure: bool, path: str = "/") -> str:
    cookie = f"{name}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Lax"
    return cookie + "; Secure" if secure else cookie
