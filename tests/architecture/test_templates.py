"""Templates look down the desk order: what they extend, include and load lies in their own desk or lower."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import OFFICE, desk_of, desk_order, may_see

NAMES_A_TEMPLATE = re.compile(r"""{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
LOADS = re.compile(r"""{%-?\s*load\s+([^%]+?)\s*-?%}""")


def libraries() -> dict[str, str]:
    """Each tag library of ours and the desk that keeps it."""
    found = OFFICE.glob("*/templatetags/*.py")
    return {path.stem: desk_of(path) for path in found if path.stem != "__init__"}


def named_desks(text: str, ours: dict[str, str]) -> Iterator[str]:
    """The desks that a template's text names; those of Django and Wagtail are none."""
    for template in NAMES_A_TEMPLATE.findall(text):
        folder = template.split("/")[0]
        if folder in desk_order():
            yield folder
    for words in LOADS.findall(text):
        for library in words.split(" from ")[-1].split():
            if library in ours:
                yield ours[library]


def test_templates_do_not_climb() -> None:
    ours = libraries()
    climbing = [
        f"{path.relative_to(OFFICE)} names {desk}"
        for path in templates()
        for desk in named_desks(path.read_text("utf-8"), ours)
        if not may_see(desk_of(path), desk)
    ]
    assert climbing == []


def templates() -> list[Path]:
    return [path for path in sorted(OFFICE.glob("*/**/templates/**/*")) if path.is_file()]


def test_a_desks_templates_lie_in_a_folder_of_its_name() -> None:
    """So that two desks never give two templates one name, and a template's name tells its desk."""
    astray = [
        str(path.relative_to(OFFICE))
        for path in templates()
        if (folder := path.parts[path.parts.index("templates") + 1]) in desk_order()
        and folder != desk_of(path)
    ]
    assert astray == []


def test_what_a_template_names_is_found() -> None:
    text = """{% extends "edition/story.html" %}{% load i18n kit %}{% include 'ads/slot.html' with x=1 %}
    {% include "wagtailadmin/shared/header.html" %}{% load cheap from tags %}"""
    assert list(named_desks(text, {"kit": "kit", "tags": "comments"})) == [
        "edition",
        "ads",
        "kit",
        "comments",
    ]


def test_every_form_sums_up_what_is_wrong() -> None:
    forms = {path for path in templates() if 'include "kit/form_field.html"' in path.read_text("utf-8")}
    assert len(forms) > 5
    silent = {path for path in forms if 'include "kit/error_summary.html"' not in path.read_text("utf-8")}
    assert silent == set()
