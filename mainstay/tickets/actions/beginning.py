"""Write to somebody first: a ticket that begins with our message."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mainstay.entitlement.rules import decide
from mainstay.people.changing import held_person
from mainstay.people.models import Person
from mainstay.people.queries import email_of
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.promises.states import Exclusion

from .. import events
from ..enclosures import Enclosure
from ..errors import NoAddress, NoSubject
from ..inbound import Inbound
from ..models import SUBJECT_LENGTH, Message
from ..rules import written
from ..states import TextFormat, Then
from .answering import reply_to_ticket
from .intake import exclusion_of, new_ticket
from .recording import allow, record
from .threading import Place


@transaction.atomic
def write_to_person(
    person: Person,
    *,
    subject: str,
    text: str,
    by: Person,
    at: datetime,
    nature: str = "",
    severity: str = "",
    undo_seconds: int = 0,
    text_format: str = TextFormat.PLAIN,
    files: Sequence[Enclosure] = (),
) -> Message:
    """A new ticket of this person begins with our message, which is queued, and waits for their answer.

    The entitlement is decided and the promise made as for every ticket, which is left out of the averages; it is not closed
    when they are not entitled, since a colleague wanted to write. `undo_seconds` as in `reply_to_ticket`. Raises NoSubject,
    EmptyText, TextTooLong, NoAddress, and IsColleague and MergedMeanwhile as changes of a person do.
    """
    allow(by, Permission.WORK_TICKETS)
    subject = " ".join(subject.replace("\x00", "").split())[:SUBJECT_LENGTH]
    if not subject:
        raise NoSubject
    text = written(text)
    person = held_person(person)
    address = email_of(person)
    if not address:
        raise NoAddress
    ours = Inbound(
        channel=EMAIL,
        sender_address=address,
        sender_name=person.name,
        subject=subject,
        text=text,
        at=at,
        is_by_hand=True,
        nature=nature,
        severity=severity,
    )
    ticket = new_ticket(ours, person, Place(), person.is_sample)
    decision = decide(person, policy_of(ticket.promise.revision_id))
    record(ticket, events.OPENED, by=by, at=at, entitlement=decision.outcome.value, because=decision.reason.value)
    # Our own first word is no answer to anybody: counted, it would be one after no time at all.
    excluded = exclusion_of(person, decision) or Exclusion.OPENED_BY_STAFF.value
    record(ticket, events.EXCLUDED, by=None, at=at, reason=excluded)
    return reply_to_ticket(
        ticket,
        text=text,
        by=by,
        at=at,
        then=Then.WAIT,
        undo_seconds=undo_seconds,
        text_format=text_format,
        files=files,
    )
