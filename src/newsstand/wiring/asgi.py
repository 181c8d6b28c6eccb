"""The web worker's application: kiosk first, then files, then Django. Granian imports it after the spawn."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsstand.wiring.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from django.conf import settings

from newsstand.wiring.connect import build_kiosk, connect
from newsstand.wiring.files import A_DAY, A_YEAR, FilesFirst, KeptFiles, Pictures

connect()
application = build_kiosk(
    behind=FilesFirst(
        static=KeptFiles(settings.STATIC_ROOT, A_DAY),
        media=Pictures(settings.MEDIA_ROOT, A_YEAR),
        behind=_django,
    )
)
