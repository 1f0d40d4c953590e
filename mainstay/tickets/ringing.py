"""The work of ringing alarms and waking tickets: sleeps until the next is due, does it within the second, and goes on
whatever happens."""

import logging
import threading
from datetime import datetime

import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from .actions import put_off_alarms, put_off_waking, ring_alarms, set_missing_alarms, wake_at_its_moment
from .queries import alarms_due, next_moment_at, tickets_to_wake

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5  # the next alarm may be a new one, and the clock may have been set
HELD_SECONDS = 0.1  # what is due and was not rung is held by somebody
AFTER_TROUBLE_SECONDS = 1.0


def ring_alarms_until(stopped: threading.Event) -> None:
    """Until `stopped`: each alarm is rung, and each snooze ended, on its second. Ends between two of them.

    The wall clock is read anew each time, so that a clock that was set is believed at once.
    """
    has_looked = False
    while not stopped.is_set():
        try:
            if not has_looked:
                set_missing_alarms(at=timezone.now())
                has_looked = True
            _ring_while_connected(stopped)
        except (psycopg.Error, OperationalError, InterfaceError) as problem:
            log.warning("ringing alarms waits for the database: %s", problem)
            close_old_connections()
            stopped.wait(AFTER_TROUBLE_SECONDS)
        except Exception:
            # Whatever it was: the alarms that are due wait, and ringing goes on when it is over.
            log.exception("ringing alarms stumbled")
            connection.close()
            stopped.wait(AFTER_TROUBLE_SECONDS)
    connection.close()


def _ring_while_connected(stopped: threading.Event) -> None:
    while not stopped.is_set():
        close_old_connections()
        now = timezone.now()
        if not ring_due_alarms(now) + wake_due_tickets(now):
            stopped.wait(seconds_to_wait(next_moment_at(), timezone.now()))


def ring_due_alarms(at: datetime) -> int:
    """Every alarm that is due now, up to a batch of tickets, is rung, each ticket by itself; how many tickets had any."""
    return sum(_rung(ticket, at) for ticket in alarms_due(at))


def _rung(ticket: int, at: datetime) -> bool:
    try:
        return ring_alarms(ticket, at=at)
    except (psycopg.Error, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("the alarms of the ticket with the key %s could not be rung", ticket)
        put_off_alarms(ticket, at=at)
        return False


def wake_due_tickets(at: datetime) -> int:
    """Every ticket whose snooze is over now, up to a batch, is awake, each by itself; how many were asleep."""
    return sum(_woken(ticket, at) for ticket in tickets_to_wake(at))


def _woken(ticket: int, at: datetime) -> bool:
    try:
        return wake_at_its_moment(ticket, at=at)
    except (psycopg.Error, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("the ticket with the key %s could not be woken", ticket)
        put_off_waking(ticket, at=at)
        return False


def seconds_to_wait(due: datetime | None, at: datetime) -> float:
    """How long nothing needs to be looked at; never longer than half a second."""
    if due is None:
        return LOOK_AGAIN_SECONDS
    return min(LOOK_AGAIN_SECONDS, max(HELD_SECONDS if due <= at else 0.0, (due - at).total_seconds()))
