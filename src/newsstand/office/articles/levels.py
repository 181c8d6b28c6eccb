"""The levels of access in the words that staff meet."""

from django.utils.translation import gettext_lazy as _

from newsstand.rules.gate.facts import Level

LEVELS = [
    (Level.FREE.value, _("Free: everybody reads it")),
    (Level.REGISTERED.value, _("Registered: for readers with a free account")),
    (Level.METERED.value, _("Metered: free until a reader's free articles are used up")),
    (Level.SUBSCRIBERS.value, _("Subscribers only")),
]
