"""Makes the publication and its first pages in an empty installation."""

import argparse
import sys

from django.core.exceptions import ValidationError

from newsstand.office.articles.actions import found_publication
from newsstand.office.kit import clock


def run(arguments: argparse.Namespace) -> int:
    """Called by `newsstand init`."""
    try:
        found_publication(
            name=arguments.name,
            zone=arguments.zone,
            currency=arguments.currency.upper(),
            language=arguments.language.replace("-", "_"),
            support_email=arguments.support,
            by="system",
            now=clock.now(),
        )
    except ValidationError as error:
        for sentence in error.messages:
            print(f"newsstand: {sentence}", file=sys.stderr)
        return 1
    return 0
