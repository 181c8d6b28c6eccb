"""The catalogues of translations: all that is marked stands in them, whole, and they are compiled as they stand."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from newsstand.kiosk import own_pages
from newsstand.rules.billing import price_text

ROOT = Path(__file__).parent.parent.parent
STAFF = (
    "/staff/",
    "wagtail_hooks",
    "/models",
    "/blocks.py",
    "access/forms.py",
    "access/queries/",
    "/insights/",
)
"""Where texts stand that only staff see."""


def _messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "make" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _messages()
CATALOGUES = pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parent.parent.name)


@pytest.fixture(scope="module")
def marked() -> set[tuple[str | None, Any]]:
    return {(message.context, message.id) for message in messages.marked() if message.id}


def _forms(message: Any) -> list[tuple[str, str]]:
    """Each translated form beside the text that it translates: the singular, where there is one, and the plural."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(
        zip((message.id[0], *(message.id[1],) * (len(message.string) - 1)), message.string, strict=True)
    )


def _marks(text: str) -> list[str]:
    """What must stand in the translation as it stands in the text: places for values, and tags with their addresses."""
    return sorted(re.findall(r"%\(\w+\)[sd]|%(?!\()[sd%]|\{\w+\}|<[^>]+>", text))


@CATALOGUES
def test_it_holds_what_is_marked_and_nothing_else(path: Path, marked: set[tuple[str | None, Any]]) -> None:
    held = {(message.context, message.id) for message in messages.read(path) if message.id}
    assert (marked - held, held - marked) == (set(), set()), "run `make messages`, and translate what is new"


@CATALOGUES
def test_each_text_is_translated_with_the_same_places_and_tags(path: Path) -> None:
    catalogue = messages.read(path)
    for message in catalogue:
        if not message.id:
            continue
        assert messages.is_whole(message), message.id
        assert not message.fuzzy, message.id
        forms = _forms(message)
        assert len(forms) == (1 if isinstance(message.id, str) else catalogue.num_plurals), message.id
        for text, said in forms:
            assert _marks(said) == _marks(text), text
            assert (said == said.strip()) == (text == text.strip()), text


@CATALOGUES
def test_it_is_compiled_as_it_stands(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == messages.compiled(path), "run `make messages`"


def test_german_readers_are_addressed_in_one_way_and_hear_no_word_of_the_office() -> None:
    catalogue = messages.read(messages.LOCALE / "de" / "LC_MESSAGES" / "django.po")
    for message in catalogue:
        said = " ".join(said for _text, said in _forms(message)) if message.id else ""
        assert not re.search(r"\b([Dd]u|[Dd]ich|[Dd]ir|[Dd]ein\w*)\b", said), said
        is_for_readers = not all(any(part in place for part in STAFF) for place, _line in message.locations)
        assert not (is_for_readers and re.search(r"Bezahlschranke|Paywall|Grant\b|Meter\b", said)), said


def test_the_catalogues_are_read_by_a_language_that_the_settings_name() -> None:
    from django.conf import settings

    names = {path.parent.parent.name for path in messages.catalogues()}
    assert names == {language for language, _name in settings.LANGUAGES} - {"en"}
    assert settings.LOCALE_PATHS == [messages.LOCALE]


def test_what_has_no_catalogue_speaks_the_same_languages() -> None:
    """The rules' price texts, and the pages that a kiosk makes without Django."""
    from django.conf import settings

    for language, _name in settings.LANGUAGES:
        assert price_text.speaks(language)
        for page in (own_pages.trouble_page(language), own_pages.away_page(language)):
            assert f'lang="{language}"'.encode() in page
