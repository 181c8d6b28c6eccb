"""Makes Django and the house ready in this process."""

from importlib import import_module

import django


def run() -> None:
    """Load the desks, then connect the rooms: models can be imported only after the first."""
    django.setup()
    import_module("newsstand.wiring.connect").connect()
