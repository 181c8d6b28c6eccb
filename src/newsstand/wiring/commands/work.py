"""The worker process."""

import argparse
import os
import signal
import sys
import threading
from types import FrameType

from newsstand.office.kit import worker


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C, or until the process that started it is gone."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if arguments.parent:
        threading.Thread(target=_watch, args=(arguments.parent, stop), daemon=True).start()
    try:
        with worker.only_worker(worker.lock_directory()):
            worker.Worker().run(stop)
    except worker.WorkerRuns as refusal:
        print(f"newsstand: {refusal}; one is enough.", file=sys.stderr)
        return 1
    return 0


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()
