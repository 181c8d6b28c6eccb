"""Makes a new installation with an empty publication."""

import argparse
import sys

from newsstand.wiring import installation
from newsstand.wiring.env import data_directory


def run(arguments: argparse.Namespace) -> int:
    """Refuses a directory in which something already lies."""
    data = data_directory()
    values = {**installation.new_secrets(), "site_url": arguments.site_url.rstrip("/")}
    found = ["found", "--name", arguments.name, "--zone", arguments.zone]
    found += [
        "--currency",
        arguments.currency,
        "--language",
        arguments.language,
        "--support",
        arguments.support,
    ]
    code = installation.make(data, values, [["prepare"], found])
    if code == 0:
        print(
            f"{arguments.name} is ready in {data}. Next: newsstand manage createsuperuser, then newsstand serve."
        )
    else:
        print("newsstand: the installation was not made; nothing was kept.", file=sys.stderr)
    return code
