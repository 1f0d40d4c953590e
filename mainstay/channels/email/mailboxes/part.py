"""All mailboxes of a desk in one process: a poller for each active one, replaced when its set-up changes."""

import logging
import threading
import time

from django.db import InterfaceError, OperationalError, connection

from .polling import Pace, Poller
from .queries import active_versions

log = logging.getLogger(__name__)

# A stop takes less than 2 s: the mail in hand is finished, then nobody waits for a server any more.
STOP_SECONDS = 0.8
HANG_UP_SECONDS = 0.8


def fetch_until(stopped: threading.Event, pace: Pace | None = None) -> None:
    """Until `stopped`: mail is fetched from every active mailbox; changes of the set-up count within seconds."""
    pace = pace or Pace()
    pollers: dict[int, Poller] = {}
    try:
        while not stopped.is_set():
            try:
                _follow(active_versions(), pollers, pace)
            except (OperationalError, InterfaceError) as fault:
                log.warning("mailboxes wait for the database: %s", fault)
                connection.close()
            stopped.wait(pace.look_seconds)
    finally:
        _stop(list(pollers.values()))
        connection.close()


def _follow(wanted: dict[int, int], pollers: dict[int, Poller], pace: Pace) -> None:
    """Afterwards there is a living poller for each wanted mailbox and version, and no other."""
    leaving = {
        key: poller for key, poller in pollers.items() if wanted.get(key) != poller.version or not poller.is_alive()
    }
    _stop(list(leaving.values()))
    for key in leaving:
        del pollers[key]
    for key, version in wanted.items():
        if key not in pollers:
            pollers[key] = Poller(key, version, pace)
            pollers[key].start()


def _stop(pollers: list[Poller]) -> None:
    for poller in pollers:
        poller.stop()
    _wait_for(pollers, STOP_SECONDS)
    for poller in pollers:
        poller.hang_up()
    _wait_for(pollers, HANG_UP_SECONDS)


def _wait_for(pollers: list[Poller], seconds: float) -> None:
    end = time.monotonic() + seconds
    for poller in pollers:
        poller.join(max(end - time.monotonic(), 0))
