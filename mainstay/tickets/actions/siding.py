"""Write with a third party beside a ticket. What they answer stands there, and no customer ever sees any of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.people.actions import person_or_newcomer
from mainstay.people.models import Person
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.promises.states import Exclusion

from .. import events
from ..delivery import channel_named
from ..enclosures import Enclosure
from ..errors import (
    CustomersOwnAddress,
    MergedAway,
    MessagesElsewhere,
    NoThirdParty,
    SideChanged,
    SideClosed,
    WrittenMeanwhile,
)
from ..inbound import Inbound
from ..models import SUBJECT_LENGTH, Message, SideConversation, Suggestion, Ticket
from ..queries import followers_of, is_on_ticket, ticket_of_side
from ..rules import written
from ..states import MessageKind, State, TextFormat
from .answering import Given, send, store_received, withdraw
from .recording import allow, locked, locked_both, measure_again, not_before_its_past, record, touch


@dataclass(frozen=True)
class Letter:
    """What is written to a third party; `files` were chosen one by one."""

    text: str
    text_format: str = TextFormat.PLAIN
    files: Sequence[Enclosure] = ()


@transaction.atomic
def open_side_conversation(
    ticket: Ticket,
    *,
    address: str,
    subject: str,
    letter: Letter,
    by: Person,
    at: datetime,
    name: str = "",
    undo_seconds: int = 0,
) -> Message:
    """The letter is queued to a third party, whose answers stand in a conversation of its own, beside the ticket.

    It is no answer to the customer, and changes neither state nor figures. Raises NoThirdParty for what is no address, or
    one of our own, and CustomersOwnAddress for one of those who read the ticket's answers.
    """
    allow(by, Permission.WORK_TICKETS)
    given = Given(written(letter.text), letter.text_format, letter.files)
    ticket = locked(ticket)
    if ticket.is_merged:
        raise MergedAway
    to = channel_named(EMAIL).third_party(address)
    if not to:
        raise NoThirdParty
    person = person_or_newcomer(name=name.strip()[:200], channel=EMAIL, address=to, is_sample=ticket.is_sample)
    if is_on_ticket(person, ticket):
        raise CustomersOwnAddress
    side = SideConversation.objects.create(
        person=person,
        address=to,
        subject=" ".join(subject.split())[:SUBJECT_LENGTH] or ticket.subject,
        opened_by=by,
        opened_at=at,
    )
    return _write(ticket, side, given, by=by, at=at, wait=undo_seconds)


@transaction.atomic
def write_beside(
    side: SideConversation,
    *,
    letter: Letter,
    by: Person,
    at: datetime,
    seen: int | None = None,
    undo_seconds: int = 0,
) -> Message:
    """The letter is queued to the third party; whatever they wrote counts as seen to, and the conversation is open.

    `seen` is the newest of its messages that the writer had before them: one behind it raises WrittenMeanwhile.
    """
    allow(by, Permission.WORK_TICKETS)
    given = Given(written(letter.text), letter.text_format, letter.files)
    ticket, side = _locked(side)
    if seen is not None and side.messages.filter(pk__gt=seen).exists():
        raise WrittenMeanwhile
    side.news_at = side.closed_at = None
    side.save(update_fields=["news_at", "closed_at"])
    return _write(ticket, side, given, by=by, at=at, wait=undo_seconds)


def _write(ticket: Ticket, side: SideConversation, given: Given, *, by: Person, at: datetime, wait: int) -> Message:
    message = send(ticket, MessageKind.SIDE_OUT, given, side.address, by=by, at=at, wait=wait, side=side)
    record(ticket, events.SIDE_WRITTEN, by=by, at=at, message=message, address=side.address)
    _mark(ticket, at)
    return message


@transaction.atomic
def withdraw_beside(message: Message, *, by: Person, at: datetime) -> Message:
    """The letter is not sent. Only by its writer, only before it is sent."""
    return withdraw(message, MessageKind.SIDE_OUT, by=by, at=at)[1]


@transaction.atomic
def see_to_side(side: SideConversation, *, by: Person, at: datetime) -> SideConversation:
    """Somebody has seen to what the third party wrote: the ticket bears no mark of it any more."""
    allow(by, Permission.WORK_TICKETS)
    ticket, side = _locked(side)
    if side.news_at is None:
        return side
    _seen(ticket, side, by, at)
    _mark(ticket, at)
    return side


@transaction.atomic
def close_side(side: SideConversation, *, by: Person, at: datetime) -> SideConversation:
    """Nothing more is expected here. An answer that comes all the same opens it again."""
    allow(by, Permission.WORK_TICKETS)
    ticket, side = _locked(side)
    if side.closed_at is not None:
        raise SideClosed
    if side.news_at is not None:
        _seen(ticket, side, by, at)
    side.closed_at = at
    side.save(update_fields=["closed_at"])
    record(ticket, events.SIDE_CLOSED, by=by, at=at, address=side.address)
    _mark(ticket, at)
    return side


@transaction.atomic
def reopen_side(side: SideConversation, *, by: Person, at: datetime) -> SideConversation:
    """It is open again."""
    allow(by, Permission.WORK_TICKETS)
    ticket, side = _locked(side)
    if side.closed_at is None:
        raise SideChanged
    side.closed_at = None
    side.save(update_fields=["closed_at"])
    record(ticket, events.SIDE_REOPENED, by=by, at=at, address=side.address)
    _mark(ticket, at)
    return side


def _seen(ticket: Ticket, side: SideConversation, by: Person, at: datetime) -> None:
    side.news_at = None
    side.save(update_fields=["news_at"])
    record(ticket, events.SIDE_SEEN, by=by, at=at, address=side.address)


# --- what comes in ----------------------------------------------------------------------------------------------------


def receive_beside(side: SideConversation, inbound: Inbound, person: Person) -> Message:
    """What the third party wrote stands in its conversation; those who have or follow the ticket are told.

    The ticket's state, its figures and who takes part stay as they are, whoever was in copy.
    """
    ticket, side = _locked(side)
    message = store_received(ticket, inbound, person, MessageKind.SIDE_IN, side=side)
    _has_come(ticket, side, message, person)
    return message


def _has_come(ticket: Ticket, side: SideConversation, message: Message, by: Person | None) -> None:
    at = message.at
    side.news_at, side.closed_at = at, None
    side.save(update_fields=["news_at", "closed_at"])
    record(ticket, events.SIDE_ANSWERED, by=by, at=at, message=message, address=message.sender_address)
    told = {one.pk: one for one in [*followers_of(ticket), *([ticket.assignee] if ticket.assignee else [])]}
    facts: dict[str, str | int] = {"number": ticket.number}
    tell(told.values(), kinds.SIDE_ANSWERED, facts, ticket.topic, at, key=f"message:{message.pk}")
    _mark(ticket, at)


def take_beside(ticket: Ticket, suggestion: Suggestion, *, by: Person, at: datetime) -> Ticket:
    """What came in on `ticket` stands in the side conversation that it answers; the ticket is closed and left out as merged.

    Undone like a merge, by `put_back_beside`. Within the caller's transaction.
    """
    side = suggestion.side
    assert side is not None  # the caller asks for such ones
    ticket, into = locked_both(ticket, ticket_of_side(side))
    if ticket.is_merged or into.is_merged:
        raise MessagesElsewhere
    came_in = list(ticket.messages.filter(kind=MessageKind.INBOUND).order_by("pk"))
    moved = [one.pk for one in came_in]
    facts: dict[str, Any] = {
        "was": str(ticket.state),
        "excluded": ticket.promise.excluded,
        "side": side.pk,
        "moved": moved,
    }
    Message.objects.filter(pk__in=moved).update(ticket=into, came_to=ticket, kind=MessageKind.SIDE_IN, side=side)
    Suggestion.objects.filter(pk=suggestion.pk).update(settled_at=at)
    at = max(not_before_its_past(one, at) for one in (ticket, into))
    record(ticket, events.MERGED, by=by, at=at, other=into.number, **facts)
    record(ticket, events.EXCLUDED, by=by, at=at, reason=Exclusion.MERGED)
    ticket.merged_into, ticket.state = into, State.CLOSED
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    for message in came_in[-1:]:
        _has_come(into, SideConversation.objects.select_for_update().get(pk=side.pk), message, None)
    return into


def put_back_beside(ticket: Ticket, into: Ticket, before: dict[str, Any]) -> None:
    """What was taken into a side conversation is on its own ticket again, as what came in. Both are locked."""
    moved = Message.objects.filter(pk__in=before["moved"], ticket=into, side=before["side"])
    if not moved.update(ticket=ticket, came_to=None, kind=MessageKind.INBOUND, side=None):
        raise MessagesElsewhere
    mark_side_news(into)


# --- the mark on the ticket -------------------------------------------------------------------------------------------


def mark_side_news(*tickets: Ticket) -> None:
    """Each ticket bears the mark when an answer of a third party on it waits for somebody. They are locked."""
    for ticket in tickets:
        waits = SideConversation.objects.filter(messages__ticket=ticket, news_at__isnull=False).exists()
        if ticket.has_side_news != waits:
            ticket.has_side_news = waits
            ticket.save(update_fields=["has_side_news"])


def _mark(ticket: Ticket, at: datetime) -> None:
    mark_side_news(ticket)
    touch(ticket, at)


def _locked(side: SideConversation) -> tuple[Ticket, SideConversation]:
    """The ticket on which its messages are, and the conversation, both as they are now and held."""
    while True:  # ends: messages are not moved for ever
        ticket = locked(ticket_of_side(side))
        if ticket_of_side(side).pk == ticket.pk:
            return ticket, SideConversation.objects.select_for_update(of=("self",)).select_related("person").get(
                pk=side.pk
            )
