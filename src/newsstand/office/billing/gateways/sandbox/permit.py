"""Where the sandbox may run: on a demo, which allows it in its settings, on a developer's machine, and nowhere else."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest


def is_allowed() -> bool:
    """Whether this site has said that its payments take no money."""
    return bool(settings.ALLOW_SANDBOX_PAYMENTS or settings.DEBUG)


def for_pages(request: HttpRequest) -> Mapping[str, bool]:
    """What every page has to say about it."""
    return {"is_sandbox": is_allowed()}
