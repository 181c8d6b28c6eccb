"""What stands behind a kiosk that has no office in its process.

What such a kiosk can't answer gets a 503 that says so; the reverse proxy in front sends such requests on to
the office.
"""

from newsstand.kiosk.reply import page, sorry
from newsstand.kiosk.together import Receive, Scope, Send

AWAY_PAGE = sorry(
    "Please try again in a moment",
    "This page is not ready yet. It is being made by another part of the site, "
    "which cannot be reached just now.",
)


async def away(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application that says that the office is not here."""
    answer = page(503, AWAY_PAGE, with_body=scope["method"] != "HEAD")
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
