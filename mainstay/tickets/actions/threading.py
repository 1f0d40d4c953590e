"""Which ticket a message belongs to: decided at the gate, asked in doubt, and undone by a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import may_reopen
from mainstay.promises.states import Exclusion

from .. import events
from ..errors import MergeNotPossible, MessagesElsewhere, NothingSuggested, NotMerged, WindowOver
from ..inbound import Inbound
from ..models import Message, Participant, Suggestion, Ticket
from ..queries import joins_when_moved
from ..rules import fits_thread
from ..states import Delivery, Doubt, MessageKind, Proof, State
from .recording import allow, locked, measure_again, not_before_its_past, record, touch, with_promise

# A thread that rested for longer is old: a new subject on it is likely a new matter.
OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Place:
    """Where a message goes: on with `goes_on`; else to a new ticket, which follows `previous` or may belong to `other`."""

    goes_on: Ticket | None = None
    previous: Ticket | None = None
    other: Ticket | None = None
    doubt: Doubt | None = None


def place_of(inbound: Inbound, person: Person) -> Place:
    """The place of a message by the evidence it bears and who sent it; the ticket is locked. In doubt, never glued."""
    ticket = _ticket_of(inbound.thread)
    if ticket is None:
        return Place()
    doubt = _doubt(inbound, person, ticket)
    if doubt is not None:
        return Place(other=ticket, doubt=doubt)
    return Place(goes_on=ticket) if _goes_on(ticket, inbound.at) else Place(previous=ticket)


def _ticket_of(key: int | None) -> Ticket | None:
    """The ticket with this key, locked, or the one its messages were moved to."""
    for _hop in range(5):
        if key is None:
            return None
        held = Ticket.objects.select_for_update(of=("self",)).select_related("person", "organisation")
        ticket = held.filter(pk=key).first()
        if ticket is None:
            return None
        if ticket.merged_into_id is None:
            return with_promise(ticket)
        key = ticket.merged_into_id
    return None


def _doubt(inbound: Inbound, person: Person, ticket: Ticket) -> Doubt | None:
    """Why a person should look first; None when the message plainly belongs to the ticket."""
    is_proven = inbound.sender_proof == Proof.VERIFIED
    if not _belongs(person, ticket, is_proven):
        return Doubt.OTHER_SENDER
    if inbound.is_only_number and not (is_proven and person.pk == ticket.person_id):
        return Doubt.ONLY_NUMBER
    if inbound.sender_proof == Proof.UNVERIFIED:
        return Doubt.UNPROVEN
    if inbound.has_new_subject and (not ticket.is_active or inbound.at - ticket.touched_at > OLD_AFTER):
        return Doubt.NEW_SUBJECT
    return None


def _belongs(person: Person, ticket: Ticket, is_proven: bool) -> bool:
    """Its person, a colleague, a participant; one of the staff only when it is proven that they wrote it (row 3)."""
    if person.is_staff:
        return is_proven or person.pk == ticket.person_id
    if fits_thread(person, ticket):
        return True
    return person.left_at is None and ticket.participants.filter(person=person).exists()


def _goes_on(ticket: Ticket, at: datetime) -> bool:
    """A refused thread goes on, to be looked at; a resolved one within the re-open window; a closed one does not."""
    if ticket.is_refused or ticket.is_active:
        return True
    resolved_at = ticket.promise.resolved_at
    policy = policy_of(ticket.promise.revision_id)
    return ticket.state == State.RESOLVED and resolved_at is not None and may_reopen(resolved_at, at, policy)


def suggest(ticket: Ticket, place: Place, *, at: datetime) -> None:
    """Staff are asked whether the new ticket belongs to the one that its message points to."""
    if place.other is None or place.doubt is None:
        return
    Suggestion.objects.create(ticket=ticket, other=place.other, because=place.doubt, at=at)
    record(ticket, events.SUGGESTED, by=None, at=at, other=place.other.number, because=place.doubt.value)


@transaction.atomic
def follow_suggestion(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The messages of the ticket stand where they belong, as suggested; returns that ticket."""
    suggestion = _suggestion_of(ticket)
    into = _ticket_of(suggestion.other_id) or suggestion.other
    return merge_ticket(ticket, into=into, by=by, at=at)


@transaction.atomic
def keep_apart(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The suggestion was wrong: the ticket stays one of its own."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    suggestion = _suggestion_of(ticket)
    suggestion.settled_at = at
    suggestion.save(update_fields=["settled_at"])
    record(ticket, events.KEPT_APART, by=by, at=at)
    touch(ticket, at)
    return ticket


def _suggestion_of(ticket: Ticket) -> Suggestion:
    suggestion = Suggestion.objects.select_related("other").filter(ticket=ticket, settled_at=None).first()
    if suggestion is None:
        raise NothingSuggested
    return suggestion


@transaction.atomic
def merge_ticket(ticket: Ticket, *, into: Ticket, by: Person, at: datetime) -> Ticket:
    """The messages of `ticket` stand on `into`, which is open; `ticket` is closed and left out as merged. Undone by unmerge.

    Its person takes part from now on, if they do not belong there anyway. A ticket that staff answered stays, and so does
    one that holds another's messages, or whose other has been over for longer than the re-open window.
    """
    allow(by, Permission.WORK_TICKETS)
    ticket, into = _both_locked(ticket, into)
    if ticket.pk == into.pk or ticket.merged_into_id or into.merged_into_id:
        raise MergeNotPossible
    if _was_answered(ticket) or ticket.merged.exists():
        raise MergeNotPossible
    if not _goes_on(into, at):
        raise WindowOver
    Suggestion.objects.filter(ticket=ticket, settled_at=None).update(settled_at=at)
    facts: dict[str, Any] = {
        "was": str(ticket.state),
        "excluded": ticket.promise.excluded,
        "joined": _joins(ticket, into, by, at),
    }
    Message.objects.filter(ticket=ticket, kind__in=_MOVED).update(ticket=into, came_to=ticket)
    at = max(not_before_its_past(one, at) for one in (ticket, into))
    record(ticket, events.MERGED, by=by, at=at, other=into.number, **facts)
    record(ticket, events.EXCLUDED, by=by, at=at, reason=Exclusion.MERGED)
    ticket.merged_into, ticket.state = into, State.CLOSED
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    record(into, events.TOOK_OVER, by=by, at=at, other=ticket.number)
    if into.state == State.RESOLVED:
        record(into, events.REOPENED, by=by, at=at)
    measure_again(into)
    if into.state in (State.RESOLVED, State.WAITING, State.CLOSED):
        into.state = State.OPEN
    touch(into, at, "state")
    return into


@transaction.atomic
def unmerge_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The messages are back on the ticket they came to, which is what it was before, and may be suggested again."""
    allow(by, Permission.WORK_TICKETS)
    if ticket.merged_into is None:
        raise NotMerged
    ticket, into = _both_locked(ticket, ticket.merged_into)
    if ticket.merged_into_id != into.pk:
        raise NotMerged
    if not Message.objects.filter(ticket=into, came_to=ticket).update(ticket=ticket, came_to=None):
        raise MessagesElsewhere
    before = ticket.events.filter(kind=events.MERGED.name).order_by("-pk").values_list("facts", flat=True)[0]
    ticket.merged_into, ticket.state = None, before["was"]
    at = not_before_its_past(ticket, at)
    record(ticket, events.UNMERGED, by=by, at=at, other=ticket.number)
    if before["excluded"]:
        record(ticket, events.EXCLUDED, by=by, at=at, reason=before["excluded"])
    else:
        record(ticket, events.INCLUDED, by=by, at=at)
    if before["joined"]:
        into.participants.filter(person=ticket.person_id).delete()
    Suggestion.objects.filter(ticket=ticket, other=into).update(settled_at=None)
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    record(into, events.UNMERGED, by=by, at=at, other=ticket.number)
    touch(into, at)
    return ticket


_MOVED = (MessageKind.INBOUND, MessageKind.NOTE)


def _joins(ticket: Ticket, into: Ticket, by: Person, at: datetime) -> int:
    """1 when the person of `ticket` takes part in `into` from now on: they must get the answers to what they wrote."""
    if not joins_when_moved(ticket, into):
        return 0
    person = ticket.person
    _part, is_new = Participant.objects.get_or_create(ticket=into, person=person, defaults={"brought_by": by, "at": at})
    return int(is_new)


def _was_answered(ticket: Ticket) -> bool:
    return ticket.messages.filter(kind=MessageKind.REPLY).exclude(delivery=Delivery.WITHDRAWN).exists()


def _both_locked(one: Ticket, other: Ticket) -> tuple[Ticket, Ticket]:
    """Both as they are now, locked in the order of their keys, so that two people never wait for each other."""
    found = {key: locked(Ticket(pk=key)) for key in sorted({one.pk, other.pk})}
    return found[one.pk], found[other.pk]
