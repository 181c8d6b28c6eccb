"""One web worker: a process of its own that serves an application on a port that its parent has taken.

`python -m newsstand.wiring.web_worker MODULE:FACTORY ADDRESS PORT SIGNS`. The application is loaded at once, and
served when a byte comes on the standard input. A byte goes down SIGNS, the number of an open file, when it is served,
and then every few seconds; nobody at the other end means that the parent is gone, and that nobody would stop this
worker.
"""

import gc
import os
import signal
import sys
from collections.abc import Sequence

from uvicorn import Config, Server

from newsstand.wiring.web_workers import bound

KEEP_ALIVE = 60  # seconds that a silent connection is kept
STOP_WITHIN = 10  # seconds that a worker may take to finish what it has begun when it is told to stop
WAITING_CONNECTIONS = 1024  # the most that wait to be accepted
SIGN_EVERY = 2  # seconds between two signs of life
SWITCH_AFTER = (
    0.001  # seconds for which a thread of the office may keep a reader's page waiting (Python's own: 5 ms)
)


def main(words: Sequence[str]) -> int:
    """Load, wait for the word, and serve until told to stop; what has begun is finished."""
    target, address, port, signs = words[0], words[1], int(words[2]), int(words[3])
    os.set_inheritable(signs, False)

    async def give_sign() -> None:
        try:
            os.write(signs, b".")
        except BrokenPipeError:
            os.kill(os.getpid(), signal.SIGTERM)

    config = Config(
        target,
        factory=True,
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
        callback_notify=give_sign,
        timeout_notify=SIGN_EVERY,
    )
    _load(config)
    sys.setswitchinterval(SWITCH_AFTER)
    if sys.stdin.buffer.read(1):
        Server(config).run(sockets=[bound(address, port)])
    return 0


def _load(config: Config) -> None:
    """What is loaded now stays: looking through it for garbage, now or later, would only take time."""
    gc.disable()
    config.load()
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # Ctrl-C reaches every process; the server has stopped cleanly by now
        sys.exit(0)
