"""What of tickets goes along when two persons, or two organisations, are found to be one; see people/moving.py."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mainstay.live.announcing import announce
from mainstay.people.models import Organisation, Person
from mainstay.people.moving import Lost, Part, Since

from . import events
from .models import Message, Participant, SideConversation, Ticket
from .states import ACTIVE, MessageKind

TOLD = 100  # open browsers hear of so many tickets; the others are seldom looked at


class TicketsOfPerson:
    """Tickets, messages, and parts in the tickets of others. What was decided and measured stays as it is."""

    key = "tickets"

    def parts_of(self, one: Person) -> list[Part]:
        return [
            Part(_("Tickets"), Ticket.objects.filter(person=one).count()),
            Part(_("Messages"), Message.objects.filter(author=one).count()),
            Part(_("Tickets of others in which they take part"), Participant.objects.filter(person=one).count()),
            Part(_("Side conversations"), SideConversation.objects.filter(person=one).count()),
        ]

    def move(self, one: Person, into: Person) -> dict[str, Any]:
        tickets = _keys(Ticket.objects.filter(person=one))
        _give(Ticket.objects.filter(pk__in=tickets), into)
        messages = list(Message.objects.filter(author=one).order_by("pk").values_list("pk", flat=True))
        Message.objects.filter(pk__in=messages).update(author=into)
        sides = list(SideConversation.objects.filter(person=one).order_by("pk").values_list("pk", flat=True))
        SideConversation.objects.filter(pk__in=sides).update(person=into)
        return {"tickets": tickets, "messages": messages, "sides": sides, **_move_parts(one, into)}

    def move_back(self, one: Person, into: Person, moved: dict[str, Any], since: Since, lost: Lost) -> None:
        back = _give(Ticket.objects.filter(pk__in=moved["tickets"], person=into), one)
        lost.note("tickets", len(moved["tickets"]) - back)
        messages = Message.objects.filter(pk__in=moved["messages"], author=into).update(author=one)
        lost.note("messages", len(moved["messages"]) - messages)
        SideConversation.objects.filter(pk__in=moved.get("sides", []), person=into).update(person=one)
        self._what_came_since(one, into, since)
        _move_parts_back(one, into, moved, lost)

    def _what_came_since(self, one: Person, into: Person, since: Since) -> None:
        """They wrote it, from an address that is theirs again: the ticket goes with whom the messages are of."""
        came = Message.objects.filter(
            author=into, kind=MessageKind.INBOUND, at__gte=since.at, sender_address__in=since.addresses
        )
        opened = events.OPENED.name
        first = came.filter(events__kind=opened, ticket__person=into, ticket__opened_at__gte=since.at)
        _give(Ticket.objects.filter(pk__in=list(first.order_by("pk").values_list("ticket", flat=True))), one)
        came.update(author=one)


class TicketsOfOrganisation:
    """The tickets that were opened for it."""

    key = "tickets"

    def parts_of(self, one: Organisation) -> list[Part]:
        return [Part(_("Tickets"), Ticket.objects.filter(organisation=one).count())]

    def move(self, one: Organisation, into: Organisation) -> dict[str, Any]:
        tickets = _keys(Ticket.objects.filter(organisation=one))
        moved = Ticket.objects.filter(pk__in=tickets)
        _tell(moved)
        moved.update(organisation=into)
        return {"tickets": tickets}

    def move_back(
        self, one: Organisation, into: Organisation, moved: dict[str, Any], since: datetime, lost: Lost
    ) -> None:
        """Its people are back with it: what they asked since goes with them."""
        came = Ticket.objects.filter(organisation=into, opened_at__gte=since, person__organisation=one)
        keys = _keys(came.exclude(pk__in=moved["tickets"]))
        back = Ticket.objects.filter(pk__in=moved["tickets"], organisation=into)
        _tell(back | Ticket.objects.filter(pk__in=keys))
        lost.note("tickets", len(moved["tickets"]) - back.update(organisation=one))
        Ticket.objects.filter(pk__in=keys).update(organisation=one)


def _give(tickets: QuerySet[Ticket], to: Person) -> int:
    _tell(tickets)
    return tickets.update(person=to)


def _tell(tickets: QuerySet[Ticket]) -> None:
    """Pages of those that are worked on are read again."""
    numbers = tickets.filter(state__in=ACTIVE).order_by("-number").values_list("number", flat=True)[:TOLD]
    if topics := [f"ticket:{number}" for number in numbers]:
        announce(*topics)


def _keys(tickets: QuerySet[Ticket]) -> list[int]:
    return list(tickets.order_by("pk").values_list("pk", flat=True))


def _move_parts(one: Person, into: Person) -> dict[str, Any]:
    """Nobody takes part twice, nor in a ticket of their own: such parts end, and are written down."""
    theirs = set(Participant.objects.filter(person=into).order_by().values_list("ticket", flat=True))
    theirs |= set(Ticket.objects.filter(person=into, participants__person=one).order_by().values_list("pk", flat=True))
    parts = Participant.objects.filter(person=one).order_by("pk")
    ended = [_written_down(part) for part in parts.filter(ticket__in=theirs)]
    parts.filter(ticket__in=theirs).delete()
    moved = list(parts.values_list("pk", flat=True))
    Participant.objects.filter(pk__in=moved).update(person=into)
    own = Participant.objects.filter(person=into, ticket__person=into).order_by("pk")
    ended_of_into = [_written_down(part) for part in own]
    own.delete()
    return {"parts": moved, "ended": ended, "ended_of_into": ended_of_into}


def _move_parts_back(one: Person, into: Person, moved: dict[str, Any], lost: Lost) -> None:
    back = Participant.objects.filter(pk__in=moved["parts"], person=into)
    taken = Participant.objects.filter(person=one).values("ticket")
    lost.note("parts", len(moved["parts"]) - back.exclude(ticket__in=taken).update(person=one))
    _begin_again(one, moved["ended"])
    _begin_again(into, moved["ended_of_into"])


def _begin_again(person: Person, parts: list[list[Any]]) -> None:
    """Where the ticket is still there, and still of somebody else."""
    there = set(
        Ticket.objects.filter(pk__in=[ticket for ticket, _by, _at in parts])
        .exclude(person=person)
        .order_by()
        .values_list("pk", flat=True)
    )
    known = set(Person.objects.filter(pk__in=[by for _ticket, by, _at in parts if by]).values_list("pk", flat=True))
    for ticket, by, at in parts:
        if ticket in there:
            defaults = {"brought_by_id": by if by in known else None, "at": datetime.fromisoformat(at)}
            Participant.objects.get_or_create(ticket_id=ticket, person=person, defaults=defaults)


def _written_down(part: Participant) -> list[Any]:
    return [part.ticket_id, part.brought_by_id, part.at.isoformat()]
