"""The pages that a kiosk makes itself, where neither the shelf nor the office can: in each language, as bytes."""

from typing import Final, NamedTuple

_STYLE_SHEET: Final = "/assets/site.css"
"""The style sheet by its name alone: the office gives the present one, and without an office the page stays plain."""


class _Words(NamedTuple):
    """What the pages say in one language."""

    title: str
    trouble: str
    away: str
    again: str


_WORDS: Final = {
    "en": _Words(
        title="Please try again in a moment",
        trouble="Something went wrong on our side, and this page cannot be shown just now.",
        away="This page is not ready yet. It is being made by another part of the site, "
        "which cannot be reached just now.",
        again="Try again",
    ),
    "de": _Words(
        title="Bitte versuchen Sie es gleich noch einmal",
        trouble="Bei uns ist etwas schiefgegangen. Diese Seite kann gerade nicht gezeigt werden.",
        away="Diese Seite ist noch nicht fertig. Ein anderer Teil der Website stellt sie her "
        "und ist gerade nicht zu erreichen.",
        again="Noch einmal versuchen",
    ),
}


def trouble_page(locale: str) -> bytes:
    """For an error of our own, in the language of this locale, or else in English."""
    return _page(locale, "trouble")


def away_page(locale: str) -> bytes:
    """For what only the office can answer, while it is not there."""
    return _page(locale, "away")


def _page(locale: str, which: str) -> bytes:
    """Says what cannot be done just now. It is readable without its style sheet, by night as by day."""
    language = locale.split("_")[0]
    if language not in _WORDS:
        language = "en"
    words = _WORDS[language]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f'<title>{words.title}</title><link rel="stylesheet" href="{_STYLE_SHEET}"></head>'
        f'<body><main class="page page--narrow"><h1>{words.title}</h1><p>{getattr(words, which)}</p>'
        f'<p><a class="button" href="">{words.again}</a></p></main></body></html>'
    ).encode()
