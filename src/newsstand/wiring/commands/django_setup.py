"""Makes Django and the house ready in this process, and runs a command in them."""

import gc
from collections.abc import Callable
from importlib import import_module

import django
from django.db import OperationalError

from newsstand.wiring.env import SettingError


def run(command: Callable[[], int]) -> int:
    """Load the desks, then connect the rooms: models can be imported only after the first. Returns the exit code."""
    try:
        _load()
        return command()
    except OperationalError as error:  # it is away, locked by somebody else, full, or not ours to write
        raise SettingError(f"the database cannot be used: {' '.join(str(error).split())}") from error


def _load() -> None:
    """What is loaded here stays: looking through it for garbage, now or later, would take a sixth of a start."""
    gc.disable()
    django.setup()
    import_module("newsstand.wiring.connect").connect()
    gc.freeze()
    gc.enable()
