"""Who is at tickets, as their pages and rows show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.live.queries import who_is_at
from mainstay.live.rules import Visitor
from mainstay.live.states import Attention
from mainstay.people.models import Person
from mainstay.tickets.models import Ticket

ICONS = {Attention.OPEN: "app-window", Attention.LOOKING: "eye", Attention.WRITING: "pencil-line"}


@dataclass(frozen=True)
class Face:
    """One colleague; `sentence` says it all in words."""

    name: str
    attention: str
    icon: str
    sentence: str


def faces_at(subject: str, viewer: Person) -> list[Face]:
    """The colleagues who are at this one thing, such as `ticket:42`."""
    return faces_of([subject], viewer).get(subject, [])


def faces_of(subjects: Iterable[str], viewer: Person) -> dict[str, list[Face]]:
    """The colleagues who are at each of these things; one query."""
    found = who_is_at(subjects, at=timezone.now(), beside=viewer.pk)
    return {subject: [_face(visitor) for visitor in visitors] for subject, visitors in found.items()}


def faces_url(tickets: Iterable[Ticket]) -> str:
    """Where the faces in the rows of these tickets are read again."""
    return reverse("desk:row_visits") + "?of=" + ".".join(str(ticket.number) for ticket in tickets)


def _face(visitor: Visitor) -> Face:
    attention = Attention(visitor.attention)
    sentences = {
        Attention.OPEN: _("%(name)s has it open"),
        Attention.LOOKING: _("%(name)s is looking"),
        Attention.WRITING: _("%(name)s is writing"),
    }
    return Face(visitor.name, attention.value, ICONS[attention], sentences[attention] % {"name": visitor.name})
