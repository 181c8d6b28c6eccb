"""Whatever accent colour staff choose, it can be read."""

import re
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsstand.office.edition.printing.assets import colours
from newsstand.office.edition.printing.palette import contrast, palette
from newsstand.office.kit import assets

LIGHT, DARK = ("#fffefb", "#f6f4ee"), ("#14171a", "#1c2024")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_every_accent_is_readable(accent: str) -> None:
    found = palette(accent)
    assert all(contrast(found.on_light, paper) >= 4.5 for paper in LIGHT)
    assert all(contrast(found.on_dark, paper) >= 4.5 for paper in DARK)
    assert contrast(found.fill, "#ffffff") >= 4.5


def test_a_readable_accent_stays_what_it_is() -> None:
    assert palette("#0b5d6b").on_light == "#0b5d6b"
    assert palette("#0b5d6b").fill == "#0b5d6b"


def variables(css: str) -> list[dict[str, str]]:
    """The colours of each `:root` of the style sheet: light first, then dark."""
    return [
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block))
        for block in re.findall(r":root {(.*?)}", css, re.S)
    ]


def test_the_style_sheets_own_colours_are_readable() -> None:
    light, dark, *_ = variables(assets.read("newsstand/site.css").decode())
    for scheme in (light, dark):
        for ground in ("paper", "sheet"):
            for text in ("ink", "soft", "accent", "wrong"):
                assert contrast(_whole(scheme[text]), _whole(scheme[ground])) >= 4.5, (text, ground)
        assert contrast(_whole(scheme["on-accent"]), _whole(scheme["accent-fill"])) >= 4.5


def _whole(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * letter for letter in colour[1:])


def test_the_style_sheet_is_light_and_asks_nobody() -> None:
    css = assets.read("newsstand/site.css").decode() + colours("#0b5d6b")
    assert len(brotli.compress(css.encode())) <= 15_000
    assert "http" not in re.sub(r'\[href\^="http"\]', "", css)
    assert "@import" not in css
    assert "url(" not in css


def test_no_template_has_a_style_or_a_script_of_its_own() -> None:
    office = Path(assets.__file__).parent.parent
    for path in office.glob("*/templates/**/*.html"):
        if path.name == "mail_base.html" or "mail" in path.parts:
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), path
        for script in re.findall(r"<script[^>]*>", text):
            assert script == '<script type="application/ld+json">', path
