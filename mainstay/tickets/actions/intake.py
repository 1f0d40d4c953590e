"""The one gate for every incoming message, whatever channel, portal or program brought it."""

from datetime import datetime

from django.db import transaction

from mainstay.catalogue.models import Product
from mainstay.entitlement.rules import Decision, decide
from mainstay.files.actions import store_file
from mainstay.lib.languages import likely_language
from mainstay.people.actions import register_person
from mainstay.people.errors import AddressTaken
from mainstay.people.models import Person
from mainstay.people.queries import person_with_identity
from mainstay.policy.shape import Policy
from mainstay.promises.actions import open_promise
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.promises.rules import may_reopen
from mainstay.promises.states import Exclusion

from .. import events
from ..inbound import Inbound
from ..models import SUBJECT_LENGTH, Attachment, Message, Ticket
from ..rules import fits_thread
from ..states import Delivery, MessageKind, State
from .answering import answer_automatically
from .recording import announce_ticket, measure_again, record, touch


@transaction.atomic
def receive_message(inbound: Inbound, *, is_sample: bool = False) -> Message:
    """The message is on its ticket: an old one when its sender fits the thread, else a new one.

    In order: the person is identified (or registered as unknown); the thread is judged; for a new ticket the entitlement
    is decided with its reason, the promise is made under the policy in force, and the acknowledgement, or the kind answer
    to a stranger, is queued; events are recorded; open browsers hear of it.
    """
    person = _person_of(inbound, is_sample)
    ticket = _thread_of(inbound, person)
    if ticket is not None:
        return _continue_ticket(ticket, inbound, person)
    return _open_ticket(inbound, person, is_sample)


def _person_of(inbound: Inbound, is_sample: bool) -> Person:
    if not inbound.sender_address:
        return Person.objects.create(name=inbound.sender_name[:200], language=inbound.language, is_sample=is_sample)
    person = person_with_identity(inbound.channel, inbound.sender_address)
    return person or _newcomer(inbound, is_sample)


def _newcomer(inbound: Inbound, is_sample: bool) -> Person:
    """Registered as unknown; when another message of the same newcomer was quicker, the person it registered."""
    try:
        return register_person(
            name=inbound.sender_name,
            channel=inbound.channel,
            address=inbound.sender_address,
            language=inbound.language,
            is_sample=is_sample,
        )
    except AddressTaken:
        person = person_with_identity(inbound.channel, inbound.sender_address)
        if person is None:
            raise
        return person


def _thread_of(inbound: Inbound, person: Person) -> Ticket | None:
    """The ticket of the thread, locked, if this sender fits it and the policy still lets it go on."""
    if inbound.thread is None:
        return None
    ticket = (
        Ticket.objects.select_for_update(of=("self",))
        .select_related("promise", "person", "organisation")
        .filter(pk=inbound.thread)
        .first()
    )
    if ticket is None or not fits_thread(person, ticket):
        return None
    return ticket if _goes_on(ticket, inbound.at) else None


def _goes_on(ticket: Ticket, at: datetime) -> bool:
    """A refused thread goes on, to be looked at; a resolved one within the re-open window; a closed one does not."""
    if ticket.is_refused or ticket.is_active:
        return True
    resolved_at = ticket.promise.resolved_at
    policy = policy_of(ticket.promise.revision_id)
    return ticket.state == State.RESOLVED and resolved_at is not None and may_reopen(resolved_at, at, policy)


def _continue_ticket(ticket: Ticket, inbound: Inbound, person: Person) -> Message:
    message = _store_message(ticket, inbound, person)
    record(ticket, events.MESSAGE_RECEIVED, by=person, at=inbound.at, message=message)
    if ticket.state == State.RESOLVED:
        # A mail that came before the resolving and is read after it: the clock was never stopped for it.
        resolved_at = ticket.promise.resolved_at
        record(ticket, events.REOPENED, by=person, at=max(inbound.at, resolved_at) if resolved_at else inbound.at)
        measure_again(ticket)
    if ticket.state in (State.RESOLVED, State.WAITING) or (ticket.is_refused and ticket.state == State.CLOSED):
        ticket.state = State.OPEN
    touch(ticket, inbound.at, "state")
    return message


def _open_ticket(inbound: Inbound, person: Person, is_sample: bool) -> Message:
    revision = revision_in_force(inbound.at)
    policy = policy_of(revision.pk)
    decision = decide(person, policy)
    nature = inbound.nature if policy.has_nature(inbound.nature) else policy.default_nature
    severity = inbound.severity if policy.has_severity(inbound.severity) else policy.default_severity
    ticket = Ticket.objects.create(
        subject=inbound.subject[:SUBJECT_LENGTH],
        state=State.NEW if decision.is_entitled else State.CLOSED,
        nature=nature,
        severity=severity,
        urgency=policy.urgency(severity),
        channel=inbound.channel,
        language=_language_of(person, inbound, policy),
        person=person,
        organisation=person.organisation,
        product=Product.objects.filter(model=inbound.product).first() if inbound.product else None,
        entitlement=decision.outcome,
        entitlement_reason=decision.reason,
        promise=open_promise(revision=revision, policy=policy, nature=nature, severity=severity, opened_at=inbound.at),
        previous_id=_previous_of(inbound, person),
        opened_at=inbound.at,
        touched_at=inbound.at,
        is_sample=is_sample or person.is_sample,
    )
    message = _store_message(ticket, inbound, person)
    record(
        ticket,
        events.OPENED,
        by=person,
        at=inbound.at,
        message=message,
        entitlement=decision.outcome,
        because=decision.reason,
    )
    _exclude(ticket, person, decision, inbound.at)
    if inbound.may_auto_reply and not person.is_staff:
        answer_automatically(ticket, decision, at=inbound.at)
    announce_ticket(ticket)
    return message


def _exclude(ticket: Ticket, person: Person, decision: Decision, at: datetime) -> None:
    """Refused tickets and those staff opened for themselves are left out of the averages, each with its reason."""
    if not decision.is_entitled:
        reason = Exclusion.REFUSED
    elif person.is_staff:
        reason = Exclusion.OPENED_BY_STAFF
    else:
        return
    record(ticket, events.EXCLUDED, by=None, at=at, reason=reason)
    measure_again(ticket)


def _previous_of(inbound: Inbound, person: Person) -> int | None:
    """The ticket this one follows, when the thread was over but the sender belongs to it."""
    if inbound.thread is None:
        return None
    ticket = Ticket.objects.filter(pk=inbound.thread).first()
    return ticket.pk if ticket is not None and fits_thread(person, ticket) else None


def _language_of(person: Person, inbound: Inbound, policy: Policy) -> str:
    """What we know of the person, else what the message says or looks like, among the languages we write in."""
    if person.language:
        return person.language
    return inbound.language or likely_language(inbound.text, policy.languages.offered) or policy.languages.default


def _store_message(ticket: Ticket, inbound: Inbound, person: Person) -> Message:
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.INBOUND,
        author=person,
        sender_name=inbound.sender_name[:200],
        sender_address=inbound.sender_address[:320],
        channel=inbound.channel,
        external_id=inbound.external_id[:998],
        at=inbound.at,
        text=inbound.text,
        quoted=inbound.quoted,
        delivery=Delivery.NONE,
    )
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
