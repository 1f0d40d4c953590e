"""Hears that a ticket was resolved, and plans the question."""

from mainstay.jobs.queue import enqueue
from mainstay.tickets import events
from mainstay.tickets.models import TicketEvent

from .queries import asks
from .rules import ASK_AFTER

ASK = "satisfaction.ask"


def hear(event: TicketEvent) -> None:
    """Only what a person resolved asks anybody: the desk itself closes what nobody answered."""
    if event.kind == events.RESOLVED.name and event.by_id is not None and asks():
        enqueue(ASK, at=event.at + ASK_AFTER, ticket=event.ticket_id, resolved_at=event.at.isoformat())
