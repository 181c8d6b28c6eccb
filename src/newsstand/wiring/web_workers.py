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


def bound(address: str, port: int) -> socket.socket:
    """A socket on a port that nobody else has; processes of ours may share it.

    Each worker listens on a socket of its own, and the kernel gives each as many connections: of one that they
    shared, the first to wake would take all that a crowd opens at once.
    """
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((address, port))
    return made


@dataclass(slots=True)
class _Worker:
    """One process, and when its last sign of life came; `heard_at` is None until it serves."""

    process: "subprocess.Popen[bytes]"
    signs: int
    heard_at: float | None = None

    def serve(self) -> None:
        """Say the word: it may open the port as soon as it is loaded."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b".")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended, and is found so at the next look

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
        """Let go of its pipes."""
        os.close(self.signs)
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass(slots=True)
class WebWorkers:
    """So many processes that serve `target` (`module:factory`) on one port."""

    target: str
    address: str
    port: int
    number: int
    _workers: list[_Worker] = field(default_factory=list)
    _has_served: bool = False

    def load_first(self) -> None:
        """Let the first one load what it needs; it serves when `run` is called."""
        self._workers.append(self._start())

    def run(self, stopping: threading.Event) -> int:
        """Let them serve and keep them running until `stopping`; then let them finish what they have begun.

        Returns 0, or the code with which a worker ended before any worker had served: another start would end alike.
        """
        for worker in self._workers:
            worker.serve()
        while len(self._workers) < self.number:
            self._workers.append(self._start_serving())
        code = 0
        while code == 0 and not stopping.wait(LOOK_EVERY):
            code = self._look(stopping)
        self.stop()
        return code

    def stop(self) -> None:
        """Let all of them finish what they have begun, and end."""
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
        self._workers.clear()

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
            self._workers[place] = self._start_serving()
        return 0

    def _start_serving(self) -> _Worker:
        worker = self._start()
        worker.serve()
        return worker

    def _start(self) -> _Worker:
        ours, theirs = os.pipe()
        os.set_blocking(ours, False)
        words = [sys.executable, "-m", "newsstand.wiring.web_worker", self.target]
        try:
            process = subprocess.Popen(
                [*words, self.address, str(self.port), str(theirs)], stdin=subprocess.PIPE, pass_fds=(theirs,)
            )
        finally:
            os.close(theirs)
        return _Worker(process, ours)
