"""The jobs of tickets: three lines each, the work is in the actions."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .actions import close_ticket, deliver_message
from .queries import tickets_to_close


@app.task(name="tickets.deliver", retry=RetryStrategy(max_attempts=1000, wait=2))
def deliver(message: int) -> None:
    deliver_message(message, at=timezone.now())


@app.task(name="tickets.close_old", queueing_lock="tickets.close_old")
def close_old(timestamp: int = 0) -> None:
    """Tickets whose re-open window is over are closed, each in its own transaction; the next round finds what is left."""
    now = timezone.now()
    for ticket in tickets_to_close(now):
        close_ticket(ticket, at=now)
