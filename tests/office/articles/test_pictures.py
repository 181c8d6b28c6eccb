"""The files that readers get of a picture."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from newsstand.office.articles import pictures
from newsstand.office.articles.actions import PictureRefused, keep_picture
from newsstand.office.articles.actions.keep_picture import check_picture
from newsstand.office.articles.models import Picture, Rendition
from tests.office import newsroom
from tests.office.newsroom import NOW


@pytest.mark.parametrize(
    ("width", "widths"),
    [(100, (100,)), (400, (400,)), (401, (400, 401)), (1000, (400, 800, 1000)), (3000, (400, 800, 1200))],
)
def test_never_larger_than_the_original(width: int, widths: tuple[int, ...]) -> None:
    assert pictures.widths_for(width) == widths


def from_a_camera() -> bytes:
    """Taken upright by a phone that noted where."""
    image, notes = Image.new("RGB", (60, 40), "#aa3300"), Image.Exif()
    notes[0x0112] = 6  # turn by 90 degrees
    notes[0x010F] = "A camera of somebody"
    notes.get_ifd(0x8825)[1] = "N"
    data = BytesIO()
    image.save(data, "JPEG", exif=notes, comment=b"A note of somebody")
    return data.getvalue()


@pytest.mark.django_db
def test_readers_do_not_learn_where_it_was_taken(front: Any) -> None:
    data = from_a_camera()
    assert b"somebody" in data
    picture = Picture.objects.create(title="x", file=ContentFile(data, "x.jpg"))
    found = pictures.sources(picture)
    assert (found.largest.width, found.largest.height) == (40, 60)
    for rendition in Rendition.objects.all():
        with rendition.file.open() as file:
            content = file.read()
        assert b"somebody" not in content
        assert b"Exif" not in content
        with Image.open(BytesIO(content)) as image:
            assert not image.getexif()


@pytest.mark.django_db
def test_names_cannot_be_guessed(front: Any) -> None:
    picture = newsroom.picture(60, 40)
    found = pictures.sources(picture)
    assert "crane" not in picture.file.name
    assert len({size.url for size in (*found.webp, *found.jpeg)}) == 2
    assert all(len(size.url.rsplit("/", 1)[1].split(".")[0]) == 32 for size in found.webp)


def keep(data: bytes) -> Any:
    return keep_picture(data=data, title="x", alt="", by="importer", now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (b"GIF89a", "no picture"),
        (from_a_camera()[:-200], "no picture"),
    ],
)
def test_what_is_no_picture(front: Any, data: bytes, reason: str) -> None:
    with pytest.raises(PictureRefused, match=reason):
        keep(data)
    assert not Picture.objects.exists()


@pytest.mark.django_db
def test_limits(front: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = BytesIO()
    Image.new("1", (9000, 6000)).save(data, "PNG")
    with pytest.raises(PictureRefused, match="50 million pixels"):
        keep(data.getvalue())
    monkeypatch.setitem(check_picture.__globals__, "LARGEST_FILE", 10)
    with pytest.raises(PictureRefused, match="more than 0 MB"):
        keep(from_a_camera())
    data = BytesIO()
    Image.new("RGB", (4, 4)).save(data, "BMP")
    monkeypatch.undo()
    with pytest.raises(PictureRefused, match="BMP is not one of JPEG, PNG, WEBP, GIF"):
        keep(data.getvalue())
