"""What stands behind a kiosk that has no office in its process.

What such a kiosk can't answer gets a 503 that says so; the reverse proxy in front sends such requests on to
the office.
"""

from newsstand.kiosk.reply import page
from newsstand.kiosk.together import Receive, Scope, Send

AWAY_PAGE = (
    b'<!doctype html><html lang="en"><meta charset="utf-8">'
    b'<meta name="viewport" content="width=device-width, initial-scale=1">'
    b"<title>Please try again in a moment</title>"
    b"<h1>Please try again in a moment</h1>"
    b"<p>This page is not ready yet. It is being made by another part of the site, "
    b"which cannot be reached just now.</p></html>"
)


async def away(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application that says that the office is not here."""
    answer = page(503, AWAY_PAGE, with_body=scope["method"] != "HEAD")
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
