"""The steps every verb shares: lock the ticket, record what happened, measure, announce."""

from datetime import datetime

from mainstay.history.kinds import EventKind
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.actions import store_measure
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import measure

from ..models import Message, Ticket, TicketEvent
from ..rules import MEASURED_KINDS, facts_of

QUEUE = "queue"
AVERAGES = "averages"


def allow(person: Person, permission: Permission) -> None:
    """Raises NotAllowed when this person may not."""
    if not person.may(permission):
        raise NotAllowed


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now, held until the transaction ends, with its promise."""
    return (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("promise", "person", "organisation")
        .get(pk=ticket.pk)
    )


def record(
    ticket: Ticket,
    kind: EventKind,
    *,
    by: Person | None,
    at: datetime,
    message: Message | None = None,
    **facts: str | int,
) -> TicketEvent:
    """The event is part of the ticket's history for good."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind.name, by=by, at=at, message=message, facts=facts)


def measure_again(ticket: Ticket) -> None:
    """The promise holds what the ticket's events say, under the ticket's own policy revision."""
    promise = ticket.promise
    history = ticket.events.filter(kind__in=MEASURED_KINDS).order_by("pk")
    store_measure(promise, measure(promise.opened_at, facts_of(history), policy_of(promise.revision_id)))


def touch(ticket: Ticket, at: datetime, *changed: str) -> None:
    """The named fields are saved, the ticket counts as changed now, and open browsers hear it.

    A mail may be read after something that happened later: the last change never moves back.
    """
    ticket.touched_at = max(ticket.touched_at, at)
    ticket.save(update_fields=[*changed, "touched_at"])
    announce_ticket(ticket)


def announce_ticket(ticket: Ticket) -> None:
    """Open browsers hear that this ticket, the queue and the averages changed."""
    announce(QUEUE, ticket.topic, AVERAGES)
