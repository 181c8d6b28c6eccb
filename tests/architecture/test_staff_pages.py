"""What Wagtail's pages for staff would do by themselves, and must not."""

import re
from pathlib import Path

import wagtail.admin
from wagtail.users.utils import get_gravatar_url

from tests.architecture.house import python_files

ICONS = Path(wagtail.admin.__file__).parent / "templates" / "wagtailadmin" / "icons"
NAMES_AN_ICON = re.compile(r"""\b(?:menu_)?icon(?:_name)?\s*=\s*"([a-z0-9-]+)\"""")


def test_no_icon_is_missing() -> None:
    named = {icon for path in python_files() for icon in NAMES_AN_ICON.findall(path.read_text("utf-8"))}
    assert len(named) > 5
    assert {icon for icon in named if not (ICONS / f"{icon}.svg").exists()} == set()


def test_no_other_site_is_asked_for_a_picture_of_staff() -> None:
    assert get_gravatar_url("editor@example.com") is None
