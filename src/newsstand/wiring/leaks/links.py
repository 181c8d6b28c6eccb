"""The addresses that an answer names, whatever kind of text it is."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

_ATTRIBUTE: Final = re.compile(
    r"\b(?:href|src|action|formaction|poster|data|cite)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
_SRCSET: Final = re.compile(r"\bsrcset\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_WHOLE: Final = re.compile(r"https?://[^\s\"'<>\\)]+")
_IN_JSON: Final = re.compile(r"\"(/[^\"\s\\<>]*)\"")
_IN_CSS: Final = re.compile(r"url\(\s*['\"]?([^'\")\s]+)")
_IN_HEADER: Final = re.compile(r"<([^>]+)>")
_AS_IT_IS: Final = "/%?#[]@!$&'()*+,;=:~"


def links(url: str, text: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Paths with their queries, on the same host, that this answer of `url` leads to."""
    own = urlsplit(url).netloc
    for found in _named(text, headers):
        try:
            parts = urlsplit(urljoin(url, unescape(found.strip())))
        except ValueError:  # brackets that enclose no address
            continue
        if parts.netloc == own and parts.scheme in ("http", "https"):
            query = f"?{quote(parts.query, safe=_AS_IT_IS)}" if parts.query else ""
            yield quote(parts.path or "/", safe=_AS_IT_IS) + query


def _named(text: str, headers: Mapping[str, str]) -> Iterator[str]:
    if "location" in headers:
        yield headers["location"]
    yield from _IN_HEADER.findall(headers.get("link", ""))
    for double, single in _ATTRIBUTE.findall(text):
        yield double or single
    for sources in _SRCSET.findall(text):
        yield from (source.split()[0] for source in sources.split(",") if source.strip())
    yield from _WHOLE.findall(text)
    yield from _IN_JSON.findall(text)
    yield from _IN_CSS.findall(text)
