"""The web workers' applications with Django in them. They are imported after the spawn, and one is called."""

import os
from importlib import import_module

from django.core.asgi import get_asgi_application

from newsstand.wiring.asgi_types import ASGIApp


def together() -> ASGIApp:
    """`newsstand serve`: kiosk first, then files, then Django."""
    return _made("front")


def office() -> ASGIApp:
    """`newsstand office`: the same behind the door for renewals, beside a kiosk in its own processes."""
    return _made("office_alone")


def _made(name: str) -> ASGIApp:
    """Django must be set up before anything is imported that holds a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsstand.wiring.settings")
    django = get_asgi_application()
    import_module("newsstand.wiring.urls")  # or the first request would wait for it
    application: ASGIApp = getattr(import_module("newsstand.wiring.connect"), name)(django)
    return application
