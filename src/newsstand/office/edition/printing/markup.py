"""What a story says to machines: schema.org as JSON-LD. Never a word of its text."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from newsstand.rules.gate.facts import Level

REST_SELECTOR = ".rest"  # the element that holds what is withheld, where it stands on the page


def news_article(story: Mapping[str, Any], publication: str, site_url: str, level: Level) -> SafeString:
    """A NewsArticle of the story's open parts. `isAccessibleForFree` is false for every story that is not open to
    everybody, and `hasPart` then names what is withheld. There is no `articleBody`, whoever asks."""
    value: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": site_url + story["path"],
        "headline": story["headline"],
        "description": story["standfirst"],
        "articleSection": story["section"],
        "datePublished": story["published_at"],
        "dateModified": story["changed_at"],
        "author": [
            {"@type": "Person", "name": name, "url": site_url + path} for name, path in story["authors"]
        ],
        "publisher": {"@type": "NewsMediaOrganization", "name": publication, "url": f"{site_url}/"},
        "isAccessibleForFree": level is Level.FREE,
    }
    if story["image"]:
        value["image"] = [story["image"]]
    if level is not Level.FREE:
        part = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": REST_SELECTOR}
        value["hasPart"] = [part]
    return _as_script(value)


def _as_script(value: dict[str, Any]) -> SafeString:
    """JSON that may stand in a `script` element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return mark_safe(text)
