"""What somebody is writing, what waits to leave, and what is ready to be used: the only ways to get them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from mainstay.history.prepared import Prepared
from mainstay.people.models import Person
from mainstay.people.queries import staff_members
from mainstay.people.states import Permission
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import tickets_for
from mainstay.tickets.states import MessageKind

from .models import Answer, Draft, DraftFile, Macro, MacroRun, Mention, PlannedReply
from .states import UNSETTLED

WRITING_SECONDS = 30  # somebody who typed less long ago is writing
OFFERED = 8

# --- drafts -----------------------------------------------------------------------------------------------------------


def drafts_on(ticket: Ticket) -> list[Draft]:
    """Everybody's drafts on a ticket, with who writes them: one query for one's own and for who else is writing."""
    drafts: list[Draft] = _DRAFTS.rows(ticket.pk)
    for draft in drafts:
        draft.ticket = ticket
    return drafts


_DRAFTS = Prepared(lambda ticket: Draft.objects.filter(ticket=ticket).select_related("person").order_by("pk"), int)


def draft_among(drafts: Iterable[Draft], person: Person) -> Draft | None:
    return next((draft for draft in drafts if draft.person_id == person.pk), None)


def writers_among(drafts: Iterable[Draft], viewer: Person, at: datetime) -> list[Draft]:
    """The drafts of colleagues who are writing now; not of the viewer."""
    since = at - timedelta(seconds=WRITING_SECONDS)
    return [draft for draft in drafts if draft.person_id != viewer.pk and draft.text and draft.typed_at >= since]


def draft_of(person: Person, ticket: Ticket) -> Draft | None:
    return Draft.objects.filter(person=person, ticket=ticket).first()


def files_of(draft: Draft | None) -> list[DraftFile]:
    return list(draft.files.select_related("file").order_by("pk")) if draft else []


def draft_file_for(viewer: Person, pk: int) -> DraftFile | None:
    """A file of one's own draft, on a ticket that one may see; None otherwise."""
    files = DraftFile.objects.select_related("file", "draft__ticket")
    return files.filter(pk=pk, draft__person=viewer, draft__ticket__in=tickets_for(viewer)).first()


def newest_of(ticket: Ticket) -> int:
    """The key of the newest message on a ticket; 0 when there is none."""
    return ticket.messages.order_by("-pk").values_list("pk", flat=True).first() or 0


def news_since(ticket: Ticket, seen: int) -> list[Message]:
    """The messages that came after the one with this key, oldest first, with authors and files."""
    new = ticket.messages.filter(pk__gt=seen).select_related("author").prefetch_related("attachments__file")
    return list(new.order_by("at", "pk"))


# --- for later --------------------------------------------------------------------------------------------------------


def planned_on(ticket: Ticket) -> list[PlannedReply]:
    """The replies that wait for their moment or for a decision, in their order, with writers and files."""
    unsettled = PlannedReply.objects.filter(ticket=ticket, state__in=UNSETTLED).select_related("author__account")
    return list(unsettled.prefetch_related("files__file").order_by("due_at", "pk"))


def planned_for(viewer: Person, pk: int) -> PlannedReply | None:
    """A reply for later on a ticket that the viewer may see as staff; None otherwise. Who may decide about it, its verbs
    know."""
    if not viewer.may(Permission.SEE_TICKETS):
        return None
    planned = PlannedReply.objects.select_related("ticket__promise", "author__account")
    return planned.filter(pk=pk, ticket__in=tickets_for(viewer)).first()


# --- canned answers and macros ------------------------------------------------------------------------------------------


def answers_for(viewer: Person) -> QuerySet[Answer]:
    """What this person may use: everybody's and their own."""
    return Answer.objects.filter(Q(owner=None) | Q(owner=viewer)).order_by("folder", "name", "pk")


def macros_for(viewer: Person) -> QuerySet[Macro]:
    """Macros are for those who work on tickets: everybody's and their own; who keeps everybody's sees those."""
    if viewer.may(Permission.WORK_TICKETS):
        found = Macro.objects.filter(Q(owner=None) | Q(owner=viewer))
    elif viewer.may(Permission.MANAGE_ANSWERS):
        found = Macro.objects.filter(owner=None)
    else:
        found = Macro.objects.none()
    return found.order_by("folder", "name", "pk")


def answer_for(viewer: Person, pk: int) -> Answer | None:
    return answers_for(viewer).prefetch_related("wordings").filter(pk=pk).first()


def macro_for(viewer: Person, pk: int) -> Macro | None:
    return macros_for(viewer).prefetch_related("wordings").filter(pk=pk).first()


def may_change(viewer: Person, kept: Answer | Macro) -> bool:
    """One's own; what everybody uses only who keeps it."""
    return kept.owner_id == viewer.pk or (kept.owner_id is None and viewer.may(Permission.MANAGE_ANSWERS))


def shared_and_own(viewer: Person, model: type[Answer] | type[Macro], *, shared: bool) -> list[Answer | Macro]:
    """Everybody's or one's own, by folder and name, with their words."""
    found: QuerySet[Any] = answers_for(viewer) if model is Answer else macros_for(viewer)
    return list(found.filter(owner__isnull=shared).prefetch_related("wordings"))


def folders_of(viewer: Person, model: type[Answer] | type[Macro]) -> list[str]:
    """The folders that are in use among what this person sees, by name."""
    found = answers_for(viewer) if model is Answer else macros_for(viewer)
    return list(found.exclude(folder="").order_by("folder").values_list("folder", flat=True).distinct())


@dataclass(frozen=True)
class Offered:
    """One answer or macro that a few typed letters may mean."""

    kept: Answer | Macro
    place: int

    @property
    def is_macro(self) -> bool:
        return isinstance(self.kept, Macro)


def offered_for(viewer: Person, typed: str) -> list[Offered]:
    """Answers and macros with these letters in shortcut, name or folder: one of this very shortcut first, then those whose
    shortcut begins so, then the others; of each the most used first, answers before macros."""
    found = [*_offered(answers_for(viewer), typed), *_offered(macros_for(viewer), typed)]
    return sorted((Offered(kept, kept.place) for kept in found), key=lambda one: one.place)


def _offered(found: QuerySet[Any], typed: str) -> list[Any]:
    typed = typed.strip()[:80]
    is_it, begins = When(shortcut__iexact=typed, then=Value(0)), When(shortcut__istartswith=typed, then=Value(1))
    whens = [is_it, begins] if typed else []
    ranked = found.annotate(place=Case(*whens, default=Value(2), output_field=IntegerField()))
    if typed:
        ranked = ranked.filter(Q(shortcut__istartswith=typed) | Q(name__icontains=typed) | Q(folder__icontains=typed))
    return list(ranked.order_by("place", "-used_count", "name", "pk")[:OFFERED])


def undoable_runs(ticket: Ticket, by: Person, since: datetime) -> list[MacroRun]:
    """The macros that this person ran on the ticket since then and has not undone, the newest first."""
    runs = MacroRun.objects.filter(ticket=ticket, by=by, at__gte=since, undone_at=None)
    return list(runs.order_by("-pk")[:OFFERED])


def run_for(viewer: Person, pk: int) -> MacroRun | None:
    """A run of one's own, with its ticket."""
    runs = MacroRun.objects.select_related("ticket", "message__ticket")
    return runs.filter(pk=pk, by=viewer, ticket__in=tickets_for(viewer)).first()


# --- mentions ---------------------------------------------------------------------------------------------------------


def names_of_staff() -> dict[str, list[Person]]:
    """Whom a name in small letters may mean: everybody's full name, and first names."""
    named: dict[str, list[Person]] = {}
    for person in staff_members():
        for name in {person.name.lower(), person.name.split(" ")[0].lower()} - {""}:
            named.setdefault(name, []).append(person)
    return named


def mentions_on(ticket: Ticket) -> dict[int, list[str]]:
    """The names that the notes of a ticket mention, by the key of the note: one query for all of them."""
    found = Mention.objects.filter(message__ticket=ticket, message__kind=MessageKind.NOTE)
    names: dict[int, list[str]] = {}
    for message, name in found.order_by("pk").values_list("message", "name"):
        names.setdefault(message, []).append(name)
    return names


def colleagues_like(typed: str, viewer: Person) -> Sequence[Person]:
    """Colleagues whose name, or a part of it, begins with these letters; not the viewer."""
    typed = typed.strip()[:80]
    staff = staff_members().exclude(pk=viewer.pk)
    if typed:
        staff = staff.filter(Q(name__istartswith=typed) | Q(name__icontains=f" {typed}"))
    return list(staff[:OFFERED])
