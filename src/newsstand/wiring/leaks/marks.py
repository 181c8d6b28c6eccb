"""What must not reach the wrong reader: the words that stand only below the line of stories."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from newsstand.wiring.leaks.decoding import views

SHINGLE: Final = 8
"""Words in a row that are enough to know a text again."""
SHORTEST: Final = 4
"""A heading or a caption of fewer words may stand anywhere by chance, and is not looked for."""

_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Story:
    """One story: where it stands, its level, and what stands below its line.

    `below` are its paragraphs, headings, quotes, points, captions, alternative texts and cards; `files` are
    names of files and addresses that only the part below the line shows.
    """

    path: str
    level: str
    below: tuple[str, ...]
    files: tuple[str, ...] = ()


class Finder:
    """Knows the stories whose withheld words a text holds, whatever the encoding.

    Words that also stand in one of the `open_texts` are no sign of a leak.
    """

    def __init__(self, stories: Iterable[Story], open_texts: Iterable[str] = ()) -> None:
        self._by_words: dict[str, set[str]] = {}
        self._by_file: dict[str, set[str]] = {}
        for story in stories:
            for piece in story.below:
                for shingle in _marks_of(piece):
                    self._by_words.setdefault(shingle, set()).add(story.path)
            for name in story.files:
                self._by_file.setdefault(name, set()).add(story.path)
        self._beginnings = self._by_beginning()
        for text in open_texts:
            for shingle in list(self._in(_words(text))):
                self._by_words.pop(shingle, None)
        self._ask = lru_cache(maxsize=4096)(self._search)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self._by_words and not self._by_file

    def found_in(self, text: str) -> frozenset[frozenset[str]]:
        """Whose words this text holds: for each find the paths of all stories that have these words."""
        return self._ask(text)

    def _search(self, text: str) -> frozenset[frozenset[str]]:
        found = {frozenset(paths) for name, paths in self._by_file.items() if name in text}
        for view in views(text):
            found |= {frozenset(self._by_words[shingle]) for shingle in self._in(_words(view))}
        return frozenset(found)

    def _by_beginning(self) -> dict[tuple[str, str], set[int]]:
        """How long the shingles are that begin with two words: few places of a text need a closer look."""
        found: dict[tuple[str, str], set[int]] = {}
        for shingle in self._by_words:
            first, second, *others = shingle.split(" ")
            found.setdefault((first, second), set()).add(2 + len(others))
        return found

    def _in(self, words: list[str]) -> Iterator[str]:
        """The shingles that stand in this text."""
        for at, pair in enumerate(pairwise(words)):
            for length in self._beginnings.get(pair, ()):
                shingle = " ".join(words[at : at + length])
                if shingle in self._by_words:
                    yield shingle


def _marks_of(piece: str) -> Iterator[str]:
    words = _words(piece)
    if len(words) >= SHORTEST:
        yield from _shingles(words, min(SHINGLE, len(words)))


def _words(text: str) -> list[str]:
    """The words alone: quotation marks, dashes and white space tell nothing."""
    return _WORD.findall(text.lower())


def _shingles(words: list[str], length: int) -> Iterator[str]:
    return (" ".join(words[at : at + length]) for at in range(len(words) - length + 1))
