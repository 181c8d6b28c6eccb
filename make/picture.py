"""Takes the pictures of the README and of docs/pictures from a demo that runs: `make picture` beside `make demo`.

A reader without an account reads stories from the front page until the free ones are spent, and a wall with two
ways stands in the next.
"""

import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402 -- the tests' own finder; make/ is no package

PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: of the front page, or of a story down to the end of its wall."""

    name: str
    width: int
    scheme: Literal["light", "dark"] = "light"
    is_front: bool = False


SHOTS = (
    Shot("wall", 1000),
    Shot("story-with-wall-desk", 1280),
    Shot("story-with-wall-phone-dark", 390, "dark"),
    Shot("front-page", 1280, is_front=True),
)
HEIGHT = 1000
COLOURS = 256  # drawings and letters need no more, and the files are a third as large
MORE = "more this month"  # only the wall of a spent meter says so


def to_a_wall(page: Page, site: str) -> bool:
    """Read one story after the other until one ends at a wall with two ways; whether there was one."""
    page.goto(site)
    stories = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.href)")
    for address in dict.fromkeys(stories):
        page.goto(address)
        if page.locator(".wall .way").count() > 1 and MORE in page.locator(".wall").inner_text():
            return True
    return False


def down_to_the_wall(page: Page) -> FloatRect:
    """The part of the page that is shown: all of the article, and its wall."""
    wall = page.locator(".wall").bounding_box()
    if wall is None:
        raise LookupError("the wall is not shown")
    return {"x": 0, "y": 0, "width": wall["x"] * 2 + wall["width"], "height": wall["y"] + wall["height"] + 24}


def take(browser: Browser, site: str, shot: Shot) -> bool:
    """Writes one picture; whether there was a wall to take."""
    page = browser.new_page(viewport={"width": shot.width, "height": HEIGHT}, color_scheme=shot.scheme)
    if shot.is_front:
        page.goto(site, wait_until="networkidle")
        taken = page.screenshot()
    elif to_a_wall(page, site):
        page.wait_for_load_state("networkidle")
        taken = page.screenshot(full_page=True, clip=down_to_the_wall(page))
    else:
        return False
    place = PICTURES / f"{shot.name}.png"
    flat = Image.open(BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    flat.save(place, optimize=True)
    print(f"{place.relative_to(ROOT)} is new")
    return True


def main(site: str) -> int:
    """Writes the pictures; the exit code is 1 when there is no browser or no wall."""
    executable = chromium.find()
    if executable is None:
        print("no Chromium was found: `make browser` installs one", file=sys.stderr)
        return 1
    with chromium.running(executable) as browser:
        if not all(take(browser, site, shot) for shot in SHOTS):
            print(f"no story on {site} has a wall with two ways", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
