"""Write to the customer, or a note for colleagues."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction

from mainstay.entitlement.rules import Decision
from mainstay.files.actions import store_file
from mainstay.jobs.one_at_a_time import is_free
from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission

from .. import events
from ..delivery import channel_named
from ..enclosures import Enclosure
from ..errors import AnsweredMeanwhile, NoAddress, TooLateToWithdraw
from ..inbound import Inbound
from ..models import SUBJECT_LENGTH, Attachment, Message, SideConversation, Ticket
from ..notices import acknowledgement, kind_refusal
from ..queries import may_write_to_customer
from ..rules import TEXT_LENGTH, check_move, written
from ..states import Delivery, MessageKind, State, TextFormat, Then
from .fielding import must_be_filled
from .recording import allow, locked, measure_again, not_before_its_past, record, touch

DELIVER = "tickets.deliver"
SENDING = "sending a message"  # whose message is being handed over right now

_WITHDRAWABLE = (Delivery.QUEUED, Delivery.KEPT)
_AFTER_REPLY = {Then.WAIT: State.WAITING, Then.OPEN: State.OPEN, Then.RESOLVE: State.RESOLVED}


@transaction.atomic
def reply_to_ticket(
    ticket: Ticket,
    *,
    text: str,
    by: Person,
    at: datetime,
    then: str = Then.WAIT,
    seen: int | None = None,
    undo_seconds: int = 0,
    text_format: str = TextFormat.PLAIN,
    files: Sequence[Enclosure] = (),
) -> Message:
    """The answer is queued to the customer and counts as the first response if it is the first.

    `seen` is the key of the newest message its writer had before them (0: none): a reply behind it raises
    AnsweredMeanwhile, so that two people, or two clicks, do not both answer. None: it does not matter.
    For `undo_seconds` it is not sent, so that its writer can take it back.

    In order: message and outgoing row; event; measure; the ticket becomes what `then` says; it is assigned to the one who
    answers when nobody had it and they work on tickets; the delivery job, in the same transaction; browsers hear of it.
    """
    text = written(text)
    ticket = locked(ticket)
    if not may_write_to_customer(by, ticket):
        raise NotAllowed
    at = not_before_its_past(ticket, at)
    was = ticket.state
    if seen is not None and ticket.messages.filter(kind=MessageKind.REPLY, pk__gt=seen).exists():
        raise AnsweredMeanwhile
    wanted: str = _AFTER_REPLY[Then(then)]
    if ticket.state in (State.RESOLVED, State.CLOSED):
        check_move(ticket, State.OPEN)
        wanted = ticket.state  # a word afterwards: the ticket stays what it was
    elif ticket.state != wanted:
        check_move(ticket, wanted)
    if wanted == State.RESOLVED and was != State.RESOLVED:
        must_be_filled(ticket)
    address = channel_named(ticket.channel).address_of(ticket)
    given = Given(text, text_format, files)
    message = send(ticket, MessageKind.REPLY, given, address, by=by, at=at, wait=undo_seconds)
    # What withdrawing it must restore stands in the event.
    takes = ticket.assignee_id is None and by.may(Permission.WORK_TICKETS)
    facts: dict[str, Any] = {"was": str(was), "became": str(wanted), "took": int(takes)}
    record(ticket, events.REPLIED, by=by, at=at, message=message, **facts)
    if takes:
        ticket.assignee = by
        record(ticket, events.ASSIGNED, by=by, at=at, to=by.name)
    if wanted == State.RESOLVED and ticket.state != State.RESOLVED:
        record(ticket, events.RESOLVED, by=by, at=at, message=message)
    ticket.state = wanted
    measure_again(ticket)
    touch(ticket, at, "state", "assignee")
    return message


@transaction.atomic
def record_reply(
    ticket: Ticket, *, text: str, by: Person, at: datetime, external_id: str = "", quoted: str = ""
) -> Message:
    """What a colleague sent to the customer with their own mail program stands on the ticket, and counts as an answer."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.REPLY,
        author=by,
        sender_name=by.name,
        channel=ticket.channel,
        at=at,
        text=written(text),
        quoted=quoted,
        external_id=external_id,
        delivery=Delivery.SENT,
    )
    was = ticket.state
    if ticket.state in (State.NEW, State.OPEN):
        ticket.state = State.WAITING
    record(ticket, events.REPLIED, by=by, at=at, message=message, was=str(was), became=str(ticket.state))
    if ticket.assignee_id is None:
        ticket.assignee = by
        record(ticket, events.ASSIGNED, by=by, at=at, to=by.name)
    measure_again(ticket)
    touch(ticket, at, "state", "assignee")
    return message


@transaction.atomic
def withdraw_reply(message: Message, *, by: Person, at: datetime) -> Message:
    """The reply is not sent and does not count; its ticket is as it was before. Only its writer, only before it is sent."""
    ticket, found = withdraw(message, MessageKind.REPLY, by=by, at=at)
    _as_before(ticket, found, by)
    measure_again(ticket)
    touch(ticket, at, "state", "assignee")
    return found


def withdraw(message: Message, kind: str, *, by: Person, at: datetime) -> tuple[Ticket, Message]:
    """The message is not sent: only one of this kind, only by its writer, only before it is sent. In the caller's transaction."""
    if not is_free(SENDING, message.pk):
        raise TooLateToWithdraw
    ticket = locked(message.ticket)
    mine = Message.objects.select_for_update(of=("self",)).filter(kind=kind, author=by)
    found = mine.filter(pk=message.pk, delivery__in=_WITHDRAWABLE).first()
    if found is None or not channel_named(found.channel).withdraw(found, at):
        raise TooLateToWithdraw
    found.delivery = Delivery.WITHDRAWN
    found.save(update_fields=["delivery"])
    record(ticket, events.WITHDRAWN, by=by, at=at, message=found)
    touch(ticket, at)
    return ticket, found


def _as_before(ticket: Ticket, message: Message, by: Person) -> None:
    """Undo what this reply did to its ticket, where nothing has happened to that since."""
    written = ticket.events.filter(kind=events.REPLIED.name, message=message).order_by("pk")
    facts = written.values_list("facts", flat=True).first() or {}
    if ticket.state == facts.get("became"):
        ticket.state = facts["was"]
    if facts.get("took") and ticket.assignee_id == by.pk:
        ticket.assignee = None


@transaction.atomic
def note_on_ticket(
    ticket: Ticket,
    *,
    text: str,
    by: Person,
    at: datetime,
    text_format: str = TextFormat.PLAIN,
    files: Sequence[Enclosure] = (),
) -> Message:
    """The note stands on the ticket, with its files, for colleagues only; no customer ever sees it."""
    allow(by, Permission.WRITE_NOTES)
    text = written(text)
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.NOTE,
        author=by,
        sender_name=by.name,
        channel=ticket.channel,
        at=at,
        text=text,
        text_format=text_format,
    )
    _enclose(message, files)
    record(ticket, events.NOTED, by=by, at=at, message=message)
    touch(ticket, at)
    return message


@transaction.atomic
def keep_note_from_outside(ticket: Ticket, *, name: str, text: str, at: datetime) -> Message:
    """What somebody without an account here wrote elsewhere, such as in a tracker, stands on the ticket as a note of theirs."""
    ticket = locked(ticket)
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.NOTE,
        sender_name=name[:200],
        channel=ticket.channel,
        at=at,
        text=written(text[:TEXT_LENGTH]),
    )
    record(ticket, events.NOTED, by=None, at=at, message=message)
    touch(ticket, at)
    return message


@transaction.atomic
def tell_automatically(ticket: Ticket, *, text: str, at: datetime) -> Message | None:
    """The customer is told something that a colleague's deed brings with it; it is no response and changes no measure.

    Nothing when there is no address, or one that complained. There is no limit by day, unlike for answers to mail: no mail
    can bring it about, so no two desks can feed each other with it.
    """
    ticket = locked(ticket)
    address = channel_named(ticket.channel).address_of(ticket)
    complained = ticket.person.identities.filter(address=address, complained_at__isnull=False)
    if not address or complained.exists():
        return None
    message = send(ticket, MessageKind.ACKNOWLEDGEMENT, Given(written(text)), address, by=None, at=at)
    record(ticket, events.ACKNOWLEDGED, by=None, at=at, message=message)
    touch(ticket, at)
    return message


def answer_automatically(ticket: Ticket, decision: Decision, address: str, *, at: datetime) -> Message | None:
    """The acknowledgement, or the kind answer to a stranger, is queued to the address the message came from.

    Nothing when the channel says that nothing automatic may go there now.
    """
    if not address or not channel_named(ticket.channel).may_answer_automatically(address, at):
        return None
    text = acknowledgement(ticket, at) if decision.is_entitled else kind_refusal(ticket, decision, at)
    message = send(ticket, MessageKind.ACKNOWLEDGEMENT, Given(text), address, by=None, at=at)
    record(ticket, events.ACKNOWLEDGED, by=None, at=at, message=message)
    return message


@transaction.atomic
def answer_with(ticket: Ticket, *, text: str, at: datetime) -> Message | None:
    """The customer gets this text (Markdown) as an automatic answer: it says that nobody wrote it, and is no response.

    Nothing when there is no address, or nothing automatic may go there now: at most one a day does, the acknowledgement too.
    """
    ticket = locked(ticket)
    channel = channel_named(ticket.channel)
    address = channel.address_of(ticket)
    if not address or not channel.may_answer_automatically(address, at):
        return None
    given = Given(written(text), TextFormat.MARKDOWN)
    message = send(ticket, MessageKind.ACKNOWLEDGEMENT, given, address, by=None, at=at)
    record(ticket, events.ACKNOWLEDGED, by=None, at=at, message=message)
    touch(ticket, at)
    return message


class Given(NamedTuple):
    """What is to be sent: the text, how it is to be read, and the files that go with it."""

    text: str
    text_format: str = TextFormat.PLAIN
    files: Sequence[Enclosure] = ()


def _enclose(message: Message, files: Sequence[Enclosure]) -> None:
    if files:
        Attachment.objects.bulk_create(
            Attachment(
                message=message,
                file=one.file,
                filename=one.filename[:255],
                is_inline=bool(one.content_id),
                content_id=one.content_id,
            )
            for one in files
        )


def send(
    ticket: Ticket,
    kind: str,
    given: Given,
    address: str,
    *,
    by: Person | None,
    at: datetime,
    wait: int = 0,
    side: SideConversation | None = None,
) -> Message:
    """The message with its files, its outgoing row and its job, all in the caller's transaction; raises NoAddress.

    Without anything to carry it, the channel keeps it in the local outbox and no job is needed. What is written beside the
    ticket goes by mail, on whatever channel the customer is.
    """
    carrier = EMAIL if side is not None else ticket.channel
    channel = channel_named(carrier)
    carried = channel.carries()
    if not address:
        raise NoAddress
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        author=by,
        sender_name=by.name if by else "",
        channel=carrier,
        side=side,
        at=at,
        text=given.text,
        text_format=given.text_format,
        delivery=Delivery.QUEUED if carried else Delivery.KEPT,
        queued_at=at + timedelta(seconds=wait) if carried else None,
    )
    _enclose(message, given.files)
    channel.prepare(message, address)
    if carried:
        enqueue(DELIVER, priority=SOON, at=message.queued_at if wait else None, message=message.pk)
    return message


def store_received(
    ticket: Ticket, inbound: Inbound, person: Person, kind: str, side: SideConversation | None = None
) -> Message:
    """What came in, with its files, stands on the ticket. In the caller's transaction."""
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        side=side,
        author=person,
        sender_name=inbound.sender_name[:200],
        sender_address=inbound.sender_address[:320],
        sender_proof=inbound.sender_proof,
        reply_address=inbound.reply_address[:320],
        copies=[list(copy) for copy in inbound.copies],
        channel=inbound.channel,
        external_id=inbound.external_id[:998],
        at=inbound.at,
        subject=inbound.subject[:SUBJECT_LENGTH],
        text=inbound.text,
        quoted=inbound.quoted,
        delivery=Delivery.NONE,
    )
    if inbound.files:
        Attachment.objects.bulk_create(
            Attachment(
                message=message,
                file=store_file(file.content, file.content_type),
                filename=file.filename[:255],
                is_inline=file.is_inline,
                content_id=file.content_id[:255],
            )
            for file in inbound.files
        )
    return message
