"""Heads of requests that were read lately: who sends the same bytes again is understood without reading them anew."""

import re
from typing import Final, NamedTuple

MOST_KEPT: Final = 512
LONGEST_KEPT: Final = 2048

# A target with a space or a fragment in it is for the parser to judge, and so is a cookie with more than plain text.
_LINE: Final = re.compile(rb"GET (/[!\"$-~]*) HTTP/1\.1\r\n")
_COOKIE: Final = re.compile(rb"\r\n[Cc]ookie: ([!-~](?:[ -~]*[!-~])?)\r\n")

Fields = dict[str, str]


class KnownHead(NamedTuple):
    """A request's target, and the headers that a kiosk reads."""

    target: bytes
    headers: Fields


class KnownHeads:
    """Keeps headers by the bytes that they were read from, without the request line and without the cookies.

    Only what the parser took as one whole request without a body, and was answered from the shelf, is given to
    `keep`; the same bytes behind another plain request line, and with other plain cookies, mean the same but for
    these. Two dictionaries take turns, so that what is sent once does not push out what is sent again and again.
    """

    def __init__(self) -> None:
        self._young: dict[bytes, Fields] = {}
        self._old: dict[bytes, Fields] = {}

    def find(self, data: bytes) -> KnownHead | None:
        """The head that these bytes are, if all of them are one and its headers are known."""
        taken = _taken_apart(data)
        if taken is None:
            return None
        target, rest, cookie = taken
        headers = self._young.get(rest)
        if headers is None:
            headers = self._old.get(rest)
            if headers is None:
                return None
            self._keep(rest, headers)
        if cookie is None:
            return KnownHead(target, headers)
        return KnownHead(target, {**headers, "cookie": cookie.decode("ascii")})

    def keep(self, data: bytes, headers: Fields) -> None:
        """These bytes were one whole head with these headers."""
        taken = None if len(data) > LONGEST_KEPT else _taken_apart(data)
        if taken is None:
            return
        _target, rest, cookie = taken
        others = {name: value for name, value in headers.items() if name != "cookie"}
        # Cookies in two places, or written in another way, stay with the parser.
        if headers.get("cookie") == (None if cookie is None else cookie.decode("ascii")):
            self._keep(rest, others)

    def _keep(self, rest: bytes, headers: Fields) -> None:
        if len(self._young) >= MOST_KEPT:
            self._old, self._young = self._young, {}
        self._young[rest] = headers


def _taken_apart(data: bytes) -> tuple[bytes, bytes, bytes | None] | None:
    """The target, the headers without their first cookies, and these; None where that can't be told so simply."""
    line = _LINE.match(data)
    if line is None:
        return None
    begin = line.end()
    cookie = _COOKIE.search(data, begin - 2)
    if cookie is None:
        return line[1], data[begin:], None
    return line[1], data[begin : cookie.start() + 2] + data[cookie.end() :], cookie[1]
