"""Says who may read a page and why."""

import argparse
import sys
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from newsstand.office.access.queries import Asked, counted_by, explain_url
from newsstand.office.accounts.queries import account_by_email
from newsstand.office.kit import clock
from newsstand.wiring.env import SettingError


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if there is no such story or reader, and if a token or address is not what it should be."""
    account = None
    if arguments.reader:
        account = account_by_email(arguments.reader)
        if account is None:
            print(f"newsstand: no account has the e-mail address {arguments.reader}.", file=sys.stderr)
            return 1
    path = urlsplit(arguments.url).path or "/"
    at = _moment(arguments.at)
    counted = counted_by(account, at) if account is not None and arguments.read is None else None
    asked = Asked(
        account=account,
        read=arguments.read or 0,
        counted=counted,
        gift=_token(arguments.gift or ""),
        address=arguments.from_network or "",
    )
    found = explain_url(path, asked, at)
    if found is None:
        print(f"newsstand: {path} is no published story.", file=sys.stderr)
        return 1
    print(found.editor)
    for number, step in enumerate(found.steps, start=1):
        print(f"  {number}. {step}")
    for name, reason in found.refused.items():
        option = {"gift": "--gift", "address": "--from-network"}[name]
        print(f"newsstand: {option} was left out of the question: {reason}.", file=sys.stderr)
    return 1 if found.refused else 0


def _token(text: str) -> str:
    """The token of a gift's link, given alone or as the whole link."""
    return parse_qs(urlsplit(text).query).get("gift", [text])[0] if "gift=" in text else text


def _moment(text: str | None) -> datetime:
    if text is None:
        return clock.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"{text!r} is no moment; write one like 2026-12-24T18:00+01:00.") from error
    return moment if moment.tzinfo else moment.astimezone()
