"""Write to the customer, or a note for colleagues."""

from datetime import datetime

from django.db import transaction

from mainstay.entitlement.rules import Decision
from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..delivery import channel_named
from ..errors import AnsweredMeanwhile, NoAddress
from ..models import Message, Ticket
from ..notices import acknowledgement, kind_refusal
from ..rules import check_move, written
from ..states import Delivery, MessageKind, State, Then
from .recording import allow, locked, measure_again, record, touch

DELIVER = "tickets.deliver"

_AFTER_REPLY = {Then.WAIT: State.WAITING, Then.OPEN: State.OPEN, Then.RESOLVE: State.RESOLVED}


@transaction.atomic
def reply_to_ticket(
    ticket: Ticket, *, text: str, by: Person, at: datetime, then: str = Then.WAIT, seen: int | None = None
) -> Message:
    """The answer is queued to the customer and counts as the first response if it is the first.

    `seen` is the key of the newest message its writer had before them (0: none): a reply behind it raises
    AnsweredMeanwhile, so that two people, or two clicks, do not both answer. None: it does not matter.

    In order: message and outgoing row; event; measure; the ticket becomes what `then` says; it is assigned to the one who
    answers when nobody had it; the delivery job, in the same transaction; browsers hear of it.
    """
    allow(by, Permission.WORK_TICKETS)
    text = written(text)
    ticket = locked(ticket)
    if seen is not None and ticket.messages.filter(kind=MessageKind.REPLY, pk__gt=seen).exists():
        raise AnsweredMeanwhile
    wanted: str = _AFTER_REPLY[Then(then)]
    if ticket.state in (State.RESOLVED, State.CLOSED):
        check_move(ticket, State.OPEN)
        wanted = ticket.state  # a word afterwards: the ticket stays what it was
    elif ticket.state != wanted:
        check_move(ticket, wanted)
    message = _send(ticket, MessageKind.REPLY, text, by=by, at=at)
    record(ticket, events.REPLIED, by=by, at=at, message=message)
    if ticket.assignee_id is None:
        ticket.assignee = by
        record(ticket, events.ASSIGNED, by=by, at=at, to=by.name)
    if wanted == State.RESOLVED and ticket.state != State.RESOLVED:
        record(ticket, events.RESOLVED, by=by, at=at)
    ticket.state = wanted
    measure_again(ticket)
    touch(ticket, at, "state", "assignee")
    return message


@transaction.atomic
def note_on_ticket(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Message:
    """The note stands on the ticket for colleagues only; no customer ever sees it."""
    allow(by, Permission.WRITE_NOTES)
    text = written(text)
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket, kind=MessageKind.NOTE, author=by, sender_name=by.name, channel=ticket.channel, at=at, text=text
    )
    record(ticket, events.NOTED, by=by, at=at, message=message)
    touch(ticket, at)
    return message


def answer_automatically(ticket: Ticket, decision: Decision, *, at: datetime) -> Message | None:
    """The acknowledgement, or the kind answer to a stranger, is queued; nothing when there is no address to write to."""
    text = acknowledgement(ticket, at) if decision.is_entitled else kind_refusal(ticket, decision, at)
    try:
        message = _send(ticket, MessageKind.ACKNOWLEDGEMENT, text, by=None, at=at)
    except NoAddress:
        return None
    record(ticket, events.ACKNOWLEDGED, by=None, at=at, message=message)
    return message


def _send(ticket: Ticket, kind: str, text: str, *, by: Person | None, at: datetime) -> Message:
    """The message with its outgoing row and its job, all in the caller's transaction; raises NoAddress.

    Without anything to carry it, the channel keeps it in the local outbox and no job is needed.
    """
    channel = channel_named(ticket.channel)
    address, carried = channel.address_of(ticket), channel.carries()
    if not address:
        raise NoAddress
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        author=by,
        sender_name=by.name if by else "",
        channel=ticket.channel,
        at=at,
        text=text,
        delivery=Delivery.QUEUED if carried else Delivery.KEPT,
        queued_at=at if carried else None,
    )
    channel.prepare(message, address)
    if carried:
        enqueue(DELIVER, priority=SOON, message=message.pk)
    return message
