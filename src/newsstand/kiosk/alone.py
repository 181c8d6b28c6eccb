"""What stands behind a kiosk that has no office in its process.

What such a kiosk can't answer gets a 503 that says so; the reverse proxy in front sends such requests on to
the office.
"""

from newsstand.kiosk.house import House
from newsstand.kiosk.own_pages import away_page
from newsstand.kiosk.reply import page
from newsstand.kiosk.together import Receive, Scope, Send


class Away:
    """The ASGI application that says that the office is not here."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = page(503, away_page(self._house.locale), with_body=scope["method"] != "HEAD")
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})
