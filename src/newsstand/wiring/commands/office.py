"""Runs the office alone: Django for staff, for forms, and for pages that are not on the shelf yet."""

import argparse

from newsstand.wiring import supervise


def run(arguments: argparse.Namespace) -> int:
    """Get the installation ready, then serve in the foreground, until SIGTERM or Ctrl-C."""
    return supervise.serve(
        "newsstand.wiring.asgi:office",
        arguments.address,
        arguments.port,
        lambda url: f"The office is ready: {url}",
        first=["prepare", "--beside-worker"],
    )
