"""Commands of `newsstand` that run in a process of their own, and end with the one that waits for them."""

import signal
import subprocess
import sys
from collections.abc import Mapping

STOPS = {signal.SIGINT, signal.SIGTERM}
STOP_WITHIN = 5  # seconds that a command may take to clean up


def run_command(*words: str, environment: Mapping[str, str] | None = None) -> int:
    """Run a command and wait for its exit code. Who is told to stop meanwhile stops the command first."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until it can be told: `main` lets them in again
    try:
        command = subprocess.Popen([sys.executable, "-m", "newsstand.wiring.cli", *words], env=environment)
    except BaseException:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        raise
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
        return command.wait()
    except BaseException:
        command.terminate()
        try:
            command.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            command.kill()
            command.wait()
        raise
