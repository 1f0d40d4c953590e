"""Replies that leave later: planned, held when something happens meanwhile, sent at their moment, changed, cancelled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.jobs.queue import SOON, enqueue
from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import reply_to_ticket
from mainstay.tickets.actions.recording import locked, record, touch
from mainstay.tickets.delivery import channel_named
from mainstay.tickets.enclosures import Enclosure
from mainstay.tickets.errors import AnsweredMeanwhile, MergedAway, NoAddress
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.queries import may_write_to_customer
from mainstay.tickets.rules import written
from mainstay.tickets.states import MessageKind, TextFormat, Then

from ..errors import NotForLater, PlanSettled
from ..models import Draft, PlannedFile, PlannedReply
from ..moments import is_for_later
from ..notices import tell_held
from ..states import UNSETTLED, Held, Mode, PlanState
from .drafting import move_drafts, put_in_draft, take_draft
from .sending import must_be_whole

SEND_PLANNED = "writing.send_planned"
MISSED_AFTER = timedelta(hours=6)  # a greeting for nine in the morning is wrong in the evening


@transaction.atomic
def plan_reply(
    ticket: Ticket,
    *,
    text: str,
    due_at: datetime,
    by: Person,
    at: datetime,
    then: str = Then.WAIT,
    seen: int | None = None,
    base: str | None = None,
    regardless: bool = False,
) -> PlannedReply:
    """The reply leaves at `due_at` with the files of its writer's draft, which is gone; until then it is shown on the ticket.

    What the customer writes before that holds it, unless it is to leave `regardless` of it. `base` as in `send_reply`.
    Everything that would keep a reply from being sent now keeps it from being planned, too: Gaps, AnsweredMeanwhile,
    NoAddress; also NotForLater. In order: the rows; the job for the moment, in the same transaction; event; browsers hear.
    """
    must_be_whole(text)
    text = written(text)
    if not is_for_later(due_at, at):
        raise NotForLater
    ticket = locked(ticket)
    if not may_write_to_customer(by, ticket):
        raise NotAllowed
    if ticket.is_merged:
        raise MergedAway
    if seen is not None and ticket.messages.filter(kind=MessageKind.REPLY, pk__gt=seen).exists():
        raise AnsweredMeanwhile
    if not channel_named(ticket.channel).address_of(ticket):
        raise NoAddress
    planned = PlannedReply.objects.create(
        ticket=ticket, author=by, text=text, then=Then(then), made_at=at, due_at=due_at, regardless=regardless
    )
    PlannedFile.objects.bulk_create(
        PlannedFile(planned=planned, file=one.file, filename=one.filename, content_id=one.content_id)
        for one in take_draft(ticket, by, text=text, base=base)
    )
    _wait(planned)
    record(ticket, events.REPLY_PLANNED, by=by, at=at, due=due_at.isoformat())
    touch(ticket, at)
    return planned


def _wait(planned: PlannedReply) -> None:
    enqueue(SEND_PLANNED, priority=SOON, at=planned.due_at, planned=planned.pk)


# --- at its moment ----------------------------------------------------------------------------------------------------


@transaction.atomic
def send_planned(pk: int, *, at: datetime) -> Message | None:
    """The reply whose moment has come is sent like any other; None when it is not to be sent, or not yet, or was held.

    Held are those that the desk could not send at their moment because it was not running for hours, and those that are
    refused for a reason that a person must see.
    """
    found = PlannedReply.objects.select_related("ticket").filter(pk=pk).first()
    if found is None:
        return None
    ticket = locked(found.ticket)
    planned = _locked(found)
    if planned.state != PlanState.WAITING or planned.due_at > at:
        return None
    if at - planned.due_at > MISSED_AFTER:
        _hold(planned, ticket, Held.MISSED, at)
        return None
    try:
        return _send(planned, ticket, by=planned.author, at=at)
    except MainstayError as problem:
        _hold(planned, ticket, Held.PROBLEM, at, str(problem))
        return None


@transaction.atomic
def _send(
    planned: PlannedReply, ticket: Ticket, *, by: Person, at: datetime, settled_by: Person | None = None
) -> Message:
    """Settled first, so that its own reply does not hold it."""
    _settle(planned, PlanState.SENT, settled_by, at)
    message = reply_to_ticket(
        ticket,
        text=planned.text,
        by=by,
        at=at,
        then=planned.then,
        text_format=TextFormat.MARKDOWN,
        files=_enclosures(planned),
    )
    planned.message = message
    planned.save(update_fields=["message"])
    return message


# --- what happens meanwhile -------------------------------------------------------------------------------------------

_HOLDING = {
    events.MESSAGE_RECEIVED.name: Held.CUSTOMER_WROTE,
    events.TOOK_OVER.name: Held.CUSTOMER_WROTE,
    events.REPLIED.name: Held.ANSWERED,
    events.RESOLVED.name: Held.RESOLVED,
    events.MERGED.name: Held.MERGED,
}


def hear(event: TicketEvent) -> None:
    """What a customer or colleague does on a ticket holds the replies that wait there, except the writer's own replies, and
    what the writer wanted to leave whatever the customer writes. Drafts go with the messages of a ticket that is merged.

    In the transaction of what happened, with its ticket locked.
    """
    if event.kind == events.MERGED.name:
        move_drafts(event.ticket, Ticket.objects.get(number=event.facts["other"]), at=event.at)
    because = _HOLDING.get(event.kind)
    if because is None:
        return
    waiting = PlannedReply.objects.select_for_update(of=("self",)).filter(
        ticket=event.ticket_id, state=PlanState.WAITING
    )
    if because == Held.ANSWERED:
        waiting = waiting.exclude(author=event.by_id)
    elif because == Held.CUSTOMER_WROTE:
        waiting = waiting.exclude(regardless=True)
    for planned in waiting.select_related("author__account").order_by("pk"):
        _hold(planned, event.ticket, because, event.at)


def _hold(planned: PlannedReply, ticket: Ticket, because: Held, at: datetime, problem: str = "") -> None:
    planned.state, planned.because, planned.problem = PlanState.HELD, because, problem
    planned.save(update_fields=["state", "because", "problem"])
    record(ticket, events.PLANNED_REPLY_HELD, by=None, at=at, name=planned.author.name, because=because.value)
    tell_held(planned, ticket, at)
    touch(ticket, at)


# --- by a person's decision -------------------------------------------------------------------------------------------


def resume_planned(planned: PlannedReply, *, by: Person, at: datetime) -> PlannedReply:
    """A held reply is sent at its moment all the same; at once when that is over."""

    def resume(planned: PlannedReply, ticket: Ticket) -> PlannedReply:
        if planned.state != PlanState.HELD:
            raise PlanSettled
        if planned.due_at <= at:
            _send(planned, ticket, by=_sender(planned, by), at=at, settled_by=by)
            return planned
        planned.state, planned.because, planned.problem = PlanState.WAITING, "", ""
        planned.save(update_fields=["state", "because", "problem"])
        _wait(planned)
        facts: dict[str, Any] = {"name": planned.author.name, "due": planned.due_at.isoformat()}
        record(ticket, events.PLANNED_REPLY_RESUMED, by=by, at=at, **facts)
        touch(ticket, at)
        return planned

    return _decide(planned, by, resume)


def send_planned_now(planned: PlannedReply, *, by: Person, at: datetime) -> PlannedReply:
    """The reply is sent now, in the name of who wrote it; of whom decides when the writer may not write here any more."""

    def send(planned: PlannedReply, ticket: Ticket) -> PlannedReply:
        _send(planned, ticket, by=_sender(planned, by), at=at, settled_by=by)
        return planned

    return _decide(planned, by, send)


def edit_planned(planned: PlannedReply, *, by: Person, at: datetime) -> Draft:
    """The reply is not sent: its text and files stand in the composer of who wants to change it."""

    def edit(planned: PlannedReply, ticket: Ticket) -> Draft:
        draft = put_in_draft(ticket, text=planned.text, files=_enclosures(planned), by=by, at=at, mode=Mode.REPLY)
        _cancel(planned, ticket, by, at)
        return draft

    return _decide(planned, by, edit)


def cancel_planned(planned: PlannedReply, *, by: Person, at: datetime) -> PlannedReply:
    """The reply is never sent; its words stay in the books."""

    def cancel(planned: PlannedReply, ticket: Ticket) -> PlannedReply:
        _cancel(planned, ticket, by, at)
        return planned

    return _decide(planned, by, cancel)


@transaction.atomic
def _decide(planned: PlannedReply, by: Person, verb: Callable[[PlannedReply, Ticket], Any]) -> Any:
    """The verb on the reply as it is now, with its ticket locked; raises NotAllowed, and PlanSettled when it is over."""
    ticket = locked(planned.ticket)
    if not may_write_to_customer(by, ticket):
        raise NotAllowed
    planned = _locked(planned)
    if planned.state not in UNSETTLED:
        raise PlanSettled
    return verb(planned, ticket)


def _cancel(planned: PlannedReply, ticket: Ticket, by: Person, at: datetime) -> None:
    _settle(planned, PlanState.CANCELLED, by, at)
    record(ticket, events.PLANNED_REPLY_CANCELLED, by=by, at=at, name=planned.author.name)
    touch(ticket, at)


def _settle(planned: PlannedReply, state: PlanState, by: Person | None, at: datetime) -> None:
    planned.state, planned.settled_by, planned.settled_at = state, by, at
    planned.save(update_fields=["state", "settled_by", "settled_at"])


def _sender(planned: PlannedReply, by: Person) -> Person:
    return planned.author if may_write_to_customer(planned.author, planned.ticket) else by


def _locked(planned: PlannedReply) -> PlannedReply:
    held = PlannedReply.objects.select_for_update(of=("self",)).select_related("author__account", "ticket")
    return held.get(pk=planned.pk)


def _enclosures(planned: PlannedReply) -> list[Enclosure]:
    return [
        Enclosure(one.file, one.filename, one.content_id) for one in planned.files.select_related("file").order_by("pk")
    ]
