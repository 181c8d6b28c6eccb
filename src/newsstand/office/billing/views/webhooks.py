"""The door for gateways."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from newsstand.office.billing import actions
from newsstand.office.kit import clock

MOST_BYTES = 1_000_000


@csrf_exempt
@require_POST
def webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a gateway's message in, if its signature is right; 400 for any other."""
    body = request.read(MOST_BYTES + 1)
    is_taken = len(body) <= MOST_BYTES and actions.receive_webhook(
        gateway_name=gateway, headers=request.headers, body=body, now=clock.now()
    )
    return HttpResponse(status=204 if is_taken else 400)
