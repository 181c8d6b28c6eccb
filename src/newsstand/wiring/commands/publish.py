"""Publishes stories from Markdown files."""

import argparse
from functools import partial
from pathlib import Path

from newsstand.office.importers.markdown.publish import publish_files
from newsstand.office.kit import clock


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if any file was refused."""
    summary = publish_files(
        [Path(name) for name in arguments.files],
        by="importer",
        now=clock.now(),
        report=partial(print, flush=True),
    )
    return 1 if summary.refused else 0
