"""The words of `newsstand billing`. Every command can answer in JSON and ends with a line that says what it found."""

import argparse
from datetime import date

OTHERS = {"simulate": "billing_simulate", "sandbox": "billing_sandbox"}


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
    simulate.add_argument("--subscribers", type=_positive, help="how many (default 10000, or 300)")
    simulate.add_argument("--years", type=_positive, help="how long (default 2, or 1)")
    simulate.add_argument("--seed", type=int, default=1, help="the same seed is the same story (default 1)")
    simulate.add_argument(
        "--database",
        action="store_true",
        help="through the tables and the sandbox bank of this installation, which has to be empty",
    )

    _looking(words)
    _doing(words)
    _sandbox(words)


def _looking(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that only read."""
    _add(
        words,
        "due",
        "what is due, on its way and set aside; code 1 where it waits for an hour and nobody comes",
    )
    _add(words, "audit", "ask what must always hold of every subscription's and purchase's books")
    rebuild = _add(words, "rebuild", "make states and invoices anew from what was told, and compare")
    rebuild.add_argument("--verify", action="store_true", required=True, help="compare, and change nothing")
    preview = _add(words, "preview", "who is charged by the end of a day, how much and why, and who is not")
    preview.add_argument("--date", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    explain = _add(words, "explain", "all that happened to a subscription")
    explain.add_argument("subscription", help="its number, as in mails and on receipts")


def _doing(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Commands that may change something."""
    reconcile = _add(words, "reconcile", "compare with the gateways' own lists")
    reconcile.add_argument("--since", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
    reconcile.add_argument("--apply", action="store_true", help="take in what was unknown here")
    _add(words, "sweep", "find out what became of charges whose answer never came")
    for name, meaning in (("park", "charge a subscription no more"), ("unpark", "let it go on")):
        one = _add(words, name, meaning)
        one.add_argument("subscription", help="its number, as in mails and on receipts")
        one.add_argument("--why", required=True, help="kept in the log")
    price = _add(words, "new-price", "tell all who subscribe by an offer of another price, 30 days ahead")
    price.add_argument("offer", help="the offer's code")
    price.add_argument("amount", type=int, help="the price in smallest units: 249 for $2.49")
    _add_refund(words)
    for name, meaning in (("stop", "let no charge begin, anywhere"), ("go", "let charges begin again")):
        _add(words, name, meaning).add_argument("--why", required=True, help="kept in the log")


def _sandbox(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What is not named stays as it is."""
    one = _add(words, "sandbox", "say or set what becomes of the sandbox bank's messages on their way here")
    one.add_argument("--delay", metavar="FROM-TO", help="late by so many seconds, such as 0-3600")
    one.add_argument("--loss", type=int, metavar="PER CENT", help="lost; the bank's own list still has them")
    one.add_argument("--duplication", type=int, metavar="PER CENT", help="sent twice")
    one.add_argument("--disorder", type=int, metavar="PER CENT", help="overtaken by the next one")
    one.add_argument("--seed", type=int, help="the same seed is the same story (default 1)")
    one.add_argument("--none", action="store_true", help="let everything through again")


def _add_refund(words: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    refund = _add(words, "refund", "give money of an invoice back, of a subscription or a purchase")
    refund.add_argument("invoice", help="its number, as on the receipt")
    how_much = refund.add_mutually_exclusive_group(required=True)
    how_much.add_argument("--amount", metavar="1.50", help="a part, in the invoice's currency")
    how_much.add_argument("--all", action="store_true", help="all that is left of it")
    refund.add_argument(
        "--end", action="store_true", help="end the subscription or purchase as well, at once"
    )
    refund.add_argument(
        "--once", metavar="WORD", help="the same word for the same invoice again is one refund"
    )
    refund.add_argument("--why", required=True, help="kept in the log")


def module_of(found: argparse.Namespace) -> str:
    """The module that does a command; the simulation needs no installation, unless it is to go through one."""
    if found.what == "simulate" and found.database:
        return "billing_rehearse"
    return OTHERS.get(found.what, "billing_office")


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
