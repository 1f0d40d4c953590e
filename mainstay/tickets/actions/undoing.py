"""Take back what one did last on a ticket; and do a deed only if nobody did the like meanwhile.

What a deed replaced stands in the facts of its event (`was`). A deed that was taken back never was, for the measures too.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.people.states import Permission
from mainstay.promises.actions import retarget_promise
from mainstay.promises.queries import policy_of

from .. import events
from ..errors import ChangedMeanwhile, NothingToUndo
from ..models import Snooze, Tag, Ticket, TicketEvent
from ..rules import rank_now
from .merging import merge_ticket, unmerge_ticket
from .recording import allow, locked, locked_both, measure_again, not_before_its_past, record, touch

UNDO_FOR = timedelta(minutes=10)


def undoable(event: TicketEvent | None, person: Person, at: datetime) -> bool:
    """Whether this, the last event of a ticket, is a deed of this person that they can still take back."""
    return (
        event is not None
        and event.kind in UNDOABLE_KINDS
        and event.by_id == person.pk
        and "was" in event.facts
        and at - event.at <= UNDO_FOR
    )


@transaction.atomic
def undo_deed(ticket: Ticket, *, deed: int, by: Person, at: datetime) -> Ticket:
    """What stood there before the deed stands there again. `deed` is the key of its event, which must still be the last.

    Raises NothingToUndo when something has happened since, or what it needs is gone; then nothing is changed.
    """
    allow(by, Permission.WORK_TICKETS)
    others = ticket.events.filter(pk=deed, kind__in=_OF_TWO, facts__has_key="other").order_by("pk")
    number = others.values_list("facts__other", flat=True).first()
    if number is not None:
        other = Ticket.objects.select_related("merged_into").filter(number=number).first()
        ticket = locked_both(ticket, other)[0] if other is not None else ticket
    else:
        ticket, other = locked(ticket), None
    last = ticket.events.order_by("-pk").first()
    if last is None or last.pk != deed or not undoable(last, by, at):
        raise NothingToUndo
    if number is not None:
        return _of_two(ticket, other, last, by, at)
    changed = _UNDO[last.kind](ticket, last, by, at)
    at = not_before_its_past(ticket, at)
    record(ticket, events.UNDONE, by=by, at=at, undid=last.kind)
    if "state" in changed:
        measure_again(ticket)
    touch(ticket, at, *changed)
    return ticket


@transaction.atomic
def do_as_seen(
    ticket: Ticket,
    verb: Callable[..., object],
    *,
    seen: int | None,
    unless: Collection[str],
    by: Person,
    at: datetime,
    **more: Any,
) -> object:
    """The verb is done, unless a colleague did something of these kinds after the event `seen`: raises ChangedMeanwhile.

    None: it is not known what they saw, and the verb decides by itself.
    """
    if seen is not None:
        locked(ticket)
        later = ticket.events.filter(pk__gt=seen, kind__in=list(unless)).exclude(by=by).select_related("by")
        if event := later.order_by("-pk").first():
            raise ChangedMeanwhile(told(event), event.pk)
    return verb(ticket, by=by, at=at, **more)


def told(event: TicketEvent) -> str:
    """What happened, as a part of a sentence. A nature or a severity stands there by its key."""
    return events.KINDS[event.kind].told(event.by.name if event.by else "Mainstay", event.facts)


def _of_two(ticket: Ticket, other: Ticket | None, event: TicketEvent, by: Person, at: datetime) -> Ticket:
    """A merge into this ticket is undone; a ticket that was split off goes back to where its message came from."""
    if other is None:
        raise NothingToUndo
    if event.kind == events.SPLIT_FROM.name:
        return merge_ticket(ticket, into=other, by=by, at=at, is_suggested=True)
    return unmerge_ticket(other, by=by, at=at)


_OF_TWO = (events.TOOK_OVER.name, events.REOPENED.name, events.SPLIT_FROM.name)


# --- each deed backwards: the fields of the ticket that are to be saved ------------------------------------------------

Changed = tuple[str, ...]


def _assignment(ticket: Ticket, event: TicketEvent, by: Person, at: datetime) -> Changed:
    was = event.facts["was"]
    before = assignable_staff().filter(pk=was).first() if was else None
    if was and before is None:
        raise NothingToUndo
    ticket.assignee = before
    ticket.state = event.facts.get("was_state", ticket.state)
    return "assignee", "state"


def _class(ticket: Ticket, event: TicketEvent, by: Person, at: datetime) -> Changed:
    nature, severity = event.facts["was"], event.facts["was_severity"]
    policy = policy_of(ticket.promise.revision_id)
    if not (policy.has_nature(nature) and policy.has_severity(severity)):
        raise NothingToUndo
    ticket.nature, ticket.severity = nature, severity
    ticket.urgency = policy.urgency(severity)
    ticket.rank = rank_now(ticket)
    retarget_promise(ticket.promise, policy=policy, nature=nature, severity=severity)
    return "nature", "severity", "urgency", "rank"


def _state(ticket: Ticket, event: TicketEvent, by: Person, at: datetime) -> Changed:
    ticket.state = event.facts["was"]
    return ("state",)


def _tag(ticket: Ticket, event: TicketEvent, by: Person, at: datetime) -> Changed:
    tag = Tag.objects.select_for_update(no_key=True).filter(name__iexact=event.facts["tag"]).order_by("pk").first()
    if tag is None:
        raise NothingToUndo
    if event.kind == events.TAGGED.name:
        ticket.tags.remove(tag)
    else:
        ticket.tags.add(tag)
    return ()


def _snooze(ticket: Ticket, event: TicketEvent, by: Person, at: datetime) -> Changed:
    Snooze.objects.filter(ticket=ticket).delete()
    ticket.is_asleep = False
    return ("is_asleep",)


_UNDO: dict[str, Callable[[Ticket, TicketEvent, Person, datetime], Changed]] = {
    events.ASSIGNED.name: _assignment,
    events.UNASSIGNED.name: _assignment,
    events.CLASSIFIED.name: _class,
    events.RESOLVED.name: _state,
    events.REOPENED.name: _state,
    events.CUSTOMER_AWAITED.name: _state,
    events.OPENED_AGAIN.name: _state,
    events.TAGGED.name: _tag,
    events.UNTAGGED.name: _tag,
    events.SNOOZED.name: _snooze,
}
UNDOABLE_KINDS = frozenset([*_UNDO, *_OF_TWO])
