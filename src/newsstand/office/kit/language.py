"""The language of the publication: the one in which every page for readers is written, whoever asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format

from newsstand.office.kit import shelf
from newsstand.office.kit.queries import NoPublication, publication


@contextmanager
def in_language_of_publication() -> Iterator[None]:
    """Words and dates in the publication's language, whatever the caller speaks."""
    with translation.override(translation.to_language(publication().language)):
        yield


def put_on_board() -> None:
    """Tell the kiosks, which make some pages: after a change and at every start, with a board that may be new."""
    try:
        locale = publication().language
    except NoPublication:  # an installation that is just being made
        return
    shelf.handle().board.set_locale(locale)


def day(moment: datetime) -> str:
    """A date written out in the publication's zone and the language that is spoken: "5 November 2026"."""
    # English of no country in particular, and most that has one, is written with the day first.
    is_day_first = translation.get_language() in {"en", "en-gb", "en-au", "en-ie", "en-nz"}
    return date_format(_there(moment), "j F Y" if is_day_first else "DATE_FORMAT")


def day_and_time(moment: datetime) -> str:
    """The same with the time of day: "5 November 2026, 14:30"."""
    return f"{day(moment)}, {_there(moment):%H:%M}"


def _there(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(publication().zone))
