"""What comes back about a message of ours: it bounced, was received, was answered by a machine, was unwanted."""

from datetime import datetime

from django.db import transaction

from .. import events
from ..models import Message, Ticket
from ..states import Delivery, MessageKind, State
from .recording import locked, measure_again, not_before_its_past, record, touch

SAYS_LENGTH = 300


@transaction.atomic
def take_back_delivery(message: Message, *, problem: str, at: datetime) -> None:
    """The message was not delivered after all: it is shown so, does not count as an answer, and its ticket is open."""
    ticket = locked(message.ticket)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if message.delivery not in (Delivery.FAILED, Delivery.WITHDRAWN):
        note_failure(ticket, message, problem, at=at)


def note_failure(ticket: Ticket, message: Message, problem: str, *, at: datetime) -> None:
    """An answer that did not reach its customer leaves its ticket to us, also one that was resolved with it. Both are locked."""
    message.delivery, message.delivery_problem = Delivery.FAILED, problem
    message.save(update_fields=["delivery", "delivery_problem"])
    noted_at = not_before_its_past(ticket, at)
    record(ticket, events.DELIVERY_FAILED, by=None, at=noted_at, message=message, problem=problem)
    if message.kind == MessageKind.REPLY and ticket.state in (State.WAITING, State.RESOLVED):
        if ticket.state == State.RESOLVED:
            resolved_at = ticket.promise.resolved_at
            record(ticket, events.REOPENED, by=None, at=max(at, resolved_at) if resolved_at else at)
        ticket.state = State.OPEN
    measure_again(ticket)
    touch(ticket, at, "state")


@transaction.atomic
def tell_of_return(message: Message, kind: events.EventKind, *, at: datetime, **facts: str) -> None:
    """The ticket's history tells what came back; nothing else changes."""
    ticket = locked(message.ticket)
    record(ticket, kind, by=None, at=at, message=message, **{key: text[:SAYS_LENGTH] for key, text in facts.items()})
    touch(ticket, at)
