"""The command `newsstand`. Each command works on the installation that NEWSSTAND_DATA names."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from types import FrameType, ModuleType
from typing import NoReturn

from newsstand.rules.gate.policy import LARGEST_ALLOWANCE
from newsstand.wiring.child import STOPS
from newsstand.wiring.commands import billing_words
from newsstand.wiring.env import SettingError

DESCRIPTION = """Newsstand: software for an independent newsroom that lives from its readers.

Every command works on one installation, a directory with its database, pictures, shelf and settings file. It is
named by the environment variable NEWSSTAND_DATA; without it, var/demo below the present directory is taken."""


def parser() -> argparse.ArgumentParser:
    """All commands with their help."""
    top = argparse.ArgumentParser(
        prog="newsstand", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _serving(commands)
    _making(commands)
    _newsroom(commands)
    _access(commands)
    billing_words.add(commands)
    commands.add_parser(
        "manage", help="Django's and Wagtail's own commands: newsstand manage help", add_help=False
    )
    return top


def _serving(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="run the demo publication; `demo clock +28d` moves its clock",
        description="Make the demo publication, if it is not there yet, and run it in the foreground. "
        "`newsstand demo clock +28d` moves the clock of a demo, running or not, from due moment to due moment.",
    )
    demo.add_argument(
        "what", nargs="?", choices=["clock"], help="move the demo's clock instead of running it"
    )
    demo.add_argument(
        "span", nargs="?", help="how far: +1d, +28d, +6h; `due` for the next moment at which something is due"
    )
    demo.add_argument("--port", type=_port, default=8000, help="port on 127.0.0.1 (default 8000)")
    demo.add_argument("--reset", action="store_true", help="throw away what was done and begin anew")
    demo.add_argument("--prepare", action="store_true", help="only make the demo publication, do not run it")

    serve = commands.add_parser("serve", help="run the site: kiosk, office and worker on one port")
    serve.add_argument("--port", type=_port, default=8000, help="port (default 8000)")
    serve.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")

    apart = {
        "kiosk": (8000, "run only the kiosk: readers' pages from the shelf, without Django"),
        "office": (8001, "run only the office, behind a kiosk or beside it"),
    }
    for name, (port, meaning) in apart.items():
        one = commands.add_parser(name, help=meaning)
        one.add_argument("--port", type=_port, default=port, help=f"port (default {port})")
        one.add_argument("--address", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")

    work = commands.add_parser("work", help="run only the worker: what follows a change, and what falls due")
    work.add_argument("--parent", type=int, default=0, help="stop when this process is gone")


def _making(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """A new installation; the commands without a line of help are called by others here."""
    init = commands.add_parser("init", help="make a new, empty installation in NEWSSTAND_DATA")
    init.add_argument("--name", required=True, help="name of the publication")
    init.add_argument("--zone", default="UTC", help="its time zone, such as Europe/Berlin")
    init.add_argument("--currency", default="USD", help="three letters (default USD)")
    init.add_argument(
        "--language",
        default="en",
        metavar="LOCALE",
        help="of all pages and mails: en, en_GB, de, de_AT … (default en)",
    )
    init.add_argument("--support", required=True, metavar="E-MAIL", help="where readers write for help")
    init.add_argument("--site-url", default="http://127.0.0.1:8000", help="the public address")
    commands.add_parser("load-demo", add_help=False)
    prepare = commands.add_parser("prepare", add_help=False)
    prepare.add_argument("--beside-worker", action="store_true")
    found = commands.add_parser("found", add_help=False)
    for name in ("--name", "--zone", "--currency", "--language", "--support"):
        found.add_argument(name, required=True)


def _newsroom(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    publish = commands.add_parser(
        "publish",
        help="publish stories from Markdown files",
        description="Create or update stories, by slug, from Markdown with YAML front matter; "
        "<!-- paywall --> marks where the wall stands. Prints one line for each file.",
    )
    publish.add_argument("files", nargs="+", metavar="FILE.md")

    print_ = commands.add_parser("print", help="print pages onto the shelf")
    print_.add_argument("--all", action="store_true", required=True, help="every page, anew")


def _access(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser("explain", help="say who may read a page and why")
    explain.add_argument("url", help="address or path of a story")
    who = explain.add_mutually_exclusive_group()
    who.add_argument("--reader", type=_given, metavar="E-MAIL", help="as this account")
    who.add_argument("--anonymous", action="store_true", help="as somebody unknown (the default)")
    explain.add_argument(
        "--read",
        type=_so_many,
        metavar="N",
        help=f"who has read N other counted stories, at most {LARGEST_ALLOWANCE} "
        "(default: what was counted for the reader, else 0)",
    )
    explain.add_argument(
        "--gift", type=_given, metavar="TOKEN", help="who followed this gift link, whole or its token alone"
    )
    explain.add_argument("--from-network", type=_given, metavar="IP", help="who comes from this address")
    explain.add_argument(
        "--at",
        type=_given,
        metavar="TIME",
        help="at this moment, such as 2026-12-24T18:00+01:00; without a zone, by the publication's clocks",
    )

    audit = commands.add_parser(
        "audit",
        help="look for text that reaches readers who may not read it",
        description="Walk a running site as eight kinds of readers, follow every link, and look for words that "
        "stand only below the line of stories that such a reader may not read. Makes six accounts for the time of "
        "the walk, and reads as readers do: what it reads is counted.",
    )
    audit.add_argument("what", choices=["leaks"])
    audit.add_argument("--base", metavar="URL", help="where the site answers (default: where it was started)")
    audit.add_argument(
        "--most",
        type=_some,
        default=2000,
        metavar="N",
        help="addresses for each reader at most (default 2000)",
    )

    access = commands.add_parser("access", help="say what the access rules make of the archive")
    access.add_argument(
        "what", choices=["report"], help="report: each story, its level now, its next one, and why"
    )
    access.add_argument("--csv", action="store_true", help="as comma-separated values")


def _given(text: str) -> str:
    """What an option was given; a script's empty variable must not ask another question."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    return text


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 1 to 65535")
    return int(text)


def _some(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


def _so_many(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > LARGEST_ALLOWANCE:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {LARGEST_ALLOWANCE}")
    return int(text)


# Commands that work on the rows of an installation; the others begin before there is one, or supervise.
WITH_DJANGO = {
    "work",
    "publish",
    "explain",
    "access",
    "audit",
    "print",
    "load-demo",
    "prepare",
    "found",
    "billing_office",
    "billing_rehearse",
    "billing_sandbox",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 for done, 1 for a refusal, 2 for a wrong call or setting."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:  # this process is the command, and takes back what it has begun when told to stop
        signal.signal(signal.SIGTERM, _stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsstand.wiring.settings")
    try:
        if words[:1] == ["manage"]:
            return _module("manage").run(words[1:])
        found = parser().parse_args(words)
        if found.command == "billing":
            found.command = billing_words.module_of(found)
        command = partial(_run, found)
        return int(_module("django_setup").run(command)) if found.command in WITH_DJANGO else command()
    except SettingError as error:
        print(f"newsstand: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(found: argparse.Namespace) -> int:
    return int(_module(found.command.replace("-", "_")).run(found))


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


def _module(name: str) -> ModuleType:
    """A command's module, loaded only when it is called, so that `newsstand --help` needs no installation."""
    return importlib.import_module(f"newsstand.wiring.commands.{name}")


if __name__ == "__main__":
    sys.exit(main())
