"""Which ticket a message belongs to: decided at the gate, asked in doubt, and undone by a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import NothingSuggested
from ..inbound import Inbound
from ..models import SideConversation, Suggestion, Ticket
from ..queries import goes_on
from ..rules import fits_thread
from ..states import Doubt, Proof
from .merging import merge_ticket
from .recording import allow, locked, record, touch, with_promise
from .siding import take_beside

# A thread that rested for longer is old: a new subject on it is likely a new matter.
OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Place:
    """Where a message goes: on with `goes_on`; else to a new ticket, which follows `previous` or may belong to `other`."""

    goes_on: Ticket | None = None
    previous: Ticket | None = None
    other: Ticket | None = None
    side: int | None = None  # the side conversation of `other` that it may belong to
    doubt: Doubt | None = None


def place_of(inbound: Inbound, person: Person) -> Place:
    """The place of a message by the evidence it bears and who sent it; the ticket is locked. In doubt, never glued."""
    ticket = _ticket_of(inbound.thread)
    if ticket is None:
        return Place()
    doubt = _doubt(inbound, person, ticket)
    if doubt is not None:
        return Place(other=ticket, doubt=doubt, side=None if _belongs(person, ticket, True) else inbound.side)
    return Place(goes_on=ticket) if goes_on(ticket, inbound.at) else Place(previous=ticket)


def side_answered(inbound: Inbound, person: Person) -> SideConversation | None:
    """The side conversation that the message answers: its evidence points there, and it is the third party who writes.

    Where it was found not to come from the address it names, a person looks first.
    """
    if inbound.side is None or inbound.sender_proof == Proof.UNVERIFIED:
        return None
    return SideConversation.objects.filter(pk=inbound.side, person=person).order_by("pk").first()


def _ticket_of(key: int | None) -> Ticket | None:
    """The ticket with this key, locked, or the one its messages were moved to."""
    while key is not None:  # ends: what is merged is never merged into
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
    if inbound.side is not None and SideConversation.objects.filter(pk=inbound.side, person=person).exists():
        return Doubt.UNPROVEN  # had it been proven, or not been checked, it would stand there already
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


def suggest(ticket: Ticket, place: Place, *, at: datetime) -> None:
    """Staff are asked whether the new ticket belongs to the one that its message points to."""
    if place.other is None or place.doubt is None:
        return
    Suggestion.objects.create(ticket=ticket, other=place.other, because=place.doubt, side_id=place.side, at=at)
    record(ticket, events.SUGGESTED, by=None, at=at, other=place.other.number, because=place.doubt.value)


@transaction.atomic
def follow_suggestion(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The messages of the ticket stand where they belong, as suggested; returns that ticket."""
    allow(by, Permission.WORK_TICKETS)
    suggestion = _suggestion_of(ticket)
    if suggestion.side_id is not None:
        return take_beside(ticket, suggestion, by=by, at=at)
    into = _ticket_of(suggestion.other_id) or suggestion.other
    return merge_ticket(ticket, into=into, by=by, at=at, is_suggested=True)


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
    suggestion = Suggestion.objects.select_related("other", "side").filter(ticket=ticket, settled_at=None).first()
    if suggestion is None:
        raise NothingSuggested
    return suggestion
