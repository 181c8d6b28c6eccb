"""One parent, its web workers and one worker process. Stops cleanly on SIGTERM and on Ctrl-C."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from newsstand.wiring.env import Environment, SettingError, data_directory

RESTART_AFTER = 1.0  # seconds between the end of a worker that was not asked to stop and its next start
WAITING_CONNECTIONS = 1024  # the most that wait to be accepted
KEEP_ALIVE = 60  # seconds that a silent connection is kept
STOP_WITHIN = 10  # seconds that a worker may take to finish what it has begun when it is told to stop
WORKER_SILENT = 60  # seconds after which a web worker that gives no sign of life is replaced
SLOW_START = 60.0  # seconds after which a start that has not answered yet is worth a line


def run(*, address: str, port: int, greeting: Callable[[str], str]) -> int:
    """Get the installation ready, open the port, print the greeting, and serve until told to stop."""
    refuse_unusable(address, port)
    if run_command("prepare") != 0:
        return 1
    stopping = threading.Event()
    worker = threading.Thread(target=_keep_working, args=(stopping,), daemon=True)

    def greet_and_work(url: str) -> str:
        """The worker starts when the site answers: what waited is done already, and readers come first."""
        worker.start()
        return greeting(url)

    try:
        return serve("newsstand.wiring.asgi:together", address, port, greet_and_work)
    finally:
        stopping.set()
        if worker.ident is not None:
            worker.join(15)


def serve(target: str, address: str, port: int, greeting: Callable[[str], str]) -> int:
    """Run an application's web workers on a port until told to stop; the greeting comes when they answer.

    Returns 0, or another number where the application could not be started.
    """
    stopping = threading.Event()
    url = f"http://{address}:{port}/"
    threading.Thread(target=greet, args=(url, greeting, stopping), daemon=True).start()
    environment = Environment(data_directory())
    config = Config(
        target,
        factory=True,
        host=address,
        port=port,
        workers=min(environment.web_workers, os.cpu_count() or 1),
        loop="auto",
        http="newsstand.kiosk.wire:Wire",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=WAITING_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=STOP_WITHIN,
        timeout_worker_healthcheck=WORKER_SILENT,
    )
    workers = Multiprocess(config, sockets=[config.bind_socket()])
    try:
        workers.run()
    finally:
        stopping.set()
    return STARTUP_FAILURE if any(one.exitcode == STARTUP_FAILURE for one in workers.processes) else 0


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


def run_command(*words: str) -> int:
    return subprocess.call([sys.executable, "-m", "newsstand.wiring.cli", *words])


def _keep_working(stopping: threading.Event) -> None:
    """Keep one worker process running; it is started again if it ends by itself."""
    words = [sys.executable, "-m", "newsstand.wiring.cli", "work", "--parent", str(os.getpid())]
    while not stopping.is_set():
        worker = subprocess.Popen(words)
        while worker.poll() is None and not stopping.wait(0.1):
            pass
        if worker.poll() is None:
            worker.terminate()
            worker.wait(12)
        elif not stopping.wait(RESTART_AFTER):
            print(f"The worker ended with code {worker.returncode}; it is started again.", file=sys.stderr)


def greet(url: str, greeting: Callable[[str], str], stopping: threading.Event) -> None:
    """Print the greeting when the site answers, and not before; say so when that takes long."""
    began, told = time.monotonic(), False
    while not _answers(url):
        if not told and time.monotonic() - began > SLOW_START:
            print(f"Still starting; {url} does not answer yet.", file=sys.stderr, flush=True)
            told = True
        if stopping.wait(0.1):
            return
    print(greeting(url), flush=True)


def _answers(url: str) -> bool:
    """Whether somebody answers there, be it with an error page."""
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
