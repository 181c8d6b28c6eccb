"""Text as words that can be compared: small letters, no accents, nothing but letters and digits."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_TERMS: Final = 8
LONGEST_QUERY: Final = 200
_WORD: Final = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """`The Café's roof` is `the`, `cafe`, `s`, `roof`."""
    return [fold(match[0]) for match in _WORD.finditer(text)]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of a text begins and ends, and how it is compared."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), fold(match[0])


def terms(query: str) -> tuple[str, ...]:
    """The different words of a question, the first few of them."""
    return tuple(dict.fromkeys(words(query[:LONGEST_QUERY])))[:MOST_TERMS]


def fold(word: str) -> str:
    """A word without its accents, in small letters."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    return bare.casefold()
