"""Every way in which a text may stand in an answer: as it is, marked up, escaped, or encoded."""

import base64
import binascii
import re
from collections.abc import Iterator
from html import unescape
from typing import Final
from urllib.parse import unquote_plus

_TAG: Final = re.compile(r"<[^<>]*>")
_UNICODE_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_SHORT_ESCAPE: Final = re.compile(r"\\([nrtbf\"'/\\])")
_BASE64_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_PERCENT: Final = re.compile(r"%[0-9a-fA-F]{2}")
_WHITE: Final = frozenset("nrtbf")


def views(text: str) -> Iterator[str]:
    """The text in every reading, each without its marks and with them."""
    for reading in _readings(text):
        whole = unescape(unescape(reading))
        yield whole  # attributes: alternative texts, descriptions
        yield unescape(unescape(_TAG.sub("", reading)))  # words that a tag parts in the middle
        yield unescape(unescape(_TAG.sub(" ", reading)))


def _readings(text: str) -> Iterator[str]:
    yield text
    if "\\" in text:
        yield _without_escapes(text)
    if _PERCENT.search(text):
        yield unquote_plus(text)
    for run in _BASE64_RUN.findall(text):
        yield from _decoded(run)


def _without_escapes(text: str) -> str:
    """The escapes of JSON and of scripts written out."""
    whole = _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return _SHORT_ESCAPE.sub(lambda match: " " if match[1] in _WHITE else match[1], whole)


def _decoded(run: str) -> Iterator[str]:
    """What a run of base64 says, wherever in it the encoded text begins."""
    letters = run.rstrip("=").replace("-", "+").replace("_", "/")
    for begin in range(4):
        part = letters[begin:]
        try:
            data = base64.b64decode(part[: len(part) // 4 * 4])
        except binascii.Error:
            continue
        text = data.decode("utf-8", "ignore")
        if " " in text and len(text.encode()) * 10 > len(data) * 9:  # else these are no letters at all
            yield text
