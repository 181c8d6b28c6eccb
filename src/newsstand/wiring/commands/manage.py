"""Django's own commands on this installation."""

from importlib import import_module

import django
from django.core.management import ManagementUtility


def run(words: list[str]) -> int:
    """`newsstand manage migrate` and so on."""
    django.setup()
    import_module("newsstand.wiring.connect").connect()
    ManagementUtility(["newsstand manage", *words]).execute()
    return 0
