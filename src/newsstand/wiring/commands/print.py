"""Prints every page onto the shelf."""

import argparse

from newsstand.office.edition.actions import print_all


def run(arguments: argparse.Namespace) -> int:
    """With a line of progress; the shelf's own entries are replaced one by one, so readers are answered all along."""
    print_all(report=print)
    return 0
