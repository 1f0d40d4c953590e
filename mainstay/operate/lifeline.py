"""The string between the supervisor and its parts: when the supervisor is gone, however it died, its parts go too."""

import os
import signal
import sys
import threading

SUPERVISED = "MAINSTAY_SUPERVISED"
GO = b"g"
GRACE_SECONDS = 3.0


def wait_for_go() -> None:
    """In a part under a supervisor: returns when the database is ready for it, and ends the part with its supervisor.

    The part has its imports done by then, which is what makes a start quick. Started by hand: returns at once.
    """
    if os.environ.get(SUPERVISED) != "1":
        return
    if os.read(sys.stdin.fileno(), 1) != GO:
        sys.exit(1)
    threading.Thread(target=_end_with_supervisor, name="lifeline", daemon=True).start()


def _end_with_supervisor() -> None:
    """The pipe's other end is held by the supervisor alone: end of file means that it is gone."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_SECONDS)
    os._exit(1)
