"""Ask the index; whatever is found goes through the one function of its noun, which decides who may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q

from mainstay.catalogue.models import Product
from mainstay.people.models import Identity, Organisation, Person
from mainstay.people.queries import assignable_staff, organisations_for
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.models import Attachment, Message, Tag, Ticket
from mainstay.tickets.queries import tickets_for
from mainstay.tickets.states import INTERNAL, MessageKind

from .asking import Asked, Narrowing, Remark, read_question
from .models import OrganisationWords, PersonWords, TicketWords
from .rules import IS, ME, NOBODY, days_meant, state_asked
from .snippets import Snippet, snippet_of
from .states import Odd, Operator, Source
from .words import Wanted, wanted

PAGE = 20
BESIDE = 6  # people and organisations that are shown
MESSAGES_LOOKED_AT = 40  # of each ticket, for the place where the words stand


@dataclass(frozen=True)
class Hit:
    """A ticket, and where the words stand on it; `source` None where they stand in its names only."""

    ticket: Ticket
    snippet: Snippet | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Found:
    """What a question found, the newest tickets first. `after` is the key of the next page; empty at the end."""

    asked: Asked
    exact: Ticket | None = None
    hits: Sequence[Hit] = ()
    after: str = ""
    people: Sequence[Person] = ()
    organisations: Sequence[Organisation] = ()
    remarks: Sequence[Remark] = field(default=())
    instead: Sequence[tuple[str, tuple[str, ...]]] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.exact or self.hits or self.people or self.organisations)


def search(viewer: Person, text: str, policy: Policy, at: datetime, *, after: str = "", limit: int = PAGE) -> Found:
    """What this person may see of what they ask for. Nothing that is typed is an error: what was left out is a remark."""
    asked = read_question(text)
    if asked.is_empty:
        return Found(asked, remarks=asked.remarks)
    remarks = list(asked.remarks)
    narrowed = tickets_for(viewer)
    for one in asked.narrowings:
        part = _narrowed(one, viewer, policy, at)
        if isinstance(part, Remark):
            remarks.append(part)
        else:
            narrowed = narrowed.exclude(part) if one.is_refused else narrowed.filter(part)
    sees_all = viewer.may(Permission.SEE_TICKETS)
    words = wanted(asked.terms, all_words=sees_all)
    hits, more = _tickets(narrowed, words, viewer, after, limit)
    is_first = not after and not asked.narrowings
    return Found(
        asked=asked,
        exact=narrowed.as_rows().filter(number=asked.number).order_by("pk").first() if asked.number else None,
        hits=hits,
        after=more,
        people=_people(viewer, words) if is_first else (),
        organisations=_organisations(viewer, words) if is_first else (),
        remarks=remarks,
        instead=words.instead,
    )


# --- tickets ----------------------------------------------------------------------------------------------------------


def _asked_of_index(words: Wanted) -> SearchQuery:
    return SearchQuery(words.query, config="simple", search_type="raw")


def _tickets(narrowed: Any, words: Wanted, viewer: Person, after: str, limit: int) -> tuple[list[Hit], str]:
    """The newest tickets that have these words, by the key of the ticket; and the key to go on from."""
    found = narrowed.order_by("-pk")
    if after.isascii() and after.isdecimal() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    if words.query:
        has = TicketWords.objects.filter(ticket=OuterRef("pk")).filter(words=_asked_of_index(words))
        found = found.filter(Exists(has.order_by()))
    keys = list(found.values_list("pk", flat=True)[: limit + 1])
    shown = keys[:limit]
    tickets = list(Ticket.objects.as_rows().filter(pk__in=shown).order_by("-pk"))
    return _with_snippets(tickets, words, viewer), str(shown[-1]) if len(keys) > limit else ""


def _with_snippets(tickets: list[Ticket], words: Wanted, viewer: Person) -> list[Hit]:
    """Where on each ticket the words stand: in the subject, else in the newest message that has most of them."""
    if not words.marks:
        return [Hit(ticket) for ticket in tickets]
    written = Message.objects.filter(ticket__in=tickets).exclude(kind=MessageKind.ACKNOWLEDGEMENT)
    if not viewer.may(Permission.SEE_TICKETS):
        written = written.exclude(kind__in=INTERNAL)
    texts: dict[int, list[tuple[str, str, str]]] = {}
    rows = written.order_by("-pk").values_list("ticket_id", "kind", "text", "quoted")
    for ticket, kind, text, quoted in rows[: len(tickets) * MESSAGES_LOOKED_AT]:
        texts.setdefault(ticket, []).append((kind, text, quoted))
    files = _files(tickets)
    return [_hit(ticket, texts.get(ticket.pk, []), files.get(ticket.pk, []), words) for ticket in tickets]


def _files(tickets: list[Ticket]) -> dict[int, list[str]]:
    named: dict[int, list[str]] = {}
    rows = Attachment.objects.filter(message__ticket__in=tickets, is_inline=False).order_by("pk")
    for ticket, name in rows.values_list("message__ticket_id", "filename"):
        named.setdefault(ticket, []).append(name)
    return named


_SOURCES = {
    MessageKind.INBOUND: Source.MESSAGE,
    MessageKind.REPLY: Source.REPLY,
    MessageKind.NOTE: Source.NOTE,
    MessageKind.SIDE_IN: Source.NOTE,
    MessageKind.SIDE_OUT: Source.NOTE,
}


def _hit(ticket: Ticket, texts: list[tuple[str, str, str]], files: list[str], words: Wanted) -> Hit:
    places: list[tuple[str, Source]] = [(text, _SOURCES[MessageKind(kind)]) for kind, text, _quoted in texts]
    places += [(name, Source.FILE) for name in files]
    places += [(quoted, Source.QUOTED) for _kind, _text, quoted in texts if quoted]
    best: tuple[int, Snippet, Source] | None = None
    for text, source in places:
        snippet = snippet_of(text, words.marks)
        if snippet is not None and (best is None or snippet.met > best[0]):
            best = (snippet.met, snippet, source)
    return Hit(ticket, best[1], best[2]) if best else Hit(ticket)


# --- people and organisations -----------------------------------------------------------------------------------------


def _people(viewer: Person, words: Wanted) -> list[Person]:
    if not words.query or not viewer.may(Permission.SEE_TICKETS):
        return []
    has = PersonWords.objects.filter(words=_asked_of_index(words)).order_by("-person_id")
    keys = list(has.values_list("person_id", flat=True)[:BESIDE])
    return list(Person.objects.select_related("organisation").filter(pk__in=keys).order_by("name", "pk"))


def _organisations(viewer: Person, words: Wanted) -> list[Organisation]:
    if not words.query:
        return []
    has = OrganisationWords.objects.filter(organisation=OuterRef("pk")).filter(words=_asked_of_index(words))
    return list(organisations_for(viewer).filter(Exists(has.order_by())).order_by("name", "pk")[:BESIDE])


# --- operators --------------------------------------------------------------------------------------------------------

Part = Q | Remark


def _narrowed(one: Narrowing, viewer: Person, policy: Policy, at: datetime) -> Part:
    """The tickets that an operator leaves, or why it was left out."""
    if one.operator in (Operator.BEFORE, Operator.AFTER):
        return _by_day(one, viewer, at)
    if not viewer.may(Permission.SEE_TICKETS):
        return Remark(Odd.FOR_STAFF, one.said)
    if one.operator == Operator.ASSIGNEE:
        return _assignee(one, viewer)
    if one.operator == Operator.IS:
        state = state_asked(one.value.lower(), viewer)
        return state if state is not None else Remark(Odd.NO_STATE, one.said, ", ".join([*IS, "mine"]))
    return _PARTS[one.operator](one, policy)


def _by_day(one: Narrowing, viewer: Person, at: datetime) -> Part:
    days = days_meant(one.value.lower(), at, zone_of(viewer))
    if days is None:
        return Remark(Odd.NO_DAY, one.said)
    return Q(opened_at__lt=days[0]) if one.operator == Operator.BEFORE else Q(opened_at__gte=days[1])


def _assignee(one: Narrowing, viewer: Person) -> Part:
    if one.value.lower() == ME:
        return Q(assignee=viewer)
    if one.value.lower() == NOBODY:
        return Q(assignee=None)
    keys = list(assignable_staff().filter(name__icontains=one.value).values_list("pk", flat=True))
    return Q(assignee__in=keys) if keys else Remark(Odd.NOBODY, one.said)


def _from(one: Narrowing, _policy: Policy) -> Part:
    address = Identity.objects.filter(person=OuterRef("pk"), address__icontains=one.value)
    people = Person.objects.filter(Q(name__icontains=one.value) | Exists(address)).order_by("pk")
    keys = list(people.values_list("pk", flat=True)[:500])
    return Q(person__in=keys) if keys else Remark(Odd.NOBODY, one.said)


def _org(one: Narrowing, _policy: Policy) -> Part:
    keys = list(
        Organisation.objects.filter(name__icontains=one.value).order_by("pk").values_list("pk", flat=True)[:500]
    )
    return Q(organisation__in=keys) if keys else Remark(Odd.NO_ORGANISATION, one.said)


def _tag(one: Narrowing, _policy: Policy) -> Part:
    tags = Tag.objects.filter(name__iexact=one.value)
    return Q(Exists(tags.filter(tickets=OuterRef("pk")))) if tags.exists() else Remark(Odd.NO_TAG, one.said)


def _product(one: Narrowing, _policy: Policy) -> Part:
    named = Product.objects.filter(Q(model__icontains=one.value) | Q(family__icontains=one.value)).order_by("pk")
    keys = list(named.values_list("pk", flat=True)[:500])
    return Q(product__in=keys) if keys else Remark(Odd.NO_PRODUCT, one.said)


def _has(one: Narrowing, _policy: Policy) -> Part:
    if one.value.lower() not in ("file", "files"):
        return Remark(Odd.NO_PART, one.said, "file")
    return Q(Exists(Attachment.objects.filter(message__ticket=OuterRef("pk"), is_inline=False)))


def _by_word(
    field_: str, odd: Odd, named: Callable[[Policy], dict[str, list[str]]]
) -> Callable[[Narrowing, Policy], Part]:
    def part(one: Narrowing, policy: Policy) -> Part:
        known = named(policy)
        said = one.value.lower()
        key = next((key for key, words in known.items() if said == key or said in words), None)
        return Q(**{field_: key}) if key else Remark(odd, one.said, ", ".join(known))

    return part


def _natures(policy: Policy) -> dict[str, list[str]]:
    offered = policy.languages.offered
    return {key: [policy.name_of_nature(key, one).lower() for one in offered] for key in policy.nature_keys}


def _severities(policy: Policy) -> dict[str, list[str]]:
    offered = policy.languages.offered
    return {key: [policy.name_of_severity(key, one).lower() for one in offered] for key in policy.severity_keys}


_PARTS: dict[str, Callable[[Narrowing, Policy], Part]] = {
    Operator.FROM: _from,
    Operator.ORG: _org,
    Operator.TAG: _tag,
    Operator.PRODUCT: _product,
    Operator.HAS: _has,
    Operator.LANG: lambda one, _policy: Q(language__istartswith=one.value),
    Operator.NATURE: _by_word("nature", Odd.NO_NATURE, _natures),
    Operator.SEVERITY: _by_word("severity", Odd.NO_SEVERITY, _severities),
    Operator.CHANNEL: _by_word("channel", Odd.NO_CHANNEL, lambda _policy: {"email": ["mail", "e-mail"]}),
}
