"""Markdown into the blocks of a story, with the line of whatever cannot become one."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from newsstand.office.articles.blocks import (
    CODE,
    HEADING,
    LIST,
    NUMBER_COLUMN,
    PARAGRAPH,
    PAYWALL,
    PICTURE,
    QUOTE,
    TABLE,
    TEXT_COLUMN,
)
from newsstand.office.importers.markdown import safe_html
from newsstand.office.importers.markdown.problems import FileRefused, Problem

LINE = "paywall"
MARKS = {"strong": "b", "em": "i"}


@dataclass(frozen=True, slots=True)
class PictureAt:
    """A picture that the text asks for, not yet read from its file."""

    file: str
    alt: str
    caption: str
    line: int


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks as they are stored; the value of a picture is still a PictureAt. `lines` has the line of each."""

    blocks: tuple[tuple[str, Any], ...]
    lines: tuple[int, ...]
    warnings: tuple[Problem, ...]


def read(text: str, first_line: int) -> Body:
    """The blocks of a body whose first line has this number in its file. Raises FileRefused."""
    markdown = _Markdown("commonmark", {"html": True}).enable("table")
    reader = _Reader(first_line)
    for node in SyntaxTreeNode(markdown.parse(text)).children:
        reader.part(node)
    if not reader.problems and all(kind == PAYWALL for kind, _ in reader.blocks):
        reader.problems.append(Problem(first_line, "the story has no text"))
    if reader.problems:
        raise FileRefused(*reader.problems)
    return Body(tuple(reader.blocks), tuple(reader.lines), tuple(reader.warnings))


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 the parser's own name
        """Every link is one: those that are not safe are refused with their line, not printed as text."""
        return True


class _Reader:
    def __init__(self, first_line: int) -> None:
        self._first_line = first_line
        self.blocks: list[tuple[str, Any]] = []
        self.lines: list[int] = []
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def part(self, node: SyntaxTreeNode) -> None:
        """Add the block or blocks of one top-level part, and where they stand."""
        self._part_at(node)
        self.lines += [self._line_of(node)] * (len(self.blocks) - len(self.lines))

    def _part_at(self, node: SyntaxTreeNode) -> None:
        line = self._line_of(node)
        if node.type == "paragraph":
            self._paragraph(node.children[0], line)
        elif node.type == "heading":
            self.blocks.append((HEADING, self._plain(node.children[0])))
        elif node.type == "blockquote":
            self._quote(node)
        elif node.type in {"bullet_list", "ordered_list"}:
            points = self._points(node, depth=0)
            start = node.attrs.get("start")
            first = int(start) if start is not None else None
            value = {"numbered": node.type == "ordered_list", "first": first, "points": points}
            self.blocks.append((LIST, value))
        elif node.type == "table":
            self.blocks.append((TABLE, self._table(node)))
        elif node.type in {"fence", "code_block"}:
            self._code(node, line)
        elif node.type == "html_block":
            self._html(node.content, line)
        elif node.type == "hr":
            self.warnings.append(Problem(line, "a rule across the page was left out"))
        else:
            self.problems.append(Problem(line, f"{node.type} has no place in a story"))

    def _line_of(self, node: SyntaxTreeNode) -> int:
        return self._first_line + (node.map[0] if node.map else 0)

    def _paragraph(self, inline: SyntaxTreeNode, line: int) -> None:
        parts = [part for part in inline.children if part.type != "softbreak"]
        if parts and all(part.type == "image" for part in parts):
            for place, part in enumerate(parts):
                self._picture(part, line + place)
            return
        html = self._inline(inline.children, line)
        if html.strip():
            self.blocks.append((PARAGRAPH, safe_html.clean(f"<p>{html}</p>")))

    def _picture(self, image: SyntaxTreeNode, line: int) -> None:
        caption = str(image.attrs.get("title", ""))
        picture = PictureAt(unquote(str(image.attrs["src"])), self._plain(image), caption, line)
        self.blocks.append((PICTURE, picture))

    def _quote(self, node: SyntaxTreeNode) -> None:
        """The words; a last line that begins with a dash says whose they are."""
        texts = [self._plain(part) for part in self._inlines(node)]
        source = ""
        if len(texts) > 1 and texts[-1][:1] in "—–-":
            source = texts.pop().lstrip("—–- ")
        self.blocks.append((QUOTE, {"text": "\n".join(texts), "source": source}))

    def _table(self, node: SyntaxTreeNode) -> dict[str, Any]:
        """A column that is set to the right holds numbers."""
        head, *rest = node.children
        cells = head.children[0].children
        return {
            "columns": [
                {
                    "type": NUMBER_COLUMN if "right" in str(cell.attrs.get("style", "")) else TEXT_COLUMN,
                    "heading": self._plain(cell.children[0]),
                }
                for cell in cells
            ],
            "rows": [
                {"values": [self._plain(cell.children[0]) for cell in row.children]}
                for part in rest
                for row in part.children
            ],
            "caption": "",
        }

    def _code(self, node: SyntaxTreeNode, line: int) -> None:
        """Fenced code; four spaces at the beginning of a line are more often a slip."""
        if node.type == "code_block":
            self.problems.append(
                Problem(line, "four spaces make this line code: begin it without them, or set it between ```")
            )
        elif node.content.strip():
            self.blocks.append((CODE, node.content.rstrip("\n")))

    def _inlines(self, node: SyntaxTreeNode) -> list[SyntaxTreeNode]:
        found = []
        for child in node.children:
            if child.type == "inline":
                found.append(child)
            elif child.type in {
                "paragraph",
                "heading",
                "blockquote",
                "bullet_list",
                "ordered_list",
                "list_item",
            }:
                found += self._inlines(child)
            else:
                self.problems.append(
                    Problem(self._line_of(child), f"{child.type} has no place in a quote or list")
                )
        return found

    def _points(self, node: SyntaxTreeNode, depth: int) -> list[str]:
        points = []
        if depth == 1:
            self.warnings.append(Problem(self._line_of(node), "a list inside a list was made one list"))
        for item in node.children:
            texts = []
            inner: list[str] = []
            for child in item.children:
                if child.type in {"bullet_list", "ordered_list"}:
                    inner += self._points(child, depth + 1)
                else:
                    texts += [
                        self._inline(part.children, self._line_of(child)) for part in self._inlines_of(child)
                    ]
            points.append(safe_html.clean(f"<p>{'<br>'.join(texts)}</p>"))
            points += inner
        return points

    def _inlines_of(self, node: SyntaxTreeNode) -> list[SyntaxTreeNode]:
        if node.type == "paragraph":
            return [node.children[0]]
        self.problems.append(Problem(self._line_of(node), f"{node.type} has no place in a list"))
        return []

    def _html(self, html: str, line: int) -> None:
        """A block of HTML: the paywall line, another comment, or paragraphs of allowed tags."""
        text = html.strip()
        if is_line(text):
            if any(kind == PAYWALL for kind, _ in self.blocks):
                self.problems.append(Problem(line, "the paywall line stands here a second time"))
            self.blocks.append((PAYWALL, None))
            return
        wrong = safe_html.problems_in(html, line)
        if "<!--" in text and LINE in text:
            wrong.append(Problem(line, "the paywall line must stand on a line of its own"))
        self.problems += wrong
        cleaned = safe_html.clean(html).strip()
        if cleaned and not wrong:
            self.blocks.append((PARAGRAPH, cleaned if cleaned.startswith("<p>") else f"<p>{cleaned}</p>"))

    def _inline(self, parts: Sequence[SyntaxTreeNode], line: int) -> str:
        """The HTML of running text."""
        html = ""
        for part in parts:
            if part.type in {"softbreak", "hardbreak"}:
                line += 1
                html += " " if part.type == "softbreak" else "<br>"
            else:
                html += self._part(part, line)
        return html

    def _part(self, part: SyntaxTreeNode, line: int) -> str:
        if part.type == "text":
            return escape(part.content, quote=False)
        if part.type in MARKS:
            mark = MARKS[part.type]
            return f"<{mark}>{self._inline(part.children, line)}</{mark}>"
        if part.type == "link":
            return self._link(part, line)
        if part.type == "html_inline":
            return self._html_inline(part.content, line)
        if part.type == "code_inline":
            self.warnings.append(Problem(line, "code was printed as plain text"))
            return escape(part.content, quote=False)
        reason = "a picture must stand in a paragraph of its own"
        self.problems.append(
            Problem(line, reason if part.type == "image" else f"{part.type} has no place here")
        )
        return ""

    def _link(self, part: SyntaxTreeNode, line: int) -> str:
        href = str(part.attrs.get("href", ""))
        if problem := safe_html.link_problem(href):
            self.problems.append(Problem(line, problem))
        return f'<a href="{escape(href)}">{self._inline(part.children, line)}</a>'

    def _html_inline(self, html: str, line: int) -> str:
        if is_line(html):
            self.problems.append(Problem(line, "the paywall line must stand on a line of its own"))
        if html.startswith("<!--"):
            return ""
        self.problems += safe_html.problems_in(html, line)
        return html

    def _plain(self, node: SyntaxTreeNode) -> str:
        """The words of running text, for blocks that have no marks inside; what is unsafe is still found."""
        self._inline([part for part in node.children if part.type != "image"], self._line_of(node))
        return _words(node).strip()


def is_line(html: str) -> bool:
    """Whether this is the comment that stands for the paywall line."""
    text = html.strip()
    return text.startswith("<!--") and text.endswith("-->") and text[4:-3].strip().lower() == LINE


def _words(node: SyntaxTreeNode) -> str:
    if node.type in {"text", "code_inline"}:
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    return "".join(_words(child) for child in node.children)
