"""Says what the access rules make of every story."""

import argparse
import csv
import sys

from newsstand.office.access.queries import archive, as_table, publication, rules_of_site
from newsstand.office.kit import clock


def run(arguments: argparse.Namespace) -> int:
    """One line for each published story: address, level now, what gave it, and the next step."""
    table = as_table(archive(rules_of_site(), clock.now()), publication().zone)
    if arguments.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(table)
        return 0
    for address, level, given_by, next_level, next_at, open_until, _headline in list(table)[1:]:
        coming = f"; {next_level} from {next_at}" if next_level else ""
        opened = f"; open to everybody until {open_until}" if open_until else ""
        print(f"{address}  {level} ({given_by}){coming}{opened}")
    return 0
