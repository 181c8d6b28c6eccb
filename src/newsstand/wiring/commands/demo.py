"""The demo publication: made once, then run; and its clock."""

import argparse
import os
import re
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from secrets import token_hex
from types import ModuleType

from newsstand.wiring import installation, supervise
from newsstand.wiring.demo import STAFF_EMAIL
from newsstand.wiring.env import Environment, SettingError, data_directory
from newsstand.wiring.installation import new_secrets


def run(arguments: argparse.Namespace) -> int:
    """Run the demo in the foreground, or move its clock."""
    if arguments.what == "clock":
        return _move_clock(arguments.span)
    data = data_directory()
    os.environ["NEWSSTAND_SITE_URL"] = f"http://127.0.0.1:{arguments.port}"
    if not arguments.prepare:
        supervise.refuse_used_port("127.0.0.1", arguments.port)
    if arguments.reset:
        installation.throw_away(data)
    if not installation.is_installation(data) and (code := _make()) != 0:
        return code
    if not installation.is_demo(data):
        raise SettingError(f"{data} is an installation but no demo; run it with `newsstand serve`.")
    if arguments.prepare:
        return 0
    return supervise.run(address="127.0.0.1", port=arguments.port, greeting=_greeting)


def _make() -> int:
    data = data_directory()
    place = data.relative_to(Path.cwd()) if data.is_relative_to(Path.cwd()) else data
    print(f"Making the demo publication in {place} …", flush=True)
    values = {
        **new_secrets(),
        "demo": True,
        "allow_sandbox_payments": True,
        "demo_password": f"harbour-{token_hex(4)}",
    }
    code = installation.make(data, values, [["prepare"], ["load-demo"]])
    if code != 0:
        print("newsstand: the demo was not made; nothing was kept.", file=sys.stderr)
    return code


def _greeting(url: str) -> str:
    password = Environment(data_directory()).demo_password
    return (
        f"Newsstand is ready: {url}\n"
        f"  Staff      {url}staff/  as {STAFF_EMAIL}  with the password {password}\n"
        f"  Mail       {url}mailbox/  (nothing leaves this machine)\n"
        f"  Card       4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined; no money is taken\n"
        f"  Stop it with Ctrl-C; what you did is kept."
    )


def _move_clock(span: str | None) -> int:
    if not installation.is_demo(data_directory()):
        raise SettingError(f"{data_directory()} is no demo, and only a demo's clock can be moved.")
    return int(import_module("newsstand.wiring.commands.django_setup").run(lambda: _move_ready_clock(span)))


def _move_ready_clock(span: str | None) -> int:
    demo_clock = import_module("newsstand.office.kit.demo_clock")
    clock = import_module("newsstand.office.kit.clock")
    if span is None:
        print(f"It is {clock.now():%A, %d %B %Y, %H:%M} UTC on the demo.")
        return 0
    due = demo_clock.next_due() if span == "due" else None
    if span == "due" and due is None:
        print("Nothing is due; the clock was not moved.")
        return 0
    try:
        now = demo_clock.advance(due - clock.now() if due else _ahead(span, demo_clock), by="system")
    except demo_clock.WorkerIsAway as problem:
        print(f"newsstand: {problem}", file=sys.stderr)
        return 1
    print(f"It is now {now:%A, %d %B %Y, %H:%M} UTC on the demo, and everything that fell due is done.")
    return 0


def _ahead(span: str, demo_clock: ModuleType) -> timedelta:
    """Whole days lead to a time of day at which the day's due things are done; hours and minutes are exact."""
    wanted = parse_span(span)
    return wanted if span[-1] != "d" else demo_clock.days_ahead(wanted.days)


def parse_span(text: str) -> timedelta:
    """`+28d`, `+6h` or `+30m` as a span of time."""
    match = re.fullmatch(r"\+?(\d{1,4})([dhm])", text)
    if match is None or int(match[1]) == 0:
        raise SettingError(
            f"{text!r} is no span of time; write one like +28d, +6h or +30m. The clock only moves ahead."
        )
    return timedelta(**{{"d": "days", "h": "hours", "m": "minutes"}[match[2]]: int(match[1])})
