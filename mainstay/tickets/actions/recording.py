"""The steps every verb shares: lock the ticket, record what happened, measure, announce."""

from datetime import datetime

from django.db.models import Max

from mainstay.history.kinds import EventKind
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.actions import store_measure
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import measured

from ..acting import acting_rule
from ..hearing import tell_hearers
from ..models import Message, Ticket, TicketEvent
from ..queries import course_of_ticket
from ..rules import MEASURED_KINDS, rank_now

QUEUE = "queue"
AVERAGES = "averages"


def allow(person: Person, permission: Permission) -> None:
    """Raises NotAllowed when this person may not."""
    if not person.may(permission):
        raise NotAllowed


def locked(ticket: Ticket) -> Ticket:
    """The ticket as it is now, held until the transaction ends, with its promise."""
    found = Ticket.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    return with_promise(found.get(pk=ticket.pk))


def locked_both(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both as they are now, locked in the order of their keys, so that two people never wait for each other."""
    found = {key: locked(Ticket(pk=key)) for key in sorted({one.pk, other.pk})}
    return found[one.pk], found[other.pk]


def with_promise(held: Ticket) -> Ticket:
    """The held ticket with its promise as it is now.

    Read after the lock was won: in one statement with it, PostgreSQL would give the promise as it was before the wait.
    """
    held.promise = Promise.objects.get(pk=held.promise_id)
    return held


def not_before_its_past(ticket: Ticket, at: datetime) -> datetime:
    """This moment; where the clock was set back, that of the latest thing the ticket's figures are made of.

    So what is done now comes after what was done before, also for the measures, and nothing takes less than no time.
    """
    latest = ticket.events.filter(kind__in=MEASURED_KINDS).aggregate(latest=Max("at"))["latest"]
    return max(at, ticket.promise.opened_at, latest or at)


def record(
    ticket: Ticket,
    kind: EventKind,
    *,
    by: Person | None,
    at: datetime,
    message: Message | None = None,
    **facts: str | int,
) -> TicketEvent:
    """The event is part of the ticket's history for good, and the rooms above hear of it. What a rule does is nobody's deed."""
    if (rule := acting_rule()) is not None:
        by, facts = None, {**facts, **rule}
    event = TicketEvent.objects.create(ticket=ticket, kind=kind.name, by=by, at=at, message=message, facts=facts)
    tell_hearers(event)
    return event


def measure_again(ticket: Ticket) -> None:
    """The promise holds what the ticket's events say, under the ticket's own policy revision."""
    promise = ticket.promise
    store_measure(promise, *measured(course_of_ticket(ticket), policy_of(promise.revision_id)))
    rank_again(ticket)


def rank_again(ticket: Ticket) -> None:
    """The ticket stands in the queue where its severity, its first answer and the caps it has passed put it."""
    rank = rank_now(ticket)
    if ticket.rank != rank:
        ticket.rank = rank
        ticket.save(update_fields=["rank"])


def touch(ticket: Ticket, at: datetime, *changed: str) -> None:
    """The named fields are saved, the ticket counts as changed now, and open browsers hear it.

    A mail may be read after something that happened later: the last change never moves back.
    """
    ticket.touched_at = max(ticket.touched_at, at)
    ticket.save(update_fields=[*changed, "touched_at"])
    announce_ticket(ticket)


def announce_ticket(ticket: Ticket) -> None:
    """Open browsers hear that this ticket, the queue and the averages changed, and something of who it is of."""
    whose = [f"customer:{ticket.person_id}"]
    if ticket.organisation_id is not None:
        whose.append(f"organisation:{ticket.organisation_id}")
    announce(QUEUE, ticket.topic, AVERAGES, *whose)
