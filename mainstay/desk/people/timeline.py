"""One time line of a person or an organisation: everything over all tickets and channels, and what became of their record."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.people.events import KINDS, MERGED, UNMERGED
from mainstay.people.finding import keys_with_merged
from mainstay.people.models import Organisation, OrganisationEvent, Person, PersonEvent, PersonNote
from mainstay.people.states import OrganisationKind
from mainstay.promises.queries import policy_of
from mainstay.tickets.lifelines import (
    BEGINNING,
    Place,
    after,
    events_about,
    messages_about,
    messages_elsewhere,
)
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.queries import NUMBER_MAX
from mainstay.tickets.states import MessageKind
from mainstay.writing.plain import plain_of

from ..ticket.timeline import entry_of

# Of a record that stands in another one; the other one's history says the same from its side.
TOLD_BY_WHO_REMAINS = (MERGED.name, UNMERGED.name)
PAGE = 30
SHOWN = 400  # letters of a message

FILTERS = {
    "": gettext_lazy("Everything"),
    "messages": gettext_lazy("Messages"),
    "notes": gettext_lazy("Notes"),
    "events": gettext_lazy("Tickets"),
    "record": gettext_lazy("Their details"),
}
FIELDS = {
    "name": gettext_lazy("name"),
    "organisation": gettext_lazy("organisation"),
    "language": gettext_lazy("language"),
    "zone": gettext_lazy("time zone"),
    "left": gettext_lazy("mark that they left"),
    "kind": gettext_lazy("kind"),
    "bought_directly": gettext_lazy("mark that they bought directly"),
    "country": gettext_lazy("country"),
    "seller": gettext_lazy("seller"),
}


@dataclass(frozen=True)
class Moment:
    """One thing in the time line: a message, a note, or an event in words; `ticket` is where it was, if anywhere."""

    place: Place
    icon: str
    who: str = ""
    kind: str = ""  # of a message: inbound, reply, note, acknowledgement; `about` for a note about the person
    text: str = ""
    sentence: str = ""
    ticket: Ticket | None = None
    channel: str = ""

    @property
    def at(self) -> datetime:
        return self.place.at


@dataclass(frozen=True)
class Asked:
    """What of the time line is wanted."""

    kind: str = ""
    number: int | None = None
    after: Place | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        """A value that is none is as good as none."""
        kind, number = request.GET.get("kind", ""), request.GET.get("ticket", "").lstrip("#")
        is_number = number.isascii() and number.isdecimal() and int(number) <= NUMBER_MAX
        place = Place.read(request.GET.get("after", ""))
        return cls(kind if kind in FILTERS else "", int(number) if is_number else None, place)

    def query(self, **more: Any) -> str:
        """The address that asks for this, with something else."""
        values = {"kind": self.kind, "ticket": self.number or "", **more}
        return "?" + urlencode({name: str(value) for name, value in values.items() if value})

    @property
    def again(self) -> str:
        """The address that asks for the very same."""
        return self.query(after=self.after or "")


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    is_current: bool


def timeline_context(viewer: Person, about: Person | Organisation, asked: Asked) -> dict[str, Any]:
    """A page of the time line with its filters, as its template wants it; the same number of queries however long it is."""
    moments, older = _page(viewer, about, asked)
    return {
        "moments": moments,
        "chips": [Chip(str(words), asked.query(kind=kind), kind == asked.kind) for kind, words in FILTERS.items()],
        "asked": asked,
        "all_tickets_url": asked.query(ticket="") if asked.number is not None else "",
        "older_url": asked.query(after=older) if older is not None else "",
    }


def _page(viewer: Person, about: Person | Organisation, asked: Asked) -> tuple[list[Moment], Place | None]:
    found = [moment for number, source in enumerate(_SOURCES) for moment in source(viewer, about, asked, number)]
    found.sort(key=lambda moment: moment.place.order, reverse=True)
    return found[:PAGE], found[PAGE - 1].place if len(found) > PAGE else None


# --- the sources: of the same moment, what comes later here stands above ----------------------------------------------


def _messages(viewer: Person, about: Person | Organisation, asked: Asked, source: int) -> list[Moment]:
    if asked.kind not in ("", "messages", "notes"):
        return []
    rows = messages_about(viewer, about, asked.number)
    return [_of_message(one, source) for one in after(_of_kind(rows, asked), asked.after, source, PAGE + 1)]


def _messages_elsewhere(viewer: Person, about: Person | Organisation, asked: Asked, source: int) -> list[Moment]:
    if asked.kind not in ("", "messages", "notes") or not isinstance(about, Person):
        return []
    rows = messages_elsewhere(viewer, about, asked.number)
    return [_of_message(one, source) for one in after(_of_kind(rows, asked), asked.after, source, PAGE + 1)]


def _of_kind(rows: Any, asked: Asked) -> Any:
    if asked.kind == "notes":
        return rows.filter(kind=MessageKind.NOTE)
    return rows.exclude(kind=MessageKind.NOTE) if asked.kind == "messages" else rows


def _events(viewer: Person, about: Person | Organisation, asked: Asked, source: int) -> list[Moment]:
    if asked.kind not in ("", "events"):
        return []
    rows = events_about(viewer, about, asked.number)
    return [_of_event(one, source) for one in after(rows, asked.after, source, PAGE + 1)]


def _record(viewer: Person, about: Person | Organisation, asked: Asked, source: int) -> list[Moment]:
    """With what became of the records that were merged into this one."""
    if asked.kind not in ("", "record") or asked.number is not None:
        return []
    keys = keys_with_merged(about)
    if isinstance(about, Person):
        told = ~Q(kind__in=TOLD_BY_WHO_REMAINS) | Q(person=about)
        persons = PersonEvent.objects.filter(told, person__in=keys).select_related("by")
        return [_of_record(one, source) for one in after(persons, asked.after, source, PAGE + 1)]
    told = ~Q(kind__in=TOLD_BY_WHO_REMAINS) | Q(organisation=about)
    organisations = OrganisationEvent.objects.filter(told, organisation__in=keys).select_related("by")
    return [_of_record(one, source) for one in after(organisations, asked.after, source, PAGE + 1)]


def _notes(viewer: Person, about: Person | Organisation, asked: Asked, source: int) -> list[Moment]:
    if asked.kind not in ("", "notes") or asked.number is not None or not isinstance(about, Person):
        return []
    rows = PersonNote.objects.filter(person=about).select_related("by")
    return [_of_note(one, source) for one in after(rows, asked.after, source, PAGE + 1)]


Source = Callable[[Person, Person | Organisation, Asked, int], list[Moment]]
_SOURCES: tuple[Source, ...] = (_messages, _messages_elsewhere, _events, _record, _notes)


# --- in words ------------------------------------------------------------------------------------------------------------


_ICONS = {
    MessageKind.INBOUND: "mail",
    MessageKind.REPLY: "reply",
    MessageKind.NOTE: "lock",
    MessageKind.ACKNOWLEDGEMENT: "mail-check",
    MessageKind.SIDE_OUT: "messages-square",
    MessageKind.SIDE_IN: "messages-square",
}


def _of_message(message: Message, source: int) -> Moment:
    text: str = message.beginning  # type: ignore[attr-defined]
    if message.text_format == "markdown":
        text = plain_of(text[:BEGINNING])
    return Moment(
        Place(message.at, source, message.pk),
        _ICONS[MessageKind(message.kind)],
        who=str(message.author or message.sender_name or message.sender_address or _("The desk")),
        kind=message.kind,
        text=Truncator(" ".join(text.split())).chars(SHOWN),
        ticket=message.ticket,
        channel=message.channel,
    )


def _of_event(event: TicketEvent, source: int) -> Moment:
    entry = entry_of(event, policy_of(event.ticket.promise.revision_id))
    return Moment(Place(event.at, source, event.pk), entry.icon, sentence=entry.sentence, ticket=event.ticket)


def _of_record(event: PersonEvent | OrganisationEvent, source: int) -> Moment:
    kind = KINDS[event.kind]
    told = kind.told(event.by.name if event.by else _("The desk"), _in_words(event.facts))
    return Moment(Place(event.at, source, event.pk), kind.icon, kind="record", sentence=told)


def _of_note(note: PersonNote, source: int) -> Moment:
    text = Truncator(" ".join(note.text.split())).chars(SHOWN)
    return Moment(Place(note.at, source, note.pk), "sticky-note", who=str(note.by or ""), kind="about", text=text)


def _in_words(facts: dict[str, Any]) -> dict[str, Any]:
    if "field" not in facts:
        return facts
    words = {name: _value(facts["field"], facts[name]) for name in ("was", "now")}
    return {**facts, **words, "field": FIELDS.get(facts["field"], facts["field"])}


def _value(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field == "kind" and value in OrganisationKind.values:
        return str(OrganisationKind(value).label)
    return str(value) or "–"
