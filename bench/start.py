"""How soon `newsstand kiosk` and `newsstand serve` answer after their start, and what a worker of each then holds."""

import argparse
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import psutil

from bench import servers
from bench.__main__ import HOME, installation

MUST_SECONDS = {"kiosk": 0.5, "serve": 3.0}
MUST_KIOSK_MB = 40
_LOOK_SECONDS = 0.005


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if something took too long, or a kiosk's worker is too large."""
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument(
        "--times", type=int, default=5, help="starts of each; medians are printed (default 5)"
    )
    parser.add_argument("--home", type=Path, default=HOME, help="where all is laid (default var/bench)")
    asked = parser.parse_args(arguments)
    data, has_office = installation(asked.home.absolute())
    is_right = True
    for command in ("kiosk", "serve") if has_office else ("kiosk",):
        starts = [_start(command, data) for _ in range(asked.times)]
        seconds, megabytes = (median(values) for values in zip(*starts, strict=True))
        print(f"{command}: first answer after {seconds:.2f} s, a worker's USS {megabytes:.0f} MB")
        is_right = is_right and seconds <= MUST_SECONDS[command]
        is_right = is_right and (command != "kiosk" or megabytes < MUST_KIOSK_MB)
    return 0 if is_right else 1


def _start(command: str, data: Path) -> tuple[float, float]:
    """Seconds to the first answer, and the megabytes that no other process shares of the largest worker."""
    port = servers.free_port()
    environment = servers.installation_environment(data) | {"NEWSSTAND_WEB_WORKERS": "2"}
    words = [sys.executable, "-m", "newsstand.wiring.cli", command, "--port", str(port)]
    began = time.perf_counter()
    process = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"{command} ended with {process.returncode}")
            time.sleep(_LOOK_SECONDS)
        took = time.perf_counter() - began
        time.sleep(1)
        workers = [
            one
            for one in psutil.Process(process.pid).children()
            if "newsstand.wiring.web_worker" in one.cmdline()
        ]
        return took, max(one.memory_full_info().uss for one in workers) / 1e6
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n")
            return connection.recv(9).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
