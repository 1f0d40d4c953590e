"""Who takes part in a ticket beside its own person: they get copies of the answers and may write to it."""

from datetime import datetime

from django.db import transaction

from mainstay.people.actions import person_or_newcomer
from mainstay.people.models import Identity, Person
from mainstay.people.states import Permission

from .. import events
from ..inbound import Inbound
from ..models import Message, Participant, Ticket
from ..states import Proof
from .recording import allow, locked, record, touch

PARTICIPANTS_MAX = 20


def bring_participants(ticket: Ticket, inbound: Inbound, person: Person) -> None:
    """Those whom a proven sender put in copy take part; anybody else's copies are only shown (contract, attack row 2)."""
    if inbound.sender_proof == Proof.VERIFIED and inbound.copies:
        _bring(ticket, inbound.channel, inbound.copies, by=person, at=inbound.at)


@transaction.atomic
def admit_participants(message: Message, *, by: Person, at: datetime) -> Ticket:
    """Those in copy of this message take part, by a colleague's decision."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(message.ticket)
    _bring(ticket, message.channel, tuple((name, address) for name, address in message.copies), by=by, at=at)
    touch(ticket, at)
    return ticket


@transaction.atomic
def remove_participant(participant: Participant, *, by: Person, at: datetime) -> Ticket:
    """They get no more copies, and what they write opens a ticket of their own."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(participant.ticket)
    if ticket.participants.filter(pk=participant.pk).delete()[0]:
        record(ticket, events.PARTICIPANT_LEFT, by=by, at=at, name=participant.person.name)
        touch(ticket, at)
    return ticket


def _bring(ticket: Ticket, channel: str, copies: tuple[tuple[str, str], ...], *, by: Person, at: datetime) -> None:
    """Known people by their address, others registered as unknown; never staff, who see every ticket anyway."""
    there = {ticket.person_id, *ticket.participants.values_list("person_id", flat=True)}
    known = {
        identity.address: identity.person
        for identity in Identity.objects.filter(
            channel=channel, address__in=[address for _name, address in copies]
        ).select_related("person__account")
    }
    for name, address in copies:
        if len(there) > PARTICIPANTS_MAX:
            return
        person = known.get(address) or person_or_newcomer(
            name=name or address, channel=channel, address=address, is_sample=ticket.is_sample
        )
        known[address] = person
        if person.pk in there or person.is_staff or person.left_at is not None:
            continue
        there.add(person.pk)
        Participant.objects.create(ticket=ticket, person=person, brought_by=by, at=at)
        record(ticket, events.PARTICIPANT_JOINED, by=by, at=at, name=person.name or address, address=address)
