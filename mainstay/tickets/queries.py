"""The only ways to get tickets, so that access is decided once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.db import connection
from django.db.models import Prefetch, Q

from mainstay.entitlement.states import Outcome
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.course import Course
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import course_in

from .errors import NoSuchTicket
from .events import KINDS
from .models import Attachment, Message, Participant, Suggestion, Ticket, TicketEvent, TicketQuerySet
from .rules import MEASURED_KINDS, MeasuredEvent, facts_of, fits_thread
from .states import ACTIVE, MessageKind, Proof, State

PAGE = 40
COUNTED_UP_TO = 100  # counters are capped: "99+"
CLOSED_AT_ONCE = 500
NUMBER_MAX = 2**63 - 1


def tickets_for(viewer: Person) -> TicketQuerySet:
    """Tickets this person may see: all for staff, one's own and one's organisation's for a partner's contact."""
    everything = Ticket.objects.all()
    if viewer.may(Permission.SEE_TICKETS):
        return everything
    mine = Q(person=viewer)
    if viewer.organisation_id is not None:
        mine |= Q(organisation_id=viewer.organisation_id)
    return everything.filter(mine)


_ON_PAGE = ("promise__revision", "product", "previous", "merged_into", "suggestion__other")


def ticket_for(viewer: Person, number: int | str) -> Ticket:
    """The ticket with this number and everything its page shows at the top; raises NoSuchTicket, also for strangers."""
    try:
        return tickets_for(viewer).as_rows().select_related(*_ON_PAGE).get(number=int(number))
    except (Ticket.DoesNotExist, ValueError, OverflowError):
        raise NoSuchTicket(number) from None


def may_write_to_customer(person: Person, ticket: Ticket) -> bool:
    """Whether this person may answer the customer: who works on tickets; a developer on a ticket that is with the
    developers, where the ticket's policy lets them."""
    if person.may(Permission.WORK_TICKETS):
        return True
    is_theirs = person.may(Permission.HELP_AS_DEVELOPER) and ticket.state == State.DEVELOPERS
    return is_theirs and policy_of(ticket.promise.revision_id).second_line.developers_may_write


def messages_of(ticket: Ticket, viewer: Person) -> list[Message]:
    """The messages of a ticket that the viewer may see, oldest first, with authors and attachments."""
    messages = ticket.messages.select_related("author").order_by("at", "pk")
    if not viewer.may(Permission.SEE_TICKETS):
        messages = messages.exclude(kind=MessageKind.NOTE)
    files = Attachment.objects.select_related("file").order_by("pk")
    return list(messages.prefetch_related(Prefetch("attachments", queryset=files)))


def history_of(ticket: Ticket, viewer: Person) -> list[TicketEvent]:
    """The events of a ticket that the viewer may see, oldest first."""
    history = ticket.events.select_related("by").order_by("pk")
    if not viewer.may(Permission.SEE_TICKETS):
        history = history.filter(kind__in=[kind.name for kind in KINDS.values() if kind.visible_to_customer])
    return list(history)


def course_of_ticket(ticket: Ticket) -> Course:
    """The course of a ticket under its own policy, from its events: what its figures are made of."""
    history = ticket.events.filter(kind__in=MEASURED_KINDS).order_by("pk")
    rows = map(MeasuredEvent._make, history.values_list(*MeasuredEvent._fields))
    promise = ticket.promise
    return course_in(promise.opened_at, facts_of(rows), policy_of(promise.revision_id))


def attachment_for(viewer: Person, pk: int) -> Attachment | None:
    """The attachment, if the viewer may see its message; None otherwise."""
    attachments = Attachment.objects.select_related("file", "message").filter(
        pk=pk, message__ticket__in=tickets_for(viewer)
    )
    if not viewer.may(Permission.SEE_TICKETS):
        attachments = attachments.exclude(message__kind=MessageKind.NOTE)
    return attachments.first()


def open_suggestion(ticket: Ticket) -> Suggestion | None:
    """What a person should decide about where this ticket belongs; loaded with the ticket."""
    try:
        suggestion = ticket.suggestion
    except Suggestion.DoesNotExist:
        return None
    return suggestion if suggestion.settled_at is None else None


def ticket_with_messages_of(key: int) -> Ticket | None:
    """The ticket with this key, or the one on which its messages stand now, with its person."""
    for _hop in range(5):
        ticket = Ticket.objects.select_related("person").filter(pk=key).first()
        if ticket is None or ticket.merged_into_id is None:
            return ticket
        key = ticket.merged_into_id
    return None


def joins_when_moved(ticket: Ticket, into: Ticket) -> bool:
    """Whether the ticket's person would take part in `into` if its messages were moved there: to get the answers to them.

    Not one who belongs there anyway, nor anybody whose message was found not to come from the address it names.
    """
    person = ticket.person
    if person.is_staff or person.left_at is not None or fits_thread(person, into):
        return False
    return not ticket.messages.filter(kind=MessageKind.INBOUND, sender_proof=Proof.UNVERIFIED).exists()


def participants_of(ticket: Ticket) -> list[Participant]:
    """Who takes part beside the ticket's person, in the order in which they came."""
    return list(ticket.participants.select_related("person").order_by("pk"))


def participant_for(viewer: Person, pk: int) -> Participant | None:
    """Somebody's part in a ticket that the viewer may see; None otherwise."""
    parts = Participant.objects.select_related("ticket", "person").filter(pk=pk, ticket__in=tickets_for(viewer))
    return parts.first()


def message_for(viewer: Person, pk: int) -> Message | None:
    """The message with its ticket, if the viewer may see it; None otherwise."""
    messages = Message.objects.select_related("ticket").filter(pk=pk, ticket__in=tickets_for(viewer))
    if not viewer.may(Permission.SEE_TICKETS):
        messages = messages.exclude(kind=MessageKind.NOTE)
    return messages.first()


VIEWS: dict[str, Q] = {
    "open": Q(state__in=[State.NEW, State.OPEN]),
    "mine": Q(state__in=ACTIVE),
    "unassigned": Q(state__in=[State.NEW, State.OPEN], assignee=None),
    "waiting": Q(state=State.WAITING),
    "developers": Q(state=State.DEVELOPERS),
    "resolved": Q(state__in=[State.RESOLVED, State.CLOSED]) & ~Q(entitlement=Outcome.REFUSED),
    "refused": Q(entitlement=Outcome.REFUSED),
    "all": Q(),
}
QUEUE_ORDER = ("rank", "opened_at", "number")
WORKED_DOWN = ("open", "unassigned", "mine")  # ordered by what protects the promise; the others by the newest change


@dataclass(frozen=True)
class Page:
    """One page of a queue; `after` is the key of the next one, empty at the end."""

    tickets: list[Ticket]
    after: str


def queue_for(viewer: Person, view: str = "open", after: str = "", size: int = PAGE) -> Page:
    """One page of a view. Open work: in the queue's order (`rules.rank_of`). The rest: newest change first. Keyset paging."""
    tickets = _of_view(viewer, view)
    if view in WORKED_DOWN:
        tickets = _after_worked_down(tickets, after).order_by(*QUEUE_ORDER)
    else:
        tickets = _after_newest(tickets, after).order_by("-touched_at", "-number")
    rows = list(tickets.as_rows()[: size + 1])
    key = _key(rows[size - 1], view) if len(rows) > size else ""
    return Page(rows[:size], key)


def count_before(ticket: Ticket) -> int:
    """How many open tickets stand before this one in the queue of everybody, counted up to 100."""
    row = "(tickets_ticket.rank, tickets_ticket.opened_at, tickets_ticket.number) < (%s, %s, %s)"
    place = [ticket.rank, ticket.opened_at, ticket.number]
    queue = Ticket.objects.filter(VIEWS["open"]).extra(where=[row], params=place)  # noqa: S610 - values are parameters
    return queue.order_by(*QUEUE_ORDER)[:COUNTED_UP_TO].count()


def counters_for(viewer: Person, views: tuple[str, ...]) -> dict[str, int]:
    """How many tickets each view holds, counted up to 100, in one query."""
    counted = [_of_view(viewer, view).order_by().values("pk")[:COUNTED_UP_TO] for view in views]
    return _capped_counts(dict(zip(views, counted, strict=True)))


def _capped_counts(querysets: dict[str, Any]) -> dict[str, int]:
    parts, parameters = [], []
    for queryset in querysets.values():
        sql, given = queryset.query.sql_with_params()
        parts.append(f"(select count(*) from ({sql}) counted)")  # noqa: S608 - made by Django, values are parameters
        parameters.extend(given)
    with connection.cursor() as cursor:
        cursor.execute("select " + ", ".join(parts), parameters)
        row = cursor.fetchone()
    return dict(zip(querysets, row, strict=True))


def _of_view(viewer: Person, view: str) -> TicketQuerySet:
    tickets = tickets_for(viewer).filter(VIEWS[view])
    return tickets.filter(assignee=viewer) if view == "mine" else tickets


def _key(ticket: Ticket, view: str) -> str:
    if view in WORKED_DOWN:
        return f"{ticket.rank}~{ticket.opened_at.isoformat()}~{ticket.number}"
    return f"{ticket.touched_at.isoformat()}~{ticket.number}"


def _after_worked_down(tickets: TicketQuerySet, after: str) -> TicketQuerySet:
    """Tickets behind this key; a key that is not one of ours is ignored."""
    try:
        rank, opened, number = after.split("~")
        where = (_number(rank), _moment(opened), _number(number))
    except (ValueError, OverflowError):
        return tickets
    row = "(tickets_ticket.rank, tickets_ticket.opened_at, tickets_ticket.number) > (%s, %s, %s)"
    return cast(TicketQuerySet, tickets.extra(where=[row], params=list(where)))  # noqa: S610 - the values are parameters


def _after_newest(tickets: TicketQuerySet, after: str) -> TicketQuerySet:
    try:
        touched, number = after.split("~")
        where = (_moment(touched), _number(number))
    except (ValueError, OverflowError):
        return tickets
    row = "(touched_at, tickets_ticket.number) < (%s, %s)"
    return cast(TicketQuerySet, tickets.extra(where=[row], params=list(where)))  # noqa: S610 - the values are parameters


def _moment(text: str) -> datetime:
    """A moment that the database can hold, in UTC; anything else raises ValueError or OverflowError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= NUMBER_MAX:
        raise OverflowError
    return number


def earlier_tickets_of(ticket: Ticket, viewer: Person, limit: int = 5) -> list[Ticket]:
    """The latest other tickets of the same person or organisation."""
    same = Q(person_id=ticket.person_id)
    if ticket.organisation_id is not None:
        same |= Q(organisation_id=ticket.organisation_id)
    return list(tickets_for(viewer).filter(same).exclude(pk=ticket.pk).order_by("-number")[:limit])


def tickets_to_close(at: datetime) -> list[Ticket]:
    """Resolved tickets whose re-open window, under their own policy, is over: the first CLOSED_AT_ONCE."""
    over = Q(pk=None)
    for revision in Promise.objects.filter(ticket__state=State.RESOLVED).order_by().values_list("revision").distinct():
        window = timedelta(seconds=policy_of(revision[0]).reopen_window_seconds)
        over |= Q(promise__revision=revision[0], promise__resolved_at__lt=at - window)
    resolved = Ticket.objects.filter(over, state=State.RESOLVED).select_related("promise")
    return list(resolved.order_by("promise__resolved_at", "pk")[:CLOSED_AT_ONCE])


# --- alarms -----------------------------------------------------------------------------------------------------------

RUNG_AT_ONCE = 50


def next_alarm_at() -> datetime | None:
    """When the next alarm of any ticket is due: the first entry of an index."""
    waiting = Promise.objects.filter(next_alarm_at__isnull=False).order_by("next_alarm_at")
    return waiting.values_list("next_alarm_at", flat=True).first()


def alarms_due(at: datetime) -> list[int]:
    """The keys of tickets whose alarms are due, the longest due first, RUNG_AT_ONCE at most."""
    due = Promise.objects.filter(next_alarm_at__lte=at).order_by("next_alarm_at")
    return list(due.values_list("ticket__pk", flat=True)[:RUNG_AT_ONCE])


def tickets_without_alarm(after: int, number: int) -> list[int]:
    """The keys of open tickets that count and have no alarm to come, in order, from the one after `after` on."""
    counting = Promise.objects.filter(excluded="", resolved_at=None, next_alarm_at=None)
    open_ones = counting.filter(ticket__state__in=ACTIVE, ticket__pk__gt=after).order_by("ticket__pk")
    return list(open_ones.values_list("ticket__pk", flat=True)[:number])
