"""The jobs of tickets: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import (
    assign_by_turn,
    assign_waiting,
    close_ticket,
    deliver_message,
    requeue_of_the_missing,
    set_missing_alarms,
    wake_since_other_is_over,
    watch_duty,
)
from .queries import tickets_to_close, tickets_waiting_for


@app.task(name="tickets.deliver", retry=RetryStrategy(max_attempts=1000, wait=2))
def deliver(message: int) -> None:
    deliver_message(message, at=timezone.now())


@app.task(name="tickets.close_old", queueing_lock="tickets.close_old")
def close_old(timestamp: int = 0) -> None:
    """Tickets whose re-open window is over are closed, each in its own transaction; the next round finds what is left."""
    now = timezone.now()
    for ticket in tickets_to_close(now):
        close_ticket(ticket, at=now)


@app.task(name="tickets.assign", retry=RetryStrategy(max_attempts=5, wait=2))
def assign(ticket: int) -> None:
    assign_by_turn(ticket, at=timezone.now())


@app.task(name="tickets.look_after_duty", queueing_lock="tickets.look_after_duty")
def look_after_duty(timestamp: int = 0) -> None:
    """Tickets of those who went away are in the queue again, those in the queue are given out, and troubles are told."""
    now = timezone.now()
    requeue_of_the_missing(now)
    assign_waiting(now)
    watch_duty(now)


@app.task(name="tickets.set_alarms", queueing_lock="tickets.set_alarms")
def set_alarms(timestamp: int = 0) -> None:
    """The thread that rings does it when it begins; a recount that mends figures may leave a ticket without an alarm."""
    set_missing_alarms(at=timezone.now())


@app.task(name="tickets.wake_those_waiting", retry=RetryStrategy(max_attempts=5, wait=2))
def wake_those_waiting(ticket: int) -> None:
    for key in tickets_waiting_for(ticket):
        wake_since_other_is_over(key, of=ticket, at=timezone.now())
