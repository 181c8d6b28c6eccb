"""Says who may read a page and why."""

import argparse
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from newsstand.office.access.queries import (
    Asked,
    CannotBeAsked,
    checked_moment,
    counted_by,
    explain_url,
    gift_token,
    publication,
    story_path,
)
from newsstand.office.accounts.queries import account_by_email
from newsstand.office.kit import clock
from newsstand.wiring.env import SettingError


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if there is no such story or reader, and if a token or address is not what it should be.

    A question that cannot be asked at all is a wrong call: 2.
    """
    path, at = _path(arguments.url), _moment(arguments.at)
    account = None
    if arguments.reader is not None:
        account = account_by_email(arguments.reader)
        if account is None:
            print(f"newsstand: no account has the e-mail address {arguments.reader!r}.", file=sys.stderr)
            return 1
    counted = counted_by(account, at) if account is not None and arguments.read is None else None
    asked = Asked(
        account=account,
        read=arguments.read or 0,
        counted=counted,
        gift=None if arguments.gift is None else gift_token(arguments.gift),
        address=arguments.from_network,
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


def _path(text: str) -> str:
    try:
        return story_path(text)
    except CannotBeAsked as error:
        raise SettingError(f"{error}.") from error


def _moment(text: str | None) -> datetime:
    """A moment without a zone is one of the publication's clocks."""
    if text is None:
        return clock.now()
    try:
        moment = checked_moment(datetime.fromisoformat(text))
    except CannotBeAsked as error:
        raise SettingError(f"{text!r} is no moment that can be asked about: {error}.") from error
    except ValueError as error:
        raise SettingError(f"{text!r} is no moment; write one like 2026-12-24T18:00+01:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(publication().zone))
