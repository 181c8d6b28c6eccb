"""Connects the rooms within one process: opens the shelf once, builds the kiosk, tells the office how to answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse

from newsstand.kiosk.answer import Answer, Miss, Request
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.house import House
from newsstand.kiosk.together import KioskFirst
from newsstand.office.accounts import passes
from newsstand.office.kit import shelf
from newsstand.office.kit.registry import registry
from newsstand.rules.gate.passes import KeyRing
from newsstand.shelf.shelf import Shelf, open_shelf
from newsstand.wiring.asgi_types import ASGIApp
from newsstand.wiring.files import FilesFirst, KeptFiles, Pictures
from newsstand.wiring.renewal import RenewalDoor


def connect() -> None:
    """Say how the shelf is opened, and let the office answer for pages through the kiosk's own code."""
    shelf.use(_open)
    registry.answer = _answer


def front(django: ASGIApp) -> ASGIApp:
    """All that a web worker serves: the kiosk, behind it the files, behind them the office."""
    connect()
    files = FilesFirst(KeptFiles(settings.STATIC_ROOT), Pictures(settings.MEDIA_ROOT), django)
    return KioskFirst(_kiosk(), behind=files)


def office_alone(django: ASGIApp) -> ASGIApp:
    """All that `newsstand office` serves: the same, and the door at which a kiosk of its own asks for passes."""
    return RenewalDoor(renew, settings.PASS_KEYS, behind=front(django))


async def renew(cookies: Mapping[str, str]) -> str | None:
    """A fresh pass for the session among these cookies, or None when nobody is signed in."""
    return await sync_to_async(_renew, thread_sensitive=False)(cookies)


def _renew(cookies: Mapping[str, str]) -> str | None:
    close_old_connections()
    try:
        return passes.renew(cookies)
    finally:
        close_old_connections()


def _open() -> Shelf:
    settings.SHELF_DIR.mkdir(parents=True, exist_ok=True)
    return open_shelf(settings.SHELF_DIR)


@dataclass
class _Process:
    """What this process answers with: made once, and again only when another shelf is put in its place."""

    shelf: Shelf | None = None
    kiosk: Kiosk | None = None


_process = _Process()


def _kiosk() -> Kiosk:
    held = shelf.handle()
    if _process.kiosk is None or _process.shelf is not held:
        house = House(
            shelf=held,
            ring=KeyRing(settings.PASS_KEYS),
            secure=settings.IS_HTTPS,
            proxies=settings.TRUSTED_PROXIES,
        )
        _process.shelf, _process.kiosk = held, Kiosk(house, renew=renew)
    return _process.kiosk


def _answer(request: HttpRequest) -> HttpResponse | None:
    """Answer a page request from the shelf, exactly as the kiosk would.

    None if the page is not there; the name of a variant that is missing is left on the request, to be printed.
    """
    asked = Request(
        method=request.method or "GET",
        path=request.path,
        query=request.META.get("QUERY_STRING", "").encode("latin-1", "replace"),
        headers={name.lower(): value for name, value in request.headers.items()},
        peer=request.META.get("REMOTE_ADDR") or "",
    )
    found = async_to_sync(_kiosk().respond)(asked)
    if isinstance(found, Miss):
        request.missing_variant = found.variant  # type: ignore[attr-defined]  # edition reads it
        return None
    return _as_response(found)


def _as_response(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    del response["Content-Type"]
    for name, value in answer.headers:
        field, text = name.decode("latin-1"), value.decode("latin-1")
        if field.lower() == "set-cookie":
            response.cookies.load(text)
        else:
            response[field] = text
    return response
