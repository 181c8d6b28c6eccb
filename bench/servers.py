"""The servers that are measured, started and stopped: nginx, `newsstand kiosk` and `newsstand serve`."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.tools import tool

START_SECONDS = 300
_NGINX = """
worker_processes 2;
pid {home}/nginx.pid;
error_log {home}/nginx-errors.log;
daemon off;
{user}
events {{ worker_connections 2048; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    default_type text/html;
    gzip_static on;
    gzip_vary on;
    client_body_temp_path {home}/tmp;
    proxy_temp_path {home}/tmp;
    fastcgi_temp_path {home}/tmp;
    uwsgi_temp_path {home}/tmp;
    scgi_temp_path {home}/tmp;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        root {home}/www;
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: its port, and the session that all its processes are in."""

    port: int
    session: int

    def cpu_seconds(self) -> float:
        """The processor time that its processes have taken so far."""
        ticks = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended while we looked
            if int(fields[3]) == self.session:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def nginx(home: Path) -> Iterator[Running]:
    """nginx with two workers over the files in `home/www`; gives it running."""
    port = free_port()
    home.mkdir(parents=True, exist_ok=True)
    (home / "tmp").mkdir(exist_ok=True)
    configuration = home / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    configuration.write_text(_NGINX.format(home=home, port=port, user=user))
    command = [tool("nginx"), "-c", str(configuration), "-e", str(home / "nginx-errors.log")]
    with _running(command, port, dict(os.environ)) as session:
        yield Running(port, session)


@contextmanager
def newsstand(command: str, data: Path, *, workers: int = 2) -> Iterator[Running]:
    """`newsstand kiosk` or `newsstand serve` on an installation; gives it running."""
    port = free_port()
    environment = installation_environment(data) | {"NEWSSTAND_WEB_WORKERS": str(workers)}
    words = [sys.executable, "-m", "newsstand.wiring.cli", command, "--port", str(port)]
    with _running(words, port, environment) as session:
        yield Running(port, session)


def installation_environment(data: Path) -> dict[str, str]:
    """The environment of a command on this installation, and of no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSSTAND_")}
    source = str(Path(__file__).parents[1] / "src")
    return kept | {"NEWSSTAND_DATA": str(data), "PYTHONPATH": source}


@contextmanager
def _running(command: list[str], port: int, environment: dict[str, Any]) -> Iterator[int]:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(process, port, command)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(process: "subprocess.Popen[bytes]", port: int, command: list[str]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{' '.join(command)} did not open its port in {START_SECONDS} s")
