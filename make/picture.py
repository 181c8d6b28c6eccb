"""Takes the README's picture from a demo that runs: `make picture` beside `make demo`.

A reader without an account reads stories from the front page until the free ones are spent, and a wall with two
ways stands in the next.
"""

import sys
from pathlib import Path

from playwright.sync_api import FloatRect, Page

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402 -- the tests' own finder; make/ is no package

PICTURE = ROOT / "docs" / "pictures" / "wall.png"
SIZE = {"width": 1000, "height": 1000}
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
    return {"x": 0, "y": 0, "width": SIZE["width"], "height": wall["y"] + wall["height"] + 24}


def main(site: str) -> int:
    """Writes the picture; the exit code is 1 when there is no browser or no wall."""
    executable = chromium.find()
    if executable is None:
        print("no Chromium was found: `make browser` installs one", file=sys.stderr)
        return 1
    with chromium.running(executable) as browser:
        page = browser.new_page(viewport=SIZE, device_scale_factor=1)
        if not to_a_wall(page, site):
            print(f"no story on {site} has a wall with two ways", file=sys.stderr)
            return 1
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE, full_page=True, clip=down_to_the_wall(page))
    print(f"{PICTURE.relative_to(ROOT)} is new")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
