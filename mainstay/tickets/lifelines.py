"""Everything that was written and happened over many tickets, newest first, page by page: of a person, of an organisation.

What comes from several tables is put in one order by `Place`: the newest first; of the same moment what came of a message
stands above it, by the order of the sources. So a page begins exactly where the one before ended, however much came meanwhile.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from mainstay.people.models import Organisation, Person
from mainstay.people.states import Permission

from . import events
from .events import KINDS
from .models import Message, Ticket, TicketEvent, TicketQuerySet
from .queries import tickets_for
from .states import INTERNAL

BEGINNING = 600  # letters of a message that are shown

Row = TypeVar("Row", bound=models.Model)

# The message itself tells these.
TOLD_BY_MESSAGES = tuple(
    kind.name
    for kind in (
        events.OPENED,
        events.MESSAGE_RECEIVED,
        events.ACKNOWLEDGED,
        events.REPLIED,
        events.NOTED,
        events.DELIVERED,
        events.KEPT,
    )
)


@dataclass(frozen=True)
class Place:
    """Where one row stands among all of them; `source` is the place of its table among the tables."""

    at: datetime
    source: int
    key: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC):%Y%m%d%H%M%S%f}-{self.source}-{self.key}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place that was written so; None for anything else."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
            return None
        if len(parts[0]) != 20 or len(parts[1]) > 2 or len(parts[2]) > 18:
            return None
        try:
            at = datetime.strptime(parts[0], "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(at, int(parts[1]), int(parts[2]))

    @property
    def order(self) -> tuple[datetime, int, int]:
        """Greater is nearer the top."""
        return (self.at, self.source, self.key)


def after(rows: QuerySet[Row], place: Place | None, source: int, limit: int) -> list[Row]:
    """The rows of one source behind this place, as many as a page may need. Their moment is `at`."""
    rows = rows.order_by("-at", "-pk")
    if place is None:
        return list(rows[:limit])
    behind = Q(at__lt=place.at)
    if source < place.source:
        behind = Q(at__lte=place.at)
    elif source == place.source:
        behind |= Q(at=place.at, pk__lt=place.key)
    return list(rows.filter(behind)[:limit])


def tickets_about(viewer: Person, about: Person | Organisation) -> TicketQuerySet:
    """The tickets of a person, or of an organisation, that the viewer may see."""
    if isinstance(about, Person):
        return tickets_for(viewer).filter(person=about)
    return tickets_for(viewer).filter(organisation=about)


def messages_about(viewer: Person, about: Person | Organisation, number: int | None = None) -> QuerySet[Message]:
    """What was written on their tickets, with only the `beginning` of the text, and its ticket."""
    return _readable(viewer, Message.objects.filter(ticket__in=_of(tickets_about(viewer, about), number)))


def messages_elsewhere(viewer: Person, person: Person, number: int | None = None) -> QuerySet[Message]:
    """What the person wrote on the tickets of others."""
    others = _of(tickets_for(viewer).exclude(person=person), number)
    return _readable(viewer, Message.objects.filter(author=person, ticket__in=others))


def events_about(viewer: Person, about: Person | Organisation, number: int | None = None) -> QuerySet[TicketEvent]:
    """What happened to their tickets, without what the messages tell themselves."""
    found = TicketEvent.objects.filter(ticket__in=_of(tickets_about(viewer, about), number))
    found = found.exclude(kind__in=TOLD_BY_MESSAGES).select_related("by", "ticket__promise")
    if not viewer.may(Permission.SEE_TICKETS):
        found = found.filter(kind__in=[kind.name for kind in KINDS.values() if kind.visible_to_customer])
    return found


def _of(tickets: QuerySet[Ticket], number: int | None) -> QuerySet[Ticket]:
    return tickets if number is None else tickets.filter(number=number)


def _readable(viewer: Person, found: QuerySet[Message]) -> QuerySet[Message]:
    if not viewer.may(Permission.SEE_TICKETS):
        found = found.exclude(kind__in=INTERNAL)
    beginnings = found.annotate(beginning=Left("text", BEGINNING + 1)).defer("text", "quoted", "copies")
    return beginnings.select_related("author", "ticket")
