"""One run of wrk, and what it told."""

import json
import os
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.rows import Ask
from bench.servers import Running
from bench.tools import tool

SCRIPT = Path(__file__).with_name("load.lua")
CONNECTIONS = 64


class FailedRow(RuntimeError):
    """An answer was lost, or was neither 2xx nor 304."""


@dataclass(frozen=True, slots=True)
class Load:
    """What one run reached. Times in milliseconds; processor time a request in microseconds."""

    per_second: float
    p50: float
    p99: float
    p999: float
    worst: float
    requests: int
    server_cpu: float
    load_cpu: float


def run(running: Running, ask: Ask, server: str, seconds: int, connections: int = CONNECTIONS) -> Load:
    """Load a server for so many seconds. Raises FailedRow for any answer that is not as it must be."""
    command = [tool("wrk"), "-t2", f"-c{connections}", f"-d{seconds}", "--timeout", "10"]
    command += ["-s", str(SCRIPT), f"http://127.0.0.1:{running.port}"]
    environment = {**os.environ, **ask.environment(server)}
    before, load_before = running.cpu_seconds(), _load_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    server_seconds = running.cpu_seconds() - before
    load_seconds = _load_seconds() - load_before
    lines = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    if done.returncode != 0 or len(lines) != 1:
        raise FailedRow(f"wrk ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    told = json.loads(lines[0].removeprefix("BENCH "))
    wrong = {name: told[name] for name in ("connect", "read", "write", "status", "timeout", "exhausted")}
    if any(wrong.values()) or not told["requests"]:
        raise FailedRow(f"{server}, {ask.path}: {told['requests']} answers, of them wrong: {wrong}")
    return Load(
        per_second=told["requests"] / told["microseconds"] * 1e6,
        p50=told["p50"] / 1000,
        p99=told["p99"] / 1000,
        p999=told["p999"] / 1000,
        worst=told["max"] / 1000,
        requests=told["requests"],
        server_cpu=server_seconds / told["requests"] * 1e6,
        load_cpu=load_seconds / told["requests"] * 1e6,
    )


def _load_seconds() -> float:
    """The processor time of all runs of wrk so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
