"""Where the sandbox may run: on a demo, which allows it in its settings, on a developer's machine, and nowhere else."""

from django.conf import settings


def is_allowed() -> bool:
    """Whether this site has said that its payments take no money."""
    return bool(settings.ALLOW_SANDBOX_PAYMENTS or settings.DEBUG)
