"""The packet: drafts are kept, and only a whole one goes to the developers."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.tickets.actions import hand_to_developers, tell_automatically
from mainstay.tickets.actions.recording import locked
from mainstay.tickets.models import Attachment, Ticket
from mainstay.tickets.states import State

from .. import events
from ..errors import HalfEmpty, WithDevelopersAlready
from ..models import Escalation, PacketDraft
from ..notices import tell_developers, word_to_customer
from ..packet import PARTS, Packet, is_absent, missing_parts, packet_as_text
from ..queries import files_of, next_round
from ..rules import check_may
from ..states import Ended
from .steps import end, write_down


@transaction.atomic
def save_draft(ticket: Ticket, *, packet: Packet, files: Iterable[int] = (), by: Person, at: datetime) -> PacketDraft:
    """What was typed is kept with the ticket, half-empty as it may be, for everybody who works on it."""
    check_may(by, Permission.WORK_TICKETS)
    draft, _made = PacketDraft.objects.update_or_create(
        ticket=ticket, defaults={**_columns(packet), "by": by, "saved_at": at}
    )
    draft.files.set(_files_of(ticket, files))
    return draft


@transaction.atomic
def discard_draft(ticket: Ticket, *, by: Person) -> None:
    """What was typed is gone."""
    check_may(by, Permission.WORK_TICKETS)
    PacketDraft.objects.filter(ticket=ticket).delete()


@transaction.atomic
def escalate_ticket(
    ticket: Ticket, *, packet: Packet, files: Iterable[int] = (), by: Person, at: datetime
) -> Escalation:
    """The developers have the ticket with a whole packet; raises HalfEmpty, and nothing is sent.

    In order: the ticket is with the developers, the packet a note on it; the escalation is a row; the draft is gone; an
    older one that was never answered is closed; the customer is told where the policy wants it; the developers hear of it.
    """
    check_may(by, Permission.WORK_TICKETS)
    if missing := missing_parts(packet):
        raise HalfEmpty(str(part.label) for part in missing)
    ticket = locked(ticket)
    if ticket.state == State.DEVELOPERS:
        raise WithDevelopersAlready
    chosen = _files_of(ticket, files)
    packet = Packet(packet.words, packet.absent, tuple(file.filename for file in chosen))
    ticket = hand_to_developers(ticket, text=packet_as_text(packet), by=by, at=at)
    _close_left(ticket, at)
    escalation = Escalation.objects.create(
        ticket=ticket, round=next_round(ticket), by=by, sent_at=at, **_columns(packet)
    )
    escalation.files.set(chosen)
    write_down(escalation, events.SENT, by=by, at=at)
    PacketDraft.objects.filter(ticket=ticket).delete()
    policy = policy_of(ticket.promise.revision_id)
    if policy.second_line.customer_is_told and escalation.round == 1:
        tell_automatically(ticket, text=word_to_customer(ticket, policy), at=at)
    tell_developers(ticket, escalation.round, by, at)
    return escalation


def _close_left(ticket: Ticket, at: datetime) -> None:
    """A ticket that left the developers by another way, such as being resolved, left its escalation open."""
    for left in ticket.escalations.select_for_update(of=("self",)).filter(ended_at=None).order_by("pk"):
        end(left, Ended.WENT_ON, by=None, at=at)
        write_down(left, events.WENT_ON, by=None, at=at)


def _columns(packet: Packet) -> dict[str, object]:
    return {**packet.words, "absent": sorted(part.key for part in PARTS if is_absent(packet, part))}


def _files_of(ticket: Ticket, keys: Iterable[int]) -> list[Attachment]:
    """Of the ticket's own files those with these keys: another ticket's are passed over."""
    wanted = set(keys)
    return [file for file in files_of(ticket) if file.pk in wanted]
