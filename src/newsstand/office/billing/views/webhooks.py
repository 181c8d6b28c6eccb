"""The door for gateways."""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsstand.office.billing import actions
from newsstand.office.kit import clock

log = logging.getLogger(__name__)

MOST_BYTES = 1_000_000


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a gateway's message in, if its signature is right; 400 for any other."""
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        log.warning(actions.WEBHOOK_REFUSED, gateway, "too long")
        return HttpResponse(status=400)
    is_taken = actions.receive_webhook(
        gateway_name=gateway, headers=request.headers, body=body, now=clock.now()
    )
    return HttpResponse(status=204 if is_taken else 400)
