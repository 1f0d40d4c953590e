"""Hears what happens to tickets (`settings.TICKET_HEARERS`) and leaves the work to a job, in the same transaction."""

from mainstay.jobs.queue import enqueue
from mainstay.tickets.models import TicketEvent

from .queries import is_heard

RUN = "automation.run"


def hear(event: TicketEvent) -> None:
    if is_heard(event.kind):
        enqueue(RUN, event=event.pk)
