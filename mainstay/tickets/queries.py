"""The only ways to get tickets, so that access is decided once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Prefetch, Q, QuerySet
from psycopg import ClientCursor

from mainstay.entitlement.states import Outcome
from mainstay.history.prepared import Prepared
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.course import Course
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import course_in, may_reopen

from . import events
from .errors import NoSuchTicket
from .events import KINDS
from .fields import CustomField, FieldValue
from .models import (
    Attachment,
    Checklist,
    Follower,
    Link,
    Message,
    Participant,
    SideConversation,
    Snooze,
    Suggestion,
    Tag,
    Task,
    Ticket,
    TicketEvent,
    TicketQuerySet,
    TimeCounting,
    TimeSpent,
)
from .rules import MEASURED_KINDS, MeasuredEvent, facts_of, fits_thread
from .states import ACTIVE, INTERNAL, LinkKind, LinkSide, MessageKind, Proof, State

PAGE = 40
COUNTED_UP_TO = 100  # counters are capped: "99+"
CLOSED_AT_ONCE = 500
NUMBER_MAX = 2**63 - 1
ASKED_OF = "~"  # between the key of a custom field and the value that is asked for


def tickets_for(viewer: Person) -> TicketQuerySet:
    """Tickets this person may see: all for staff, one's own and one's organisation's for a partner's contact."""
    everything = Ticket.objects.all()
    if viewer.may(Permission.SEE_TICKETS):
        return everything
    mine = Q(person=viewer)
    if viewer.organisation_id is not None:
        mine |= Q(organisation_id=viewer.organisation_id)
    return everything.filter(mine)


def sees_all(viewer: Person) -> bool:
    """Whether `tickets_for` leaves nothing out for this person: then what is asked of all tickets may be asked of the table."""
    return not tickets_for(viewer).query.where


# Not the tickets that it may point to: to plan a query of ten tables takes longer than to read such a ticket when there is one.
_ON_PAGE = ("promise__revision", "product", "suggestion")


def ticket_for(viewer: Person, number: int | str) -> Ticket:
    """The ticket with this number and everything its page shows at the top; raises NoSuchTicket, also for strangers."""
    try:
        asked = int(number)
    except ValueError:
        raise NoSuchTicket(number) from None
    if not -NUMBER_MAX <= asked <= NUMBER_MAX:
        raise NoSuchTicket(number)
    if viewer.may(Permission.SEE_TICKETS):
        found: Ticket | None = _TICKET.first(asked)
    else:
        found = tickets_for(viewer).as_rows().select_related(*_ON_PAGE).filter(number=asked).first()
    if found is None:
        raise NoSuchTicket(number)
    return found


# What whoever may see all tickets asks for on each page of one.
_TICKET = Prepared(
    lambda number: Ticket.objects.all().as_rows().select_related(*_ON_PAGE).filter(number=number).order_by(), int
)
_MESSAGES = Prepared(
    lambda ticket: (
        Message.objects.filter(ticket=ticket)
        .select_related("author")
        .order_by("at", "pk")
        .prefetch_related(Prefetch("attachments", queryset=Attachment.objects.select_related("file").order_by("pk")))
    ),
    int,
)
_HISTORY = Prepared(lambda ticket: TicketEvent.objects.filter(ticket=ticket).select_related("by").order_by("pk"), int)


def may_write_to_customer(person: Person, ticket: Ticket) -> bool:
    """Whether this person may answer the customer: who works on tickets; a developer on a ticket that is with the
    developers, where the ticket's policy lets them."""
    if person.may(Permission.WORK_TICKETS):
        return True
    is_theirs = person.may(Permission.HELP_AS_DEVELOPER) and ticket.state == State.DEVELOPERS
    return is_theirs and policy_of(ticket.promise.revision_id).second_line.developers_may_write


def messages_of(ticket: Ticket, viewer: Person) -> list[Message]:
    """The messages of a ticket that the viewer may see, oldest first, with authors and attachments."""
    messages: list[Message] = _MESSAGES.rows(ticket.pk)
    for message in messages:
        message.ticket = ticket
    return [one for one in messages if one.kind not in INTERNAL or viewer.may(Permission.SEE_TICKETS)]


def history_of(ticket: Ticket, viewer: Person) -> list[TicketEvent]:
    """The events of a ticket that the viewer may see, oldest first."""
    history: list[TicketEvent] = _HISTORY.rows(ticket.pk)
    for event in history:
        event.ticket = ticket
    if viewer.may(Permission.SEE_TICKETS):
        return history
    told = {kind.name for kind in KINDS.values() if kind.visible_to_customer}
    return [event for event in history if event.kind in told]


def last_event_of(ticket: Ticket) -> TicketEvent | None:
    """What happened to the ticket last."""
    return ticket.events.order_by("-pk").first()


def snooze_of(ticket: Ticket) -> Snooze | None:
    """Until when the ticket sleeps, and by whose hand; asks nothing of the database for one that is awake."""
    if not ticket.is_asleep:
        return None
    return Snooze.objects.select_related("by", "waits_for").filter(ticket=ticket).order_by("pk").first()


def counted_tags() -> list[Tag]:
    """Every tag by name, with `used`: how many tickets bear it."""
    return list(Tag.objects.annotate(used=Count("tickets")).order_by("name", "pk"))


def suggested_tags(words: str, limit: int = 30) -> list[str]:
    """Tags that begin with these words, or have a word that does; those of most tickets first."""
    known = Tag.objects.annotate(used=Count("tickets")).order_by("-used", "name", "pk")
    if words:
        known = known.filter(Q(name__istartswith=words) | Q(name__icontains=f" {words}"))
    return list(known.values_list("name", flat=True)[:limit])


def find_tickets(viewer: Person, words: str, near: Ticket, limit: int = 12) -> list[Ticket]:
    """Tickets with this number, else with these words in their subject; without words, the latest of the same customer.

    Not the ticket itself, nor those whose messages stand elsewhere.
    """
    found = tickets_for(viewer).exclude(pk=near.pk).filter(merged_into=None).as_rows()
    number = words.strip().lstrip("#")
    if number.isascii() and number.isdecimal() and int(number) <= NUMBER_MAX:
        return list(found.filter(number=int(number)).order_by("number"))
    if not words.strip():
        same = Q(person=near.person_id)
        if near.organisation_id is not None:
            same |= Q(organisation=near.organisation_id)
        return list(found.filter(same).order_by("-number")[:limit])
    for word in words.split()[:6]:
        found = found.filter(
            Q(subject__icontains=word) | Q(person__name__icontains=word) | Q(organisation__name__icontains=word)
        )
    return list(found.order_by("-touched_at", "-number")[:limit])


@dataclass(frozen=True)
class Moving:
    """What a merge would take along."""

    messages: int
    tasks: int
    parts: int
    joins: bool


def moving_of(ticket: Ticket, into: Ticket) -> Moving:
    """What goes along when the ticket is merged into the other one, and whether its person would take part there."""
    return Moving(
        messages=ticket.messages.count(),
        tasks=Task.objects.filter(ticket=ticket, done_at=None).count(),
        parts=Link.objects.filter(other=ticket, kind=LinkKind.PART).exclude(one=into).count(),
        joins=joins_when_moved(ticket, into),
    )


@dataclass(frozen=True)
class SeenLink:
    """A link as it reads from one of its tickets: `side` is what that one is to `ticket`, the other."""

    pk: int
    side: LinkSide
    ticket: Ticket


_SIDES: dict[str, tuple[LinkSide, LinkSide]] = {
    LinkKind.RELATED.value: (LinkSide.RELATED, LinkSide.RELATED),
    LinkKind.DUPLICATE.value: (LinkSide.DUPLICATE, LinkSide.HAS_DUPLICATE),
    LinkKind.PART.value: (LinkSide.PART, LinkSide.WHOLE),
}


def links_of(ticket: Ticket, viewer: Person) -> list[SeenLink]:
    """The links of a ticket to others that the viewer may see: the whole first, then parts, then the rest."""
    visible = tickets_for(viewer)
    links = Link.objects.filter(Q(one=ticket, other__in=visible) | Q(other=ticket, one__in=visible))
    seen = []
    for link in links.select_related("one", "other").order_by("pk"):
        from_one, from_other = _SIDES[link.kind]
        is_one = link.one_id == ticket.pk
        seen.append(SeenLink(link.pk, from_one if is_one else from_other, link.other if is_one else link.one))
    order = (LinkSide.PART, LinkSide.WHOLE, LinkSide.DUPLICATE, LinkSide.HAS_DUPLICATE, LinkSide.RELATED)
    return sorted(seen, key=lambda one: order.index(one.side))


def link_for(viewer: Person, pk: int) -> Link | None:
    """A link whose tickets the viewer may both see; None otherwise."""
    visible = tickets_for(viewer)
    links = Link.objects.select_related("one", "other").filter(pk=pk, one__in=visible, other__in=visible)
    return links.order_by("pk").first()


def open_parts_of(ticket: Ticket) -> list[Ticket]:
    """The tickets that are a part of this one and not over, by number."""
    parts = Ticket.objects.filter(links__other=ticket, links__kind=LinkKind.PART, state__in=ACTIVE)
    return list(parts.order_by("number"))


def wholes_above(ticket: Ticket) -> set[int]:
    """The keys of the ticket itself, the one it is a part of, the one that is a part of, and so on."""
    above: set[int] = set()
    key: int | None = ticket.pk
    while key is not None and key not in above:
        above.add(key)
        upper = Link.objects.filter(one=key, kind=LinkKind.PART).order_by("pk")
        key = upper.values_list("other", flat=True).first()
    return above


def tasks_of(ticket: Ticket) -> list[Task]:
    """The tasks of a ticket in their order, with whose they are and who did them."""
    return list(Task.objects.filter(ticket=ticket).select_related("assignee", "done_by").order_by("place", "pk"))


def counts_time() -> bool:
    """Whether tickets ask for time spent."""
    return TimeCounting.objects.filter(is_on=True).exists()


def times_of(ticket: Ticket) -> list[TimeSpent]:
    """What colleagues noted of their time, oldest first."""
    return list(TimeSpent.objects.filter(ticket=ticket).select_related("by").order_by("at", "pk"))


def time_for(viewer: Person, pk: int) -> TimeSpent | None:
    """An entry with its ticket, if the viewer works here and may see that; None otherwise."""
    if not viewer.may(Permission.SEE_TICKETS):
        return None
    entries = TimeSpent.objects.select_related("ticket").filter(pk=pk, ticket__in=tickets_for(viewer))
    return entries.order_by("pk").first()


def fields_for(nature: str) -> list[CustomField]:
    """The custom fields that are asked about tickets of this nature, in their order."""
    asked = CustomField.objects.filter(Q(natures=[]) | Q(natures__contains=[nature]), is_retired=False)
    return list(asked.order_by("place", "pk"))


def values_on(ticket: Ticket) -> dict[int, str]:
    """What stands in its custom fields, by the keys of the fields."""
    return dict(FieldValue.objects.filter(ticket=ticket).order_by("pk").values_list("field", "value"))


def missing_fields(ticket: Ticket) -> list[CustomField]:
    """The fields that are required to resolve this ticket and are empty."""
    filled = FieldValue.objects.filter(ticket=ticket).values("field")
    asked = CustomField.objects.filter(Q(natures=[]) | Q(natures__contains=[ticket.nature]), is_retired=False)
    return list(asked.filter(is_required=True).exclude(pk__in=filled).order_by("place", "pk"))


def task_for(viewer: Person, pk: int) -> Task | None:
    """A task with its ticket, if the viewer works here and may see that; None otherwise."""
    if not viewer.may(Permission.SEE_TICKETS):
        return None
    tasks = Task.objects.select_related("ticket").filter(pk=pk, ticket__in=tickets_for(viewer))
    return tasks.order_by("pk").first()


def checklists_for(nature: str) -> list[Checklist]:
    """The checklists that are offered for this nature, by name."""
    offered = Checklist.objects.filter(Q(natures=[]) | Q(natures__contains=[nature]))
    return list(offered.order_by("name", "pk"))


def filled_in(asked: str) -> Q:
    """The tickets with this value in this field: `12~2.1` is “2.1” in the field with the key 12, `12~` anything at all."""
    key, _mark, value = asked.partition(ASKED_OF)
    filled = FieldValue.objects.filter(field=int(key))
    if value:
        filled = filled.filter(value=value)
    return Q(pk__in=filled.order_by().values("ticket"))


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
        attachments = attachments.exclude(message__kind__in=INTERNAL)
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
    while True:  # ends: what is merged is never merged into
        ticket = Ticket.objects.select_related("person").filter(pk=key).first()
        if ticket is None or ticket.merged_into_id is None:
            return ticket
        key = ticket.merged_into_id


def joins_when_moved(ticket: Ticket, into: Ticket) -> bool:
    """Whether the ticket's person would take part in `into` if its messages were moved there: to get the answers to them.

    Not one who belongs there anyway, nor anybody whose message was found not to come from the address it names.
    """
    person = ticket.person
    if person.is_staff or person.left_at is not None or fits_thread(person, into):
        return False
    return not ticket.messages.filter(kind=MessageKind.INBOUND, sender_proof=Proof.UNVERIFIED).exists()


def followers_of(ticket: Ticket) -> list[Person]:
    """The colleagues who are told what happens on it, by name."""
    following = Follower.objects.filter(ticket=ticket, stopped=False).select_related("person")
    return [one.person for one in following.order_by("person__name", "pk")]


def goes_on(ticket: Ticket, at: datetime) -> bool:
    """A refused thread goes on, to be looked at; a resolved one within the re-open window; a closed one does not."""
    if ticket.is_refused or ticket.is_active:
        return True
    resolved_at = ticket.promise.resolved_at
    policy = policy_of(ticket.promise.revision_id)
    return ticket.state == State.RESOLVED and resolved_at is not None and may_reopen(resolved_at, at, policy)


def is_on_ticket(person: Person, ticket: Ticket) -> bool:
    """Whether this person gets the ticket's answers: it is theirs, or they take part."""
    return person.pk == ticket.person_id or ticket.participants.filter(person=person).exists()


def sides_of(ticket: Ticket, viewer: Person) -> list[SideConversation]:
    """The side conversations of a ticket, oldest first; none for those who do not work here."""
    if not viewer.may(Permission.SEE_TICKETS):
        return []
    keys = ticket.messages.filter(side__isnull=False).order_by().values("side")
    return list(SideConversation.objects.select_related("person").filter(pk__in=keys).order_by("pk"))


def side_for(viewer: Person, pk: int) -> tuple[Ticket, SideConversation] | None:
    """A side conversation with the ticket that it stands beside, if the viewer works here and may see that."""
    if not viewer.may(Permission.SEE_TICKETS) or pk > NUMBER_MAX:
        return None
    side = SideConversation.objects.select_related("person", "opened_by").filter(pk=pk).order_by("pk").first()
    if side is None:
        return None
    ticket = tickets_for(viewer).as_rows().filter(pk=ticket_of_side(side).pk).order_by("pk").first()
    return (ticket, side) if ticket is not None else None


def ticket_of_side(side: SideConversation) -> Ticket:
    """Where the messages of a side conversation are; it has one from its beginning."""
    return Ticket.objects.filter(messages__side=side).order_by("messages__pk")[0]


def participants_of(ticket: Ticket) -> list[Participant]:
    """Who takes part beside the ticket's person, in the order in which they came."""
    return list(ticket.participants.select_related("person").order_by("pk"))


def participant_for(viewer: Person, pk: int) -> Participant | None:
    """Somebody's part in a ticket that the viewer may see; None otherwise."""
    parts = Participant.objects.select_related("ticket", "person").filter(pk=pk, ticket__in=tickets_for(viewer))
    return parts.first()


def message_for(viewer: Person, pk: int) -> Message | None:
    """The message with its ticket, if the viewer may see it; None otherwise."""
    return messages_for(viewer).select_related("ticket").filter(pk=pk).first()


def messages_for(viewer: Person) -> QuerySet[Message]:
    """All messages that the viewer may see, of every ticket that they may see."""
    if viewer.may(Permission.SEE_TICKETS):
        return Message.objects.all()
    return Message.objects.filter(ticket__in=tickets_for(viewer)).exclude(kind__in=INTERNAL)


VIEWS: dict[str, Q] = {
    "open": Q(state__in=[State.NEW, State.OPEN], is_asleep=False),
    "mine": Q(state__in=ACTIVE, is_asleep=False),
    "unassigned": Q(state__in=[State.NEW, State.OPEN], assignee=None, is_asleep=False),
    "waiting": Q(state=State.WAITING, is_asleep=False),
    "asleep": Q(state__in=ACTIVE, is_asleep=True),
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
    return len(_BEFORE.rows(ticket.rank, ticket.opened_at, ticket.number))


def _before(rank: int, opened_at: datetime, number: int) -> QuerySet[Ticket, int]:
    row = "(tickets_ticket.rank, tickets_ticket.opened_at, tickets_ticket.number) < (%s, %s, %s)"
    place = [rank, opened_at, number]
    queue = Ticket.objects.filter(VIEWS["open"]).extra(where=[row], params=place)  # noqa: S610 - values are parameters
    return queue.order_by(*QUEUE_ORDER).values_list("pk", flat=True)[:COUNTED_UP_TO]


_BEFORE = Prepared(_before, int, datetime, int)


def counters_for(viewer: Person, views: tuple[str, ...]) -> dict[str, int]:
    """How many tickets each view holds, counted up to 100, in one query."""
    if not sees_all(viewer):
        return capped_counts({view: _of_view(viewer, view) for view in views})
    return dict(zip(views, row_of(*_columns_of_staff(viewer.pk, views)), strict=True))


@lru_cache(maxsize=512)
def _columns_of_staff(viewer: int, views: tuple[str, ...]) -> tuple[list[str], list[Any]]:
    """The columns that count views for somebody who sees all tickets: written once for each of them."""
    mine = {"mine": Q(assignee=viewer)}
    return counting_columns(Ticket.objects.filter(VIEWS[view] & mine.get(view, Q())) for view in views)


def capped_counts(querysets: Mapping[str, TicketQuerySet]) -> dict[str, int]:
    """How many tickets each holds, counted up to 100, all in one query."""
    if not querysets:
        return {}
    return dict(zip(querysets, row_of(*counting_columns(querysets.values())), strict=True))


def row_of(columns: Iterable[str], parameters: Sequence[Any]) -> tuple[Any, ...]:
    """One row of these columns, planned for their very values.

    The values are written into the statement: a plan for any states and any person, which PostgreSQL would keep for a prepared one,
    reads far more than a counter that stops at 100 needs.
    """
    with connection.cursor() as cursor:
        text = ClientCursor(cursor.connection).mogrify("select " + ", ".join(columns), parameters)
        cursor.execute(text.replace("%", "%%"), [])
        return tuple(cursor.fetchone() or ())


def counting_columns(querysets: Iterable[TicketQuerySet]) -> tuple[list[str], list[Any]]:
    """A column for each that counts it up to 100, and the parameters of them all; one that can hold nothing counts 0."""
    columns: list[str] = []
    parameters: list[Any] = []
    for queryset in querysets:
        try:
            sql, given = queryset.order_by().values("pk")[:COUNTED_UP_TO].query.sql_with_params()
        except EmptyResultSet:
            columns.append("0")
            continue
        columns.append(f"(select count(*) from ({sql}) counted)")  # noqa: S608 - made by Django, values are parameters
        parameters.extend(given)
    return columns, parameters


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


EARLIER_SHOWN = 5


def earlier_tickets_of(ticket: Ticket, viewer: Person) -> list[Ticket]:
    """The latest other tickets of the same person or organisation."""
    if sees_all(viewer):
        if ticket.organisation_id is None:
            return _EARLIER_OF_PERSON.rows(ticket.person_id, ticket.pk)
        return _EARLIER_AROUND.rows(ticket.person_id, ticket.organisation_id, ticket.pk)
    same = Q(person_id=ticket.person_id)
    if ticket.organisation_id is not None:
        same |= Q(organisation_id=ticket.organisation_id)
    return list(tickets_for(viewer).filter(same).exclude(pk=ticket.pk).order_by("-number")[:EARLIER_SHOWN])


def _earlier(same: Q, ticket: int) -> QuerySet[Ticket]:
    return Ticket.objects.filter(same).exclude(pk=ticket).order_by("-number")[:EARLIER_SHOWN]


_EARLIER_OF_PERSON = Prepared(lambda person, ticket: _earlier(Q(person_id=person), ticket), int, int)
_EARLIER_AROUND = Prepared(
    lambda person, organisation, ticket: _earlier(Q(person_id=person) | Q(organisation_id=organisation), ticket),
    int,
    int,
    int,
)


def unfinished_of(person_key: int) -> int:
    """How many tickets this person has in hand that are not resolved."""
    return Ticket.objects.filter(assignee=person_key, state__in=ACTIVE).count()


def tickets_to_close(at: datetime) -> list[Ticket]:
    """Resolved tickets whose re-open window, under their own policy, is over: the first CLOSED_AT_ONCE."""
    over = Q(pk=None)
    for revision in Promise.objects.filter(ticket__state=State.RESOLVED).order_by().values_list("revision").distinct():
        window = timedelta(seconds=policy_of(revision[0]).reopen_window_seconds)
        over |= Q(promise__revision=revision[0], promise__resolved_at__lt=at - window)
    resolved = Ticket.objects.filter(over, state=State.RESOLVED).select_related("promise")
    return list(resolved.order_by("promise__resolved_at", "pk")[:CLOSED_AT_ONCE])


def waits_for_problem(ticket: Ticket) -> bool:
    """Whether the ticket is linked to a problem that is still to be fixed, by its history."""
    told = ticket.events.filter(kind__in=_PROBLEM_KINDS).order_by("-pk").values_list("kind", flat=True).first()
    return told in (events.PROBLEM_LINKED.name, events.PROBLEM_NOT_FIXED.name)


_PROBLEM_KINDS = [
    kind.name
    for kind in (
        events.PROBLEM_LINKED,
        events.PROBLEM_UNLINKED,
        events.PROBLEM_FIXED,
        events.PROBLEM_NOT_FIXED,
    )
]


def tickets_to_wake(at: datetime) -> list[int]:
    """The keys of tickets whose snooze is over, the longest due first, RUNG_AT_ONCE at most."""
    due = Snooze.objects.filter(wakes_at__lte=at).order_by("wakes_at")
    return list(due.values_list("ticket", flat=True)[:RUNG_AT_ONCE])


def tickets_waiting_for(key: int) -> list[int]:
    """The keys of tickets that sleep until this one is over."""
    return list(Snooze.objects.filter(waits_for=key).order_by("ticket").values_list("ticket", flat=True))


def next_moment_at() -> datetime | None:
    """When the next alarm rings or the next ticket wakes: the first entries of two indexes."""
    waking = Snooze.objects.filter(wakes_at__isnull=False).order_by("wakes_at").values_list("wakes_at", flat=True)
    return min((moment for moment in (next_alarm_at(), waking.first()) if moment is not None), default=None)


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
