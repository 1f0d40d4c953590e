"""A whole packet, and a ticket that was escalated with one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from mainstay.escalations.actions import escalate_ticket
from mainstay.escalations.models import Escalation
from mainstay.escalations.packet import packet_of
from mainstay.tickets.models import Ticket
from tests.cast import Cast

WHOLE = {
    "seen": "The relay stays closed after a call.",
    "tried": "A reset, and another power supply.",
    "steps": "Call, open, hang up: each time.",
    "device": "Model 7, serial 4711.",
    "firmware": "Door station 3.15.2.",
    "network": "Own server, one VLAN.",
    "logs": "10:02:11 relay 1 on",
}


def escalated(
    cast: Cast, ticket: Ticket, at: datetime, *, words: Mapping[str, str] = WHOLE, absent: Iterable[str] = ()
) -> Escalation:
    """Tess sends a whole packet."""
    return escalate_ticket(ticket, packet=packet_of(words, absent), by=cast.tess, at=at)
