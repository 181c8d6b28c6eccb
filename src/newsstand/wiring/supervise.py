"""One parent, its web workers and one worker process. Stops cleanly on SIGTERM and on Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from newsstand.wiring.child import run_command
from newsstand.wiring.env import Environment, SettingError, data_directory
from newsstand.wiring.web_workers import RESTART_AFTER, WebWorkers, bound

BEHIND_READERS = (
    5  # how much nicer the worker is than the web workers: what follows a change waits for readers
)
WORKER_STOPS_WITHIN = 12.0  # seconds; after them the site stops without waiting for it
SLOW_START = 60.0  # seconds after which a start that has not answered yet is worth a line


def run(*, address: str, port: int, greeting: Callable[[str], str]) -> int:
    """Get the installation ready, open the port, print the greeting, and serve until told to stop."""
    stopping = threading.Event()
    worker = threading.Thread(target=_keep_working, args=(stopping,), daemon=True)

    def greet_and_work(url: str) -> str:
        """The worker starts when the site answers: what waited is done already, and readers come first."""
        worker.start()
        return greeting(url)

    try:
        return serve("newsstand.wiring.asgi:together", address, port, greet_and_work, first=["prepare"])
    finally:
        stopping.set()
        if worker.ident is not None:
            worker.join(15)


def serve(
    target: str,
    address: str,
    port: int,
    greeting: Callable[[str], str],
    *,
    first: Sequence[str] = (),
) -> int:
    """Run an application's web workers on a port until told to stop; the greeting comes when they answer.

    The command `first` gets the installation ready before the port is opened; a worker loads the application
    meanwhile. Returns 0, or another number where the application could not be started.
    """
    refuse_unusable(address, port)
    stopping = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, lambda _number, _frame: stopping.set())
    # The port is ours from now on, and nobody is let in yet: the workers do that when they listen.
    with bound(address, port):
        number = min(Environment(data_directory()).web_workers, os.cpu_count() or 1)
        workers = WebWorkers(target, address, port, number)
        try:
            if first:
                workers.load_first()
                if run_command(*first) != 0:
                    return 1
            threading.Thread(target=greet, args=(address, port, greeting, stopping), daemon=True).start()
            return workers.run(stopping)
        finally:
            stopping.set()
            workers.stop()


def refuse_unusable(address: str, port: int) -> None:
    """Refuse a directory that is no installation, and a port that somebody else has."""
    Environment(data_directory()).required("secret_key")
    refuse_used_port(address, port)


def refuse_used_port(address: str, port: int) -> None:
    """Say in one sentence that somebody else has the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise SettingError(
                f"port {port} on {address} cannot be used ({error.strerror}); name another one, such as {port + 1}."
            ) from error


def _keep_working(stopping: threading.Event) -> None:
    """Keep one worker process running; it is started again if it ends by itself."""
    words = [sys.executable, "-m", "newsstand.wiring.cli", "work", "--parent", str(os.getpid())]
    while not stopping.is_set():
        worker = subprocess.Popen(words)
        os.setpriority(os.PRIO_PROCESS, worker.pid, BEHIND_READERS)
        while worker.poll() is None and not stopping.wait(0.1):
            pass
        if worker.poll() is None:
            _stop(worker)
        elif not stopping.wait(RESTART_AFTER):
            print(f"The worker ended with code {worker.returncode}; it is started again.", file=sys.stderr)


def _stop(worker: "subprocess.Popen[bytes]") -> None:
    """Let the worker finish what it has begun. One that needs long for that is left alone: it ends by itself."""
    worker.terminate()
    try:
        worker.wait(WORKER_STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        print("The worker finishes what it has begun; it stops by itself then.", file=sys.stderr, flush=True)


def greet(address: str, port: int, greeting: Callable[[str], str], stopping: threading.Event) -> None:
    """Print the greeting when the site answers, and not before; say so when that takes long."""
    began, told = time.monotonic(), False
    url = f"http://{f'[{address}]' if ':' in address else address}:{port}/"
    while not _answers(address, port):
        if not told and time.monotonic() - began > SLOW_START:
            print(f"Still starting; {url} does not answer yet.", file=sys.stderr, flush=True)
            told = True
        if stopping.wait(0.1):
            return
    print(greeting(url), flush=True)


def _answers(address: str, port: int) -> bool:
    """Whether somebody answers there, be it with an error page."""
    question = f"GET / HTTP/1.1\r\nHost: {address}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((address, port), timeout=5) as connection:
            connection.sendall(question.encode())
            return connection.recv(9).startswith(b"HTTP/1.")
    except OSError:
        return False
