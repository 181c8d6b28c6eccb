"""Finds in HTML what a story may not hold, and names it."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

from newsstand.office.articles.cut import INLINE_TAGS, LINK_SCHEMES
from newsstand.office.importers.markdown.problems import Problem

ALLOWED_TAGS = set(INLINE_TAGS | {"p"})
ALLOWED_ATTRIBUTES = {"a": {"href"}}


class _Tags(HTMLParser):
    """Every opening tag of a piece of HTML with its attributes and its line, counted from 0."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str], int]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.found.append((tag, values, self.getpos()[0] - 1))


def clean(html: str) -> str:
    """Well-formed HTML in which nothing but the allowed tags is left; comments are removed."""
    return nh3.clean(
        html,
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=set(LINK_SCHEMES),
        link_rel=None,
    )


def problems_in(html: str, line: int) -> list[Problem]:
    """What cleaning would take away from this piece, whose first line is `line`."""
    return [
        Problem(line + offset, reason)
        for tag, attributes, offset in _Tags(html).found
        if (reason := _reason(tag, attributes))
    ]


def link_problem(href: str) -> str:
    """Why a link may not stand in a story; empty if it may."""
    address = "".join(letter for letter in href if letter > " " and letter != "\x7f")
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return f"the link {href[:60]!r} is none"
    if scheme in LINK_SCHEMES or not scheme:
        return ""
    return f"a link with {scheme}: is not safe; {', '.join(sorted(LINK_SCHEMES))} are"


def _reason(tag: str, attributes: dict[str, str]) -> str:
    """Asks the cleaner itself, tag by tag, so that it and these sentences cannot differ."""
    if tag not in ALLOWED_TAGS:
        return f"<{tag}> is not allowed; write Markdown, or one of {', '.join(sorted(ALLOWED_TAGS))}"
    for name, value in attributes.items():
        if name == "href" and tag == "a" and (problem := link_problem(value)):
            return problem
        if f" {name}=" not in clean(f'<{tag} {name}="{_quoted(value)}">x</{tag}>'):
            return f"the attribute {name} of <{tag}> is not allowed"
    return ""


def _quoted(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
