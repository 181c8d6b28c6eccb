"""Addresses that come from outside."""

from django.utils.http import url_has_allowed_host_and_scheme


def local_path(value: str | None, default: str = "/") -> str:
    """A path of this site to go on to, as given in `next`; anything else becomes the default."""
    if not value or not value.startswith("/") or value.startswith("//") or "\\" in value:
        return default
    if any(ord(letter) < 33 or ord(letter) == 127 for letter in value):
        return default
    return value if url_has_allowed_host_and_scheme(value, allowed_hosts=None) else default


# Where a story's opening ended: readers come back to this place from signing in and from paying.
CONTINUE = "#continue"


def reading_on(path: str) -> str:
    """The address at which a story is read on; said twice it is still said once."""
    return path.partition("#")[0] + CONTINUE


def from_the_top(path: str) -> str:
    """The address of the same page without a place in it."""
    return path.partition("#")[0]
