"""What can be measured of a page for everybody's eyes, hands and ears: in the browser, without the page's help."""

from typing import Any

# Names, landmarks, headings, ids, targets, and nothing wider than the screen.
FAULTS = r"""() => {
  const found = [];
  const say = (words, node) => found.push(words + (node ? ": " + node.outerHTML.slice(0, 120) : ""));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const textOf = (ids) => (ids || "").split(/\s+/)
    .map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const nameOf = (node) => (node.getAttribute("aria-label") || textOf(node.getAttribute("aria-labelledby"))
    || [...(node.labels || [])].map((label) => label.textContent).join(" ") || node.textContent
    || [...node.querySelectorAll("img")].map((picture) => picture.alt).join(" ")).trim();
  if (!document.documentElement.lang) say("no language");
  if (!document.title.trim()) say("no title");
  for (const selector of ["main", "header.masthead", "footer", "h1"])
    if (all(selector).length !== 1) say(`${all(selector).length} times ${selector}`);
  const ids = all("[id]").map((node) => node.id);
  ids.filter((id, place) => ids.indexOf(id) !== place).forEach((id) => say("an id twice, " + id));
  let level = 0;
  for (const heading of all("h1, h2, h3, h4, h5, h6")) {
    if (+heading.tagName[1] > level + 1) say("a heading leaps", heading);
    if (!heading.textContent.trim()) say("an empty heading", heading);
    level = +heading.tagName[1];
  }
  all("img:not([alt])").forEach((node) => say("a picture without alt", node));
  all("a:not([href]), [onclick], [tabindex]:not([tabindex='0'], [tabindex='-1'])")
    .forEach((node) => say("no real control", node));
  all("th:not([scope])").forEach((node) => say("a heading of nothing", node));
  for (const name of ["aria-describedby", "aria-labelledby"])
    for (const node of all(`[${name}]`))
      for (const id of node.getAttribute(name).split(/\s+/).filter(Boolean))
        if (!ids.includes(id)) say(`${name} points at nothing`, node);
  for (const link of all('a[href^="#"]'))
    if (!ids.includes(link.getAttribute("href").slice(1))) say("a link to nothing", link);
  const landmarks = all("nav, aside, main section");
  landmarks.filter((node) => node.tagName !== "SECTION" && !node.getAttribute("aria-label")
    && !node.getAttribute("aria-labelledby")).forEach((node) => say("a landmark without a name", node));
  const navs = all("nav").map(nameOf);
  navs.filter((name, place) => navs.indexOf(name) !== place).forEach((name) => say("two of one name, " + name));
  for (const node of all("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!nameOf(node)) say("no name", node);
    if (node.matches("input, select, textarea") && !node.labels.length && !node.getAttribute("aria-label"))
      say("no label", node);
    const box = node.getBoundingClientRect();
    if (box.width && getComputedStyle(node).display !== "inline" && Math.min(box.width, box.height) < 24)
      say(`a target of ${Math.round(box.width)} by ${Math.round(box.height)}`, node);
  }
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) say(`wider than the screen by ${wide}`);
  return found;
}"""

# Each text, and the border of each field, against what lies behind it, as WCAG reckons it.
PALE = r"""() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parts = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const found = canvas.getImageData(0, 0, 1, 1).data;
    return [found[0], found[1], found[2], found[3] / 255];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dim, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dim + 0.05);
  };
  const behind = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) layers.push(parts(getComputedStyle(one).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const found = [];
  let texts = 0;
  const weigh = (what, colour, ground, least, node) => {
    const got = ratio(over(parts(colour), ground), ground);
    if (got < least) found.push(`${what} at ${got.toFixed(2)}: ${node.outerHTML.slice(0, 120)}`);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !node.getClientRects().length) continue;
    if (node.closest(".unseen, script")) continue;
    const style = getComputedStyle(node), size = parseFloat(style.fontSize);
    texts += 1;
    const isLarge = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    weigh("text", style.color, behind(node), isLarge ? 3 : 4.5, node);
  }
  for (const node of document.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    weigh("border", getComputedStyle(node).borderTopColor, behind(node.parentElement), 3, node);
    weigh("what is typed", getComputedStyle(node).color, behind(node), 4.5, node);
    if (node.placeholder) weigh("placeholder", getComputedStyle(node, "::placeholder").color, behind(node), 4.5, node);
  }
  return { found, texts };
}"""

# The element that has the focus: whether it lies in sight, and how wide its ring is.
FOCUS = r"""() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect(), style = getComputedStyle(node);
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  return { what: node.outerHTML.slice(0, 120), isSeen: isInside && box.width > 0 && box.height > 0, ring };
}"""

SCREENS = ({"width": 320, "height": 640}, {"width": 640, "height": 450}, {"width": 1280, "height": 900})
"""The narrowest phone, a desk at twice its size, a desk."""


def faults(page: Any, *, steps: int = 0) -> list[str]:
    """What is wrong with this page on three screens, by day and by night; and with the first steps of the Tab key."""
    found: list[str] = []
    for screen in SCREENS:
        page.set_viewport_size(screen)
        found += [f"{screen['width']} px: {one}" for one in page.evaluate(FAULTS)]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        pale = page.evaluate(PALE)
        assert pale["texts"] > 5, page.url
        found += [f"{scheme}: {one}" for one in pale["found"]]
    return found + _by_keyboard(page, steps)


def _by_keyboard(page: Any, steps: int) -> list[str]:
    found = []
    for step in range(steps):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return found if step else ["nothing can be reached by keyboard"]
        if not focus["isSeen"] or focus["ring"] < 2:
            found.append(f"the focus cannot be seen: {focus}")
    return found
