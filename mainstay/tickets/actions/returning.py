"""What comes back about a message of ours: it bounced, was received, was answered by a machine, was unwanted."""

from datetime import datetime

from django.db import transaction

from .. import events
from ..models import Message
from ..states import Delivery, State
from .recording import locked, measure_again, record, touch

SAYS_LENGTH = 300


@transaction.atomic
def take_back_delivery(message: Message, *, problem: str, at: datetime) -> None:
    """The message was not delivered after all: it is shown so, does not count as an answer, and its ticket is open."""
    message = Message.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=message.pk)
    if message.delivery in (Delivery.FAILED, Delivery.WITHDRAWN):
        return
    ticket = locked(message.ticket)
    message.delivery, message.delivery_problem = Delivery.FAILED, problem
    message.save(update_fields=["delivery", "delivery_problem"])
    record(ticket, events.DELIVERY_FAILED, by=None, at=at, message=message, problem=problem)
    if ticket.state == State.WAITING:
        ticket.state = State.OPEN
    measure_again(ticket)
    touch(ticket, at, "state")


@transaction.atomic
def tell_of_return(message: Message, kind: events.EventKind, *, at: datetime, **facts: str) -> None:
    """The ticket's history tells what came back; nothing else changes."""
    ticket = locked(message.ticket)
    record(ticket, kind, by=None, at=at, message=message, **{key: text[:SAYS_LENGTH] for key, text in facts.items()})
    touch(ticket, at)
