"""The words of `newsstand billing`. Every command can answer in JSON and ends with a line that says what it found."""

import argparse

PURE = {"simulate": "billing_simulate"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `billing` and its commands."""
    top = commands.add_parser(
        "billing",
        help="look after charges and books: newsstand billing --help",
        description="Look after charges and books. Exit codes: 0 all is right or done, 1 something was found or "
        "refused, 2 a wrong call.",
    )
    words = top.add_subparsers(dest="what", metavar="WHAT", required=True)
    simulate = _add(words, "simulate", "thousands of subscribers over years, in memory, with every invariant")
    simulate.add_argument("--subscribers", type=_positive, default=10_000, help="how many (default 10000)")
    simulate.add_argument("--years", type=_positive, default=2, help="how long (default 2)")
    simulate.add_argument("--seed", type=int, default=1, help="the same seed is the same story (default 1)")


def module_of(found: argparse.Namespace) -> str:
    """The module that does a command; the simulation needs no installation."""
    return PURE.get(found.what, "billing_office")


def _add(
    words: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, meaning: str
) -> argparse.ArgumentParser:
    one = words.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.")
    one.add_argument("--json", action="store_true", help="answer in JSON")
    return one


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
