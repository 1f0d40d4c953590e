"""Work on a ticket: assign, classify, hand over, resolve, re-open, close, leave out."""

from datetime import datetime
from typing import Any

from django.db import transaction

from mainstay.catalogue.models import Product
from mainstay.duty.actions import note_turn
from mainstay.entitlement.states import Outcome, Reason
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.actions import retarget_promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import may_reopen
from mainstay.promises.states import Exclusion

from .. import events
from ..errors import CountedAlready, MergedAway, NotAssignable, NotRefused, StillRefused, UnknownClass, WindowOver
from ..models import Ticket
from ..rules import check_move, rank_now
from ..states import State
from .answering import note_on_ticket
from .fielding import must_be_filled
from .recording import allow, locked, measure_again, not_before_its_past, record, touch


@transaction.atomic
def assign_ticket(ticket: Ticket, *, to: Person, by: Person, at: datetime) -> Ticket:
    """The ticket is theirs; a new one is open from now."""
    allow(by, Permission.WORK_TICKETS)
    if not to.may(Permission.WORK_TICKETS):
        raise NotAssignable
    ticket = locked(ticket)
    if ticket.assignee_id == to.pk:
        return ticket
    was, was_state = ticket.assignee_id or 0, str(ticket.state)
    ticket.assignee = to
    if ticket.state == State.NEW:
        ticket.state = State.OPEN
    record(ticket, events.ASSIGNED, by=by, at=at, to=to.name, was=was, was_state=was_state)
    note_turn(to, at=at)
    touch(ticket, at, "assignee", "state")
    return ticket


@transaction.atomic
def unassign_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The ticket is nobody's: it stands in the queue for everybody."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if ticket.assignee_id is None:
        return ticket
    was = ticket.assignee_id
    ticket.assignee = None
    record(ticket, events.UNASSIGNED, by=by, at=at, was=was)
    touch(ticket, at, "assignee")
    return ticket


@transaction.atomic
def classify_ticket(ticket: Ticket, *, nature: str, severity: str, by: Person, at: datetime) -> Ticket:
    """The ticket has this nature and severity of its own policy; its targets follow, its clock is untouched."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    policy = policy_of(ticket.promise.revision_id)
    if not (policy.has_nature(nature) and policy.has_severity(severity)):
        raise UnknownClass
    if (ticket.nature, ticket.severity) == (nature, severity):
        return ticket
    was, was_severity = ticket.nature, ticket.severity
    ticket.nature, ticket.severity = nature, severity
    ticket.urgency = policy.urgency(severity)
    ticket.rank = rank_now(ticket)
    retarget_promise(ticket.promise, policy=policy, nature=nature, severity=severity)
    facts: dict[str, Any] = {"nature": nature, "severity": severity, "was": was, "was_severity": was_severity}
    record(ticket, events.CLASSIFIED, by=by, at=at, **facts)
    touch(ticket, at, "nature", "severity", "urgency", "rank")
    return ticket


@transaction.atomic
def name_product(ticket: Ticket, *, product: Product, by: Person, at: datetime) -> Ticket:
    """The ticket is about this product."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    ticket.product = product
    record(ticket, events.PRODUCT_NAMED, by=by, at=at, product=product.model)
    touch(ticket, at, "product")
    return ticket


@transaction.atomic
def await_customer(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The customer has the next word; the clock runs on."""
    return _move(ticket, State.WAITING, events.CUSTOMER_AWAITED, by=by, at=at)


@transaction.atomic
def put_to_work(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The ticket is open: we have the next word."""
    return _move(ticket, State.OPEN, events.OPENED_AGAIN, State.NEW, State.WAITING, by=by, at=at)


@transaction.atomic
def hand_to_developers(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Ticket:
    """The developers have it, with a note of what was tried; it stays assigned to its technician."""
    ticket = _move(ticket, State.DEVELOPERS, events.HANDED_TO_DEVELOPERS, by=by, at=at)
    note_on_ticket(ticket, text=text, by=by, at=at)
    return ticket


@transaction.atomic
def return_from_developers(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Ticket:
    """The technician has it again, with the developers' answer as a note."""
    if not by.may(Permission.HELP_AS_DEVELOPER):
        allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    check_move(ticket, State.OPEN, State.DEVELOPERS)
    at = not_before_its_past(ticket, at)
    ticket.state = State.OPEN
    record(ticket, events.RETURNED, by=by, at=at)
    measure_again(ticket)
    touch(ticket, at, "state")
    note_on_ticket(ticket, text=text, by=by, at=at)
    return ticket


@transaction.atomic
def resolve_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The ticket is resolved; its resolution is measured. Raises FieldsMissing where one that is required is empty."""
    must_be_filled(ticket)
    return _move(ticket, State.RESOLVED, events.RESOLVED, by=by, at=at)


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """Within the policy's window the same clock goes on; later WindowOver is raised."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    check_move(ticket, State.OPEN, State.RESOLVED, State.CLOSED)
    resolved_at = ticket.promise.resolved_at
    if resolved_at is not None and not may_reopen(resolved_at, at, policy_of(ticket.promise.revision_id)):
        raise WindowOver
    at = not_before_its_past(ticket, at)
    was, ticket.state = str(ticket.state), State.OPEN
    record(ticket, events.REOPENED, by=by, at=at, was=was)
    measure_again(ticket)
    touch(ticket, at, "state")
    return ticket


@transaction.atomic
def close_ticket(ticket: Ticket, *, at: datetime) -> Ticket:
    """The ticket is over once its re-open window has passed. Done by the desk itself.

    One that was re-opened meanwhile, or is still within its window, stays what it is.
    """
    ticket = locked(ticket)
    resolved_at = ticket.promise.resolved_at
    if ticket.state != State.RESOLVED or (
        resolved_at is not None and may_reopen(resolved_at, at, policy_of(ticket.promise.revision_id))
    ):
        return ticket
    ticket.state = State.CLOSED
    record(ticket, events.CLOSED, by=None, at=at)
    touch(ticket, at, "state")
    return ticket


@transaction.atomic
def exclude_ticket(ticket: Ticket, *, reason: str, by: Person, at: datetime) -> Ticket:
    """The ticket is left out of the averages for a reason of the policy's list; spam is closed at once."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    reason, at = Exclusion(reason).value, not_before_its_past(ticket, at)
    record(ticket, events.EXCLUDED, by=by, at=at, reason=reason)
    if reason == Exclusion.SPAM and ticket.state != State.CLOSED:
        check_move(ticket, State.CLOSED)
        ticket.state = State.CLOSED
        record(ticket, events.CLOSED, by=by, at=at)
    measure_again(ticket)
    touch(ticket, at, "state")
    return ticket


@transaction.atomic
def include_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """The ticket counts in the averages again; one that was put away unresolved, as spam, is open again."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if ticket.merged_into_id is not None:
        raise MergedAway
    if ticket.is_refused:
        raise StillRefused
    if not ticket.promise.excluded:
        raise CountedAlready
    at = not_before_its_past(ticket, at)
    record(ticket, events.INCLUDED, by=by, at=at)
    if ticket.state == State.CLOSED and ticket.promise.resolved_at is None:
        ticket.state = State.OPEN
        record(ticket, events.OPENED_AGAIN, by=by, at=at)
    measure_again(ticket)
    touch(ticket, at, "state")
    return ticket


@transaction.atomic
def admit_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """A refused ticket is helped all the same: it is open, and counts from its opening."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if not ticket.is_refused:
        raise NotRefused
    at = not_before_its_past(ticket, at)
    if not ticket.is_active:
        check_move(ticket, State.OPEN)
        ticket.state = State.OPEN
    ticket.entitlement, ticket.entitlement_reason = Outcome.ENTITLED, Reason.ADMITTED
    record(ticket, events.ADMITTED, by=by, at=at)
    record(ticket, events.INCLUDED, by=by, at=at)
    measure_again(ticket)
    touch(ticket, at, "state", "entitlement", "entitlement_reason")
    return ticket


def _move(ticket: Ticket, wanted: str, kind: events.EventKind, *starting: str, by: Person, at: datetime) -> Ticket:
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    check_move(ticket, wanted, *starting)
    at = not_before_its_past(ticket, at)
    was, ticket.state = str(ticket.state), wanted
    record(ticket, kind, by=by, at=at, was=was)
    measure_again(ticket)
    touch(ticket, at, "state")
    return ticket
