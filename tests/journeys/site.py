"""A running demo site for one journey: made once per run, copied for each journey, started as a user starts it."""

import fcntl
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from newsstand.office.kit import clock

PATIENCE = 900.0
PORTS = itertools.cycle(range(50))  # those of this process


@dataclass(frozen=True)
class Mail:
    """A mail that was sent: the name under which the demo shows it, and its subject."""

    name: str
    subject: str


@dataclass
class Site:
    """The address of a running demo and the directory it works on."""

    url: str
    data: Path
    environment: dict[str, str]
    codes_taken: set[str] = field(default_factory=set)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `newsstand …` beside the running server."""
        return subprocess.run(
            [sys.executable, "-m", "newsstand.wiring.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def log_end(self, lines: int) -> str:
        """The last lines of what the running demo said."""
        log = self.data.parent / "demo.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    def mails(self, to: str) -> list[Mail]:
        """All mail that was sent to this address, oldest first, from where the demo keeps it."""
        kept = sorted((self.data / "mailbox").glob("*.eml"))
        found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in kept]
        return [
            Mail(path.stem, str(mail["Subject"]))
            for path, mail in zip(kept, found, strict=True)
            if parseaddr(str(mail["To"]))[1] == to
        ]

    def code_for(self, email: str) -> str:
        """The newest sign-in code that was mailed to this address and not asked for before."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            for mail in reversed(self.mails(email)):
                if mail.name in self.codes_taken:
                    break  # what is older was asked for even earlier
                if found := re.match(r"(\d{6}) is your code", mail.subject):
                    self.codes_taken.add(mail.name)
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no mail with a code came to {email}")


def free_port() -> int:
    """A port for a server that starts by and by: until then, nobody else is given it.

    It lies below those that the system hands out by itself, and among fifty that only this process asks for.
    """
    first = 12_000 + os.getpid() % 400 * 50
    for number in itertools.islice(PORTS, 50):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", first + number))
            return first + number
    raise AssertionError(f"all ports from {first} on are taken")


def _environment(data: Path, databases: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSSTAND_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "NEWSSTAND_DATA": str(data), **databases, "PYTHONUNBUFFERED": "1"}


# --- PostgreSQL: every copy of the site is a copy of two databases -------------------------------------------------


def _base_urls() -> dict[str, str]:
    names = ("NEWSSTAND_DATABASE_URL", "NEWSSTAND_SANDBOX_DATABASE_URL")
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def _with_name(url: str, name: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


def _connect(url: str):  # type: ignore[no-untyped-def]  # psycopg is there only for PostgreSQL runs
    import psycopg

    query = dict(parse_qsl(urlsplit(url).query))
    return psycopg.connect(f"postgresql:///postgres?{urlencode(query)}", autocommit=True)


def _databases(suffix: str, template: str | None) -> dict[str, str]:
    """Make one database per address, empty or as a copy; nothing on SQLite."""
    made = {}
    for number, (variable, url) in enumerate(_base_urls().items()):
        name = f"journey_{suffix}_{number}"
        source = f"journey_{template}_{number}" if template else "template1"
        with _connect(url) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        made[variable] = _with_name(url, name)
    return made


def _drop_databases(suffix: str) -> None:
    for number, url in enumerate(_base_urls().values()):
        with _connect(url) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "journey_{suffix}_{number}" WITH (FORCE)')


# --- making, copying, running ---------------------------------------------------------------------------------------


def prepare(shared: Path) -> Path:
    """Make the demo publication once for all workers of a test run, and return its directory."""
    shared.mkdir(parents=True, exist_ok=True)
    made = shared / "demo"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            suffix = shared.name.replace("-", "_")
            databases = _databases(suffix, None)
            site = Site("", made, _environment(made, databases))
            done = site.command("demo", "--prepare")
            assert done.returncode == 0, done.stdout + done.stderr
            if _month_ends_soon():
                done = site.command("demo", "clock", "+3d")
                assert done.returncode == 0, done.stdout + done.stderr
    return made


def _month_ends_soon() -> bool:
    """Whether a month may end during the run, and with it what the readers of the journeys have read for nothing."""
    now = clock.real_now()
    return (now + timedelta(days=2)).month != (now - timedelta(days=1)).month


@contextmanager
def copied(made: Path, directory: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """A copy of the prepared demo: its directory, and the environment of commands on it."""
    suffix, data = uuid.uuid4().hex[:12], directory / "site"
    # Nothing was counted yet, and the file of the counts looks larger than it is.
    shutil.copytree(made, data, ignore=shutil.ignore_patterns("visits"))
    databases = _databases(suffix, made.parent.name.replace("-", "_"))
    try:
        yield data, _environment(data, databases)
    finally:
        _drop_databases(suffix)


@contextmanager
def running(made: Path, directory: Path, *, web_workers: int = 1) -> Iterator[Site]:
    """A copy of the prepared demo, served on a port of its own for as long as this lasts."""
    port = free_port()
    with (
        copied(made, directory) as (data, environment),
        command(
            environment | {"NEWSSTAND_WEB_WORKERS": str(web_workers)}, directory, "demo", "--port", str(port)
        ),
    ):
        environment["NEWSSTAND_SITE_URL"] = f"http://127.0.0.1:{port}"
        yield Site(f"http://127.0.0.1:{port}", data, environment)


@contextmanager
def command(
    environment: dict[str, str], directory: Path, *words: str, says: str = "is ready"
) -> Iterator[None]:
    """`newsstand …`, once it has said that it is ready; it must stop cleanly when it is told to."""
    log = directory / f"{words[0]}.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "newsstand.wiring.cli", *words],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until(server, log, says)
            yield
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(PATIENCE)
    assert code == 0, log.read_text()


def _wait_until(server: "subprocess.Popen[bytes]", log: Path, says: str) -> None:
    limit = time.monotonic() + PATIENCE
    while says not in log.read_text():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < limit, log.read_text()
        time.sleep(0.05)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
