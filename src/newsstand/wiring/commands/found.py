"""Makes the publication and its first pages in an empty installation."""

import argparse

from newsstand.office.articles.actions import found_publication
from newsstand.office.kit import clock


def run(arguments: argparse.Namespace) -> int:
    """Called by `newsstand init`."""
    found_publication(
        name=arguments.name,
        zone=arguments.zone,
        currency=arguments.currency.upper(),
        language=arguments.language.replace("-", "_"),
        support_email=arguments.support,
        by="system",
        now=clock.now(),
    )
    return 0
