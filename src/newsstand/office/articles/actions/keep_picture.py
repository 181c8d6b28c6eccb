"""Takes in the file of a picture: checked, and never twice."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, UnidentifiedImageError

from newsstand.office.articles.models import Picture
from newsstand.office.kit import audit

ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000


class PictureRefused(ValueError):
    """A file is no picture that can be shown; the text says why."""


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture that is kept; `is_new` is false where the same file was kept before."""

    picture: Picture
    is_new: bool

    def throw_file_away(self) -> None:
        """Remove the file of a new picture whose row was rolled back."""
        if self.is_new:
            self.picture.file.storage.delete(self.picture.file.name)


@transaction.atomic
def keep_picture(*, data: bytes, title: str, alt: str, by: str, now: datetime) -> KeptPicture:
    """Keep a picture by its content. Raises PictureRefused for anything that is none."""
    kind = check_picture(data)
    # The same hash that Wagtail keeps for its own uploads; it finds copies and protects nothing.
    content = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    kept = Picture.objects.filter(file_hash=content).order_by("pk").first()
    if kept is not None:
        return KeptPicture(kept, is_new=False)
    picture = Picture(
        title=title[:255], alt_text=alt[:300], file=ContentFile(data, f"picture.{ENDINGS[kind]}")
    )
    picture.file_size, picture.file_hash = len(data), content
    picture.save()
    audit.record(
        by=by, verb="keep_picture", subject=f"picture:{picture.pk}", after={"sha1": content}, now=now
    )
    return KeptPicture(picture, is_new=True)


def check_picture(data: bytes) -> str:
    """The format of a picture, such as JPEG, after decoding all of it."""
    if len(data) > LARGEST_FILE:
        raise PictureRefused(f"the file has more than {LARGEST_FILE // 1024 // 1024} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # we count the pixels ourselves
            return _decoded(data)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError) as error:
        raise PictureRefused("the file is no picture, or a broken one") from error


def _decoded(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as image:
        if image.format not in ENDINGS:
            raise PictureRefused(f"{image.format} is not one of {', '.join(ENDINGS)}")
        if image.width * image.height > MOST_PIXELS:
            raise PictureRefused(f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels")
        image.load()
        return str(image.format)
