"""Runs the site: web workers and the worker process under one parent, on one port."""

import argparse

from newsstand.wiring import supervise


def run(arguments: argparse.Namespace) -> int:
    """In the foreground, until SIGTERM or Ctrl-C."""
    return supervise.run(address=arguments.address, port=arguments.port, greeting=_greeting)


def _greeting(url: str) -> str:
    return f"Newsstand is ready: {url}"
