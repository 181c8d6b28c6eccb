"""Runs the kiosk alone: the fast server for readers, without Django. What it lacks, the office answers."""

import argparse

from newsstand.wiring import supervise


def run(arguments: argparse.Namespace) -> int:
    """In the foreground, until SIGTERM or Ctrl-C."""
    return supervise.serve(
        "newsstand.wiring.kiosk_alone:application",
        arguments.address,
        arguments.port,
        lambda url: f"The kiosk is ready: {url}",
    )
