"""The web worker's application: kiosk first, then files, then Django. Granian imports it after the spawn."""

import os
from importlib import import_module

from django.core.asgi import get_asgi_application

from newsstand.wiring.asgi_types import ASGIApp


def _application() -> ASGIApp:
    """Django must be set up before anything is imported that holds a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsstand.wiring.settings")
    django = get_asgi_application()
    application: ASGIApp = import_module("newsstand.wiring.connect").front(django)
    return application


application = _application()
