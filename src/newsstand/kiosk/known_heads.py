"""Heads of requests that were read lately: who sends the same bytes again is understood without reading them anew."""

import re
from typing import Final

from newsstand.kiosk.request import Request, canonical_path

MOST_KEPT: Final = 512
LONGEST_KEPT: Final = 2048
MOST_SEEN: Final = 4096
"""Heads that are remembered for having been sent once."""

# A target with a space or a fragment in it is for the parser to judge, and so is a cookie with more than plain text.
_LINE: Final = re.compile(rb"GET (?:(/(?:[\w-]+/)*[\w-]*)|(/[!\"$->@-~]*))(?:\?([!\"$-~]*))? HTTP/1\.1\r\n")
_COOKIE: Final = re.compile(rb"\r\n[Cc]ookie: ([!-~](?:[ -~]*[!-~])?)\r\n")

Fields = dict[str, str]


class KnownHeads:
    """Keeps headers by the bytes that they were read from, without the request line and without the cookies.

    Only what the parser took as one whole request without a body, and was answered from the shelf, is given to
    `keep`; the same bytes behind another plain request line, and with other plain cookies, mean the same but for
    these. A reader who comes back sends the very same cookies too, and is known by all of it at one look.
    """

    def __init__(self) -> None:
        self._whole = _Turns()
        self._apart = _Turns()
        self._seen: set[int] = set()

    def find(self, data: bytes, peer: str) -> Request | None:
        """The request that these bytes are, if all of them are one head and its headers are known."""
        line = _LINE.match(data)
        if line is None:
            return None
        lines = data[line.end() - 2 :]
        headers = self._whole.get(lines)
        if headers is None:
            rest, cookie = _without_cookies(lines)
            headers = self._apart.get(rest)
            if headers is None:
                return None
            if cookie is not None:
                headers = {**headers, "cookie": cookie.decode("ascii")}
            if self._came_before(lines):
                self._whole.keep(lines, headers)
        plain, other, query = line.groups()
        path = canonical_path(other) if plain is None else plain.decode("ascii")
        return Request("GET", path, query or b"", headers, peer)

    def keep(self, data: bytes, headers: Fields) -> None:
        """These bytes were one whole head with these headers."""
        line = None if len(data) > LONGEST_KEPT else _LINE.match(data)
        if line is None:
            return
        rest, cookie = _without_cookies(data[line.end() - 2 :])
        others = {name: value for name, value in headers.items() if name != "cookie"}
        # Cookies in two places, or written in another way, stay with the parser.
        if headers.get("cookie") == (None if cookie is None else cookie.decode("ascii")):
            self._apart.keep(rest, others)

    def _came_before(self, lines: bytes) -> bool:
        """Whether these lines were sent before: many cookies are sent once, and are not worth keeping."""
        if len(lines) > LONGEST_KEPT:
            return False
        mark = hash(lines)
        if mark in self._seen:
            return True
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen.add(mark)
        return False


class _Turns:
    """Two dictionaries that take turns, so that what is sent once does not push out what is sent again and again."""

    def __init__(self) -> None:
        self._young: dict[bytes, Fields] = {}
        self._old: dict[bytes, Fields] = {}

    def get(self, lines: bytes) -> Fields | None:
        headers = self._young.get(lines)
        if headers is None:
            headers = self._old.get(lines)
            if headers is not None:
                self.keep(lines, headers)
        return headers

    def keep(self, lines: bytes, headers: Fields) -> None:
        if len(self._young) >= MOST_KEPT:
            self._old, self._young = self._young, {}
        self._young[lines] = headers


def _without_cookies(lines: bytes) -> tuple[bytes, bytes | None]:
    """The lines, from the end of the request's own on, without the first ones of cookies; None for none so simple."""
    cookie = _COOKIE.search(lines)
    if cookie is None:
        return lines, None
    return lines[: cookie.start()] + lines[cookie.end() - 2 :], cookie[1]
