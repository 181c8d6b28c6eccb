"""What stands above the line is open; what stands below it is in no part of the opening."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsstand.office.articles.blocks import BodyBlock
from newsstand.office.articles.cut import Block, Cut, cut, opening_size
from newsstand.office.articles.models import Document
from tests.office import newsroom

SECRET = "the harbourmaster kept the second ledger"


def article(*blocks: tuple[str, object]) -> Any:
    """All of a story that `cut` looks at: its body, as it is stored."""
    return SimpleNamespace(
        body=BodyBlock().to_python([{"type": kind, "value": value} for kind, value in blocks])
    )


def everything(part: tuple[Block, ...]) -> str:
    return " ".join(f"{block!r} {block.text} {block.html()} {dict(block.context)}" for block in part)


PIECES = st.sampled_from(
    [
        ("paragraph", "<p>Gulls on the quay. {}</p>"),
        ("paragraph", "<p>One. {}</p><p>Two <b>bold</b> words.</p>"),
        ("heading", "What happened {}"),
        ("quote", {"text": "They knew. {}", "source": "A pilot {}"}),
        ("list", {"numbered": False, "points": ["<p>A point {}</p>", "<p>Another {}</p>"]}),
        ("embed", {"url": "https://example.org/{}", "title": "A film {}"}),
        ("callout", {"title": "Box {}", "text": "<p>How we did it {}</p><p>And why.</p>"}),
        ("code", "print({})"),
        ("table", {"columns": ["Ship {}", "Tons"], "rows": ["Wren {}", "1,200"], "caption": "Ships {}"}),
    ]
)


def as_stored(piece: tuple[str, Any]) -> tuple[str, Any]:
    """A table of one row is told in short above, so that each of its texts is marked like any other's."""
    kind, value = piece
    if kind != "table":
        return piece
    columns = [
        {"type": kind, "heading": each}
        for kind, each in zip(("text", "number"), value["columns"], strict=True)
    ]
    return kind, {"columns": columns, "rows": [{"values": value["rows"]}], "caption": value["caption"]}


def marked(piece: tuple[str, object], mark: str) -> tuple[str, object]:
    kind, value = piece
    if isinstance(value, str):
        return kind, value.replace("{}", mark)
    return as_stored((kind, {
        name: [each.replace("{}", mark) for each in inner] if isinstance(inner, list)
        else inner.replace("{}", mark.replace(" ", "-") if name == "url" else mark) if isinstance(inner, str)
        else inner
        for name, inner in value.items()
    }))  # fmt: skip


@given(above=st.lists(PIECES, max_size=4), below=st.lists(PIECES, min_size=1, max_size=6))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_nothing_from_below_the_line_is_in_the_opening(above: list, below: list) -> None:
    body = [marked(piece, "quayside") for piece in above]
    body += [("paywall", None), *(marked(piece, SECRET) for piece in below)]
    found = cut(article(*body))
    assert SECRET not in everything(found.opening)
    assert SECRET.replace(" ", "-") not in everything(found.opening)
    assert SECRET in everything(found.rest)
    assert "quayside" not in everything(found.rest)


@given(body=st.lists(PIECES, max_size=9))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_without_a_line_at_most_three_blocks_and_a_fifth_of_the_words(body: list) -> None:
    found = cut(article(*(marked(piece, f"mark{place}") for place, piece in enumerate(body))))
    assert sum(block.kind in {"paragraph", "quote", "list", "callout"} for block in found.opening) <= 3
    assert found.opening_words * 5 <= found.words
    assert not {block.kind for block in found.opening} & {"table", "code"}
    assert found.words == sum(block.words for block in (*found.opening, *found.rest))
    opening = everything(found.opening)
    for block in found.rest:
        mark = next((word for word in block.text.split() if word.startswith("mark")), None)
        if mark and all(mark not in other.text for other in found.opening):
            assert mark not in opening


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ([50] * 10, 2),
        ([10] * 40, 3),
        ([50, 50], 0),
        ([5, 95], 1),
        ([], 0),
    ],
)
def test_the_size_of_an_opening_without_a_line(words: list[int], size: int) -> None:
    assert opening_size([Block("paragraph", "word " * count, {}) for count in words]) == size


def test_a_heading_or_picture_never_stands_last_in_an_opening() -> None:
    blocks = [
        Block("paragraph", "one two", {}),
        Block("heading", "What now", {}),
        Block("paragraph", "word " * 50, {}),
    ]
    assert opening_size(blocks) == 1


def test_a_line_at_the_end_leaves_nothing_out() -> None:
    found = cut(article(("paragraph", "<p>All of it.</p>"), ("paywall", None)))
    assert found.ends_here
    assert [block.text for block in found.opening] == ["All of it."]


def test_a_line_at_the_top_leaves_no_opening() -> None:
    found = cut(article(("paywall", None), ("paragraph", "<p>All of it.</p>")))
    assert found.opening == ()
    assert not found.ends_here


def test_one_stored_paragraph_block_may_hold_many_paragraphs() -> None:
    text = "".join(f"<p>Paragraph {number} of this story.</p>" for number in range(10))
    found = cut(article(("paragraph", text)))
    assert [block.text for block in found.opening] == [
        "Paragraph 0 of this story.",
        "Paragraph 1 of this story.",
    ]


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("<p>a <script>alert(1)</script>b</p>", "<p>a b</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:x()">a</a></p>', "<p><a>a</a></p>"),
        ('<p><a href="https://example.org/?a=1&amp;b=2">a</a></p>',
         '<p><a href="https://example.org/?a=1&amp;b=2">a</a></p>'),
        ("<p><b>bold</b> &amp; <i>italic</i></p>", "<p><b>bold</b> &amp; <i>italic</i></p>"),
        ('<p><img src="x" onerror="y()">a</p>', "<p>a</p>"),
        ("<p>a<iframe src='//x'></iframe></p>", "<p>a</p>"),
    ],
)  # fmt: skip
def test_rich_text_is_cleaned(stored: str, printed: str) -> None:
    (block,) = cut(article(("paragraph", stored), ("paywall", None))).opening
    assert block.html().strip() == printed


def test_plain_texts_are_escaped() -> None:
    evil = "<script>alert('x')</script>"
    found = cut(
        article(
            ("heading", evil),
            ("quote", {"text": evil, "source": evil}),
            ("embed", {"url": "https://example.org/\"onmouseover=\"x", "title": evil}),
            ("callout", {"title": evil, "text": f"<p>{evil}</p>"}),
            ("code", evil),
            as_stored(("table", {"columns": [evil, "x"], "rows": [evil, "x"], "caption": evil})),
            ("paywall", None),
        )
    )  # fmt: skip
    html = "".join(block.html() for block in found.opening)
    assert "<script" not in html
    assert 'onmouseover="' not in html


@pytest.mark.django_db
def test_a_picture_has_widths_formats_and_words(front: object) -> None:
    picture = newsroom.picture(1000, 500, alt_text="A crane", caption="The crane", credit="M. Finch")
    value = {"picture": picture.pk, "alt_text": "", "decorative": False, "caption": "", "credit": ""}
    (block,) = cut(article(("picture", value), ("paywall", None))).opening
    html = block.html()
    assert 'type="image/webp"' in html
    assert "400w" in html
    assert "800w" in html
    assert "1000w" in html
    assert "1200w" not in html
    assert 'width="1000" height="500" alt="A crane" loading="lazy"' in html
    assert "The crane" in html
    assert "Picture: M. Finch" in html
    assert block.text == "The crane"


@pytest.mark.django_db
def test_the_words_of_the_place_come_before_those_of_the_picture(front: object) -> None:
    picture = newsroom.picture(300, 200, alt_text="A crane", caption="The crane", credit="M. Finch")
    value = {
        "picture": picture.pk,
        "alt_text": "Rust",
        "decorative": True,
        "caption": "Rust",
        "credit": "Other",
    }
    (block,) = cut(article(("picture", value), ("paywall", None))).opening
    html = block.html()
    assert 'alt=""' in html
    assert "Rust" in html
    assert "Picture: Other" in html
    assert "The crane" not in html
    assert "300w" in html
    assert "400w" not in html


def test_a_deleted_picture_leaves_no_hole() -> None:
    value = {"picture": None, "alt_text": "", "decorative": True, "caption": "", "credit": ""}
    assert cut(article(("picture", value))) == Cut((), ())


@pytest.mark.django_db
def test_a_gallery_shows_its_pictures_and_a_recording_is_named_by_nothing_that_counts_up(
    front: object, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    crane, quay = (
        newsroom.picture(300, 200, alt_text=word, caption=f"The {word}") for word in ("crane", "quay")
    )
    shown = [
        {"picture": one.pk, "alt_text": "", "decorative": False, "caption": "", "credit": ""}
        for one in (crane, quay)
    ]
    sound = Document.objects.create(title="Tides", file=ContentFile(b"ID3", "tides.mp3"))
    audio = {"file": sound.pk, "title": "The tide table, read aloud", "words": "High water\nat noon."}
    gallery, recording = cut(article(("gallery", shown), ("audio", audio))).rest
    assert gallery.html().count("<figure") == 2
    assert [(one.alt, one.caption) for one in gallery.pictures] == [
        ("crane", "The crane"),
        ("quay", "The quay"),
    ]
    assert gallery.text == "The crane The quay"
    assert recording.text == "The tide table, read aloud High water\nat noon."
    assert f'src="{sound.file.url}"' in recording.html()
    assert "tides" not in sound.file.url
    assert recording.leads_to == (sound.file.url,)
    gone = [{**shown[0], "picture": None}]
    assert cut(article(("gallery", gone), ("audio", {**audio, "file": None}))) == Cut((), ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("table", {"columns": [], "rows": [], "caption": ""}, "at least one column"),
        ("gallery", [], "minimum number of items is 2"),
        ("audio", {"file": None, "title": "x", "words": ""}, "choose one of mp3"),
    ],
)
def test_a_block_that_would_show_nothing_is_refused(
    front: object, tmp_path: Any, settings: Any, kind: str, value: Any, reason: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    if kind == "audio":
        value["file"] = Document.objects.create(title="x", file=ContentFile(b"x", "x.exe")).pk
    block = BodyBlock().child_blocks[kind]
    with pytest.raises(ValidationError) as refusal:
        block.clean(block.to_python(value))
    assert reason in str(refusal.value.__dict__)
