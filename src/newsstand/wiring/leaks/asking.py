"""One reader's way of asking: plain HTTP, the bytes as they were sent, cookies kept or thrown away."""

import gzip
import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import urlsplit

import brotli

CODINGS: Final = ("br", "gzip", "identity")
SECONDS: Final = 60.0
AGENT: Final = "Mozilla/5.0 (newsstand audit)"
_FLEETING: Final = frozenset({"date"})
_NO_TEXT: Final = re.compile(r"(?:image/(?!svg)|font/|audio/|video/|application/(?:octet-stream|pdf|zip))")
_PRINTABLE: Final = re.compile(rb"[\x20-\x7e]{20,}")


class SiteIsAway(ConnectionError):
    """Nothing answers at the address that is to be walked."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: its headers by names in small letters, and its text, decoded."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def head(self) -> str:
        """The headers, one a line, but for those that are other ones each time."""
        return "\n".join(f"{name}: {value}" for name, value in self.headers.items() if name not in _FLEETING)


class Asking:
    """Asks one site. With `keeps_cookies` False every request comes from somebody new."""

    def __init__(self, base: str, cookies: Mapping[str, str], *, keeps_cookies: bool) -> None:
        parts = urlsplit(base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._line = kind(parts.netloc, timeout=SECONDS)
        self._cookies = dict(cookies)
        self._keeps_cookies = keeps_cookies

    def get(self, address: str, coding: str = "identity") -> Heard:
        """The answer for a path and query. Raises SiteIsAway."""
        headers = {"Accept-Encoding": coding, "User-Agent": AGENT}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        answer, body = self._ask(address, headers)
        if self._keeps_cookies:
            for line in answer.headers.get_all("Set-Cookie", []):
                self._keep(line)
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
        data = decoded(body, found.get("content-encoding", "identity"))
        return Heard(answer.status, found, _text(data, found.get("content-type", "")))

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _ask(self, address: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        """A line that the site has closed meanwhile is opened once more."""
        for attempt in (1, 2):
            try:
                self._line.request("GET", address, headers=headers)
                answer = self._line.getresponse()
                return answer, answer.read()
            except (http.client.HTTPException, OSError) as problem:
                self._line.close()
                if attempt == 2:
                    raise SiteIsAway(
                        f"nothing answers at {self._line.host}:{self._line.port} ({problem})"
                    ) from problem
        raise SiteIsAway(f"nothing answers at {self._line.host}:{self._line.port}")

    def _keep(self, line: str) -> None:
        try:
            jar: SimpleCookie = SimpleCookie(line)
        except CookieError:
            return
        for name, morsel in jar.items():
            if morsel["max-age"] == "0" or not morsel.value:
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = morsel.value


def decoded(body: bytes, coding: str) -> bytes:
    """The bytes as they were before they were compressed."""
    if coding == "gzip":
        return gzip.decompress(body)
    if coding == "br":
        return bytes(brotli.decompress(body))
    return body


def _text(data: bytes, content_type: str) -> str:
    """The text of an answer; of a picture, only what is written into it in letters."""
    if _NO_TEXT.match(content_type):
        return " ".join(run.decode("ascii") for run in _PRINTABLE.findall(data))
    return data.decode("utf-8", "replace")
