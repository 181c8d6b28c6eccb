"""The web workers of one port: started, watched, replaced and stopped.

Each executes a small module of its own, so that the parent loads nothing of what the workers need.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

LOOK_EVERY = 0.1  # seconds between two looks at the workers
SILENT = 60.0  # seconds after which a worker that has served and gives no sign of life any more is replaced
STOP_WITHIN = 15.0  # seconds after which a worker that was told to stop is killed
RESTART_AFTER = 1.0  # seconds between the end of a worker that was not told to stop and its next start


@dataclass(slots=True)
class _Worker:
    """One process, and when its last sign of life came; `heard_at` is None until it serves."""

    process: "subprocess.Popen[bytes]"
    signs: int
    heard_at: float | None = None

    def listen(self, now: float) -> None:
        """Take the signs of life that have come."""
        try:
            if os.read(self.signs, 4096):
                self.heard_at = now
        except BlockingIOError:
            pass

    def is_lost(self, now: float) -> bool:
        """Whether it has ended, or served once and has been silent for long; then it is ended."""
        if self.process.poll() is None and self.heard_at is not None and now - self.heard_at > SILENT:
            self.process.kill()
            self.process.wait()
        return self.process.returncode is not None

    def forget(self) -> None:
        """Let go of its pipe."""
        os.close(self.signs)


@dataclass(slots=True)
class WebWorkers:
    """So many processes that serve `target` (`module:factory`) on one listening socket."""

    target: str
    listening: socket.socket
    number: int
    _workers: list[_Worker] = field(default_factory=list)
    _has_served: bool = False

    def run(self, stopping: threading.Event) -> int:
        """Start them and keep them running until `stopping`; then let them finish what they have begun.

        Returns 0, or the code with which a worker ended before any worker had served: another start would end alike.
        """
        self._workers = [self._start() for _ in range(self.number)]
        code = 0
        while code == 0 and not stopping.wait(LOOK_EVERY):
            code = self._look(stopping)
        self._stop()
        return code

    def _look(self, stopping: threading.Event) -> int:
        now = time.monotonic()
        for worker in self._workers:
            worker.listen(now)
        self._has_served = self._has_served or any(one.heard_at is not None for one in self._workers)
        for place, worker in enumerate(self._workers):
            if not worker.is_lost(now):
                continue
            code = worker.process.returncode
            if not self._has_served:
                return code or 1
            print(f"A web worker ended with code {code}; it is started again.", file=sys.stderr, flush=True)
            if stopping.wait(RESTART_AFTER):
                return 0
            worker.forget()
            self._workers[place] = self._start()
        return 0

    def _start(self) -> _Worker:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        listening = self.listening.fileno()
        module = [sys.executable, "-m", "newsstand.wiring.web_worker"]
        try:
            process = subprocess.Popen(
                [*module, self.target, str(listening), str(theirs)], pass_fds=(listening, theirs)
            )
        finally:
            os.close(theirs)
        return _Worker(process, ours)

    def _stop(self) -> None:
        until = time.monotonic() + STOP_WITHIN
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            try:
                worker.process.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.forget()
