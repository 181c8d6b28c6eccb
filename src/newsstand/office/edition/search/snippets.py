"""The place of a text that answers a question best, with the words marked."""

from collections.abc import Sequence
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from newsstand.office.edition.search.words import spans

WIDTH: Final = 34  # words
LEAD: Final = 6  # of them before the first word that was asked for


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """The text as HTML; words that begin with a term stand in `mark`."""
    return _marked(text, [(begin, end) for begin, end, word in spans(text) if word.startswith(tuple(terms))])


def snippet(text: str, terms: Sequence[str]) -> SafeString:
    """About 34 words with the most different terms among them; empty where none stands in the text."""
    found = list(spans(text))
    hits = [
        (place, term) for place, (_, _, word) in enumerate(found) for term in terms if word.startswith(term)
    ]
    if not hits:
        return mark_safe("")
    first = max(hits, key=lambda hit: (len(_within(hits, hit[0])), -hit[0]))[0]
    begin = max(0, min(first - LEAD, len(found) - WIDTH))
    end = min(len(found), begin + WIDTH)
    cut = text[found[begin][0] : found[end - 1][1]]
    before, after = ("… " if begin else ""), (" …" if end < len(found) else "")
    return mark_safe(before + marked(cut, terms) + after)


def _within(hits: list[tuple[int, str]], place: int) -> set[str]:
    """The different terms that stand in a snippet which begins shortly before this place."""
    return {term for other, term in hits if place <= other < place + WIDTH - LEAD}


def _marked(text: str, places: list[tuple[int, int]]) -> SafeString:
    html, at = "", 0
    for begin, end in places:
        html += f"{escape(text[at:begin])}<mark>{escape(text[begin:end])}</mark>"
        at = end
    return mark_safe(html + escape(text[at:]))
