"""The one gate for every incoming message, whatever channel, portal or program brought it."""

from datetime import datetime

from django.db import transaction

from mainstay.catalogue.models import Product
from mainstay.entitlement.rules import Decision, decide
from mainstay.jobs.queue import enqueue
from mainstay.lib.languages import likely_language
from mainstay.people.actions import person_or_newcomer
from mainstay.people.models import Person
from mainstay.people.queries import person_now
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.actions import open_promise
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.promises.states import Exclusion

from .. import events
from ..errors import MessageMoved, NothingToSplit
from ..inbound import Inbound
from ..models import SUBJECT_LENGTH, Message, Ticket
from ..rules import rank_of
from ..states import Doubt, MessageKind, Proof, State
from .answering import answer_automatically, store_received
from .assigning import ASSIGN
from .participating import bring_participants
from .recording import allow, announce_ticket, locked, measure_again, record, touch
from .siding import receive_beside
from .threading import Place, place_of, side_answered, suggest


@transaction.atomic(savepoint=False)
def receive_message(inbound: Inbound, *, is_sample: bool = False) -> Message:
    """The message is on its ticket: an old one when its sender fits the thread, else a new one.

    An answer of a third party stands in its side conversation instead, and changes nothing else.

    In order: the person is identified (or registered as unknown); the thread is judged; for a new ticket the entitlement
    is decided with its reason, the promise is made under the policy in force, and the acknowledgement, or the kind answer
    to a stranger, is queued; where the thread leaves a doubt, staff are asked instead; events are recorded; those in copy
    of a proven sender take part; open browsers hear of it.
    """
    person = person_now(_person_of(inbound, is_sample))
    beside = side_answered(inbound, person)
    if beside is not None:
        return receive_beside(beside, inbound, person)
    place = place_of(inbound, person)
    if place.goes_on is not None:
        return _continue_ticket(place.goes_on, inbound, person)
    return _open_ticket(inbound, person, place, is_sample)


@transaction.atomic
def split_message(message: Message, *, by: Person, at: datetime) -> Ticket:
    """A message that came in stands on a new ticket of its author, whose clock runs from when the message came."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(message.ticket)
    came_in = list(
        ticket.messages.filter(kind=MessageKind.INBOUND).select_related("author__organisation").order_by("pk")
    )
    found = next((one for one in came_in if one.pk == message.pk), None)
    if found is None and (elsewhere := Ticket.objects.filter(messages=message).exclude(pk=ticket.pk).first()):
        raise MessageMoved(elsewhere.number)
    if found is None or len(came_in) < 2 or found.author is None:
        raise NothingToSplit
    inbound = Inbound(
        channel=found.channel,
        sender_address=found.sender_address,
        sender_name=found.sender_name,
        subject=found.subject or ticket.subject,
        text=found.text,
        at=found.at,
        is_by_hand=True,
    )
    new = new_ticket(inbound, found.author, Place(previous=ticket), ticket.is_sample)
    Message.objects.filter(pk=found.pk).update(ticket=new, came_to=ticket)
    _record_opening(new, found, found.author, decide(found.author, policy_of(new.promise.revision_id)))
    record(new, events.SPLIT_FROM, by=by, at=at, other=ticket.number, was="")
    record(ticket, events.SPLIT_OFF, by=by, at=at, other=new.number)
    touch(ticket, at)
    announce_ticket(new)
    return new


def _person_of(inbound: Inbound, is_sample: bool) -> Person:
    if not inbound.sender_address:
        return Person.objects.create(name=inbound.sender_name[:200], language=inbound.language, is_sample=is_sample)
    return person_or_newcomer(
        name="" if inbound.is_name_false else inbound.sender_name,
        channel=inbound.channel,
        address=inbound.sender_address,
        language=inbound.language,
        is_sample=is_sample,
    )


def _continue_ticket(ticket: Ticket, inbound: Inbound, person: Person) -> Message:
    if person.is_staff and person.pk != ticket.person_id:
        return _note_by_mail(ticket, inbound, person)
    message = store_received(ticket, inbound, person, MessageKind.INBOUND)
    record(ticket, events.MESSAGE_RECEIVED, by=person, at=inbound.at, message=message)
    if ticket.state == State.RESOLVED:
        # A mail that came before the resolving and is read after it: the clock was never stopped for it.
        resolved_at = ticket.promise.resolved_at
        record(ticket, events.REOPENED, by=person, at=max(inbound.at, resolved_at) if resolved_at else inbound.at)
    measure_again(ticket)
    if ticket.state in (State.RESOLVED, State.WAITING) or (ticket.is_refused and ticket.state == State.CLOSED):
        ticket.state = State.OPEN
    bring_participants(ticket, inbound, person)
    touch(ticket, inbound.at, "state")
    return message


def _note_by_mail(ticket: Ticket, inbound: Inbound, person: Person) -> Message:
    """What a colleague writes to the desk's address about a ticket is for colleagues: it never goes on to the customer."""
    message = store_received(ticket, inbound, person, MessageKind.NOTE)
    record(ticket, events.NOTED, by=person, at=inbound.at, message=message)
    touch(ticket, inbound.at)
    return message


def _open_ticket(inbound: Inbound, person: Person, place: Place, is_sample: bool) -> Message:
    ticket = new_ticket(inbound, person, place, is_sample)
    message = store_received(ticket, inbound, person, MessageKind.INBOUND)
    decision = decide(person, policy_of(ticket.promise.revision_id))
    _record_opening(ticket, message, person, decision)
    if person.is_staff and place.doubt == Doubt.OTHER_SENDER:
        record(ticket, events.SUSPECTED, by=None, at=inbound.at)
    suggest(ticket, place, at=inbound.at)
    bring_participants(ticket, inbound, person)
    # In doubt about the thread a person decides first: neither a second acknowledgement nor a refusal goes out.
    if inbound.may_auto_reply and not person.is_staff and place.doubt is None:
        answer_automatically(
            ticket, _without_seller_unless_proven(decision, inbound), inbound.sender_address, at=inbound.at
        )
    announce_ticket(ticket)
    return message


def new_ticket(inbound: Inbound, person: Person, place: Place, is_sample: bool) -> Ticket:
    revision = revision_in_force(inbound.at)
    policy = policy_of(revision.pk)
    decision = decide(person, policy)
    nature = inbound.nature if policy.has_nature(inbound.nature) else policy.default_nature
    severity = inbound.severity if policy.has_severity(inbound.severity) else policy.default_severity
    promise = open_promise(
        revision=revision,
        policy=policy,
        nature=nature,
        severity=severity,
        opened_at=inbound.at,
        excluded=exclusion_of(person, decision),
    )
    ticket = Ticket.objects.create(
        subject=inbound.subject[:SUBJECT_LENGTH],
        state=_first_state(decision, place, inbound),
        nature=nature,
        severity=severity,
        urgency=policy.urgency(severity),
        rank=rank_of(policy.urgency(severity), 0, is_answered=False),
        channel=inbound.channel,
        language=_language_of(person, inbound, policy),
        person=person,
        organisation=person.organisation,
        product=Product.objects.filter(model=inbound.product).first() if inbound.product else None,
        entitlement=decision.outcome,
        entitlement_reason=decision.reason,
        promise=promise,
        previous=place.previous,
        opened_at=inbound.at,
        touched_at=inbound.at,
        is_sample=is_sample or person.is_sample,
    )
    if policy.assignment.automatic and ticket.state == State.NEW:
        enqueue(ASSIGN, ticket=ticket.pk)
    return ticket


def _record_opening(ticket: Ticket, message: Message, person: Person, decision: Decision) -> None:
    facts = {"entitlement": decision.outcome.value, "because": decision.reason.value}
    record(ticket, events.OPENED, by=person, at=message.at, message=message, **facts)
    if excluded := exclusion_of(person, decision):
        record(ticket, events.EXCLUDED, by=None, at=message.at, reason=excluded)


def _first_state(decision: Decision, place: Place, inbound: Inbound) -> State:
    """Refused tickets are closed at once, unless somebody must look: in doubt where they belong, or made by a colleague."""
    if decision.is_entitled:
        return State.NEW
    return State.OPEN if place.doubt is not None or inbound.is_by_hand else State.CLOSED


def exclusion_of(person: Person, decision: Decision) -> str:
    """Refused tickets and those staff opened for themselves are left out of the averages, each with its reason."""
    if not decision.is_entitled:
        return Exclusion.REFUSED.value
    return Exclusion.OPENED_BY_STAFF.value if person.is_staff else ""


def _without_seller_unless_proven(decision: Decision, inbound: Inbound) -> Decision:
    """Who sold to whom is nothing to tell a sender who was found not to be who they claim."""
    if inbound.sender_proof == Proof.UNVERIFIED:
        return Decision(decision.outcome, decision.reason)
    return decision


def _language_of(person: Person, inbound: Inbound, policy: Policy) -> str:
    """What we know of the person, else what the message says or looks like, among the languages we write in."""
    if person.language:
        return person.language
    return inbound.language or likely_language(inbound.text, policy.languages.offered) or policy.languages.default
