"""Lists of persons and organisations: by words, with filters, page by page; and pairs of records that may be one."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Upper

from .likeness import SHARED_BOXES, KnownAddress, KnownPerson, pairs_alike, why_alike
from .models import Account, Identity, KeptApart, Organisation, Person, PersonMerge, PersonNote
from .models import OrganisationMerge as Joining
from .queries import organisations_for, persons_for
from .states import Alike, Permission

PAGE = 50
SHORTEST = 2
SUGGESTED = 5
GROUPS = 200  # of records that look alike: more than anybody looks through in a day
GROUP = 20  # a name, or a part of addresses, that more people have says nothing
NUMBERED = re.compile(r"#(\d{1,18})$")

Row = TypeVar("Row", Person, Organisation)


@dataclass(frozen=True)
class PeopleWanted:
    """What of the people is wanted; empty: it does not matter. `support`: directly, not; `state`: here, left, unknown."""

    words: str = ""
    organisation: int | None = None
    kind: str = ""
    support: str = ""
    state: str = ""


def people_found(viewer: Person, wanted: PeopleWanted, *, nearly: bool = False) -> QuerySet[Person]:
    """Customers, by name: those with these words in their name, address or organisation.

    `nearly`: those whose name is written nearly so, for when nobody is found.
    """
    found = persons_for(viewer).exclude(pk__in=Account.objects.values("person"))
    if wanted.words:
        found = _nearly_called(found, wanted.words) if nearly else found.filter(pk__in=_persons_with(wanted.words))
    if wanted.organisation is not None:
        found = found.filter(organisation=wanted.organisation)
    if wanted.kind:
        found = found.filter(organisation__kind=wanted.kind)
    if wanted.support:
        found = found.filter(organisation__bought_directly=wanted.support == "directly")
    return found.filter(_STATES[wanted.state]) if wanted.state in _STATES else found


_STATES = {"here": Q(left_at=None), "left": Q(left_at__isnull=False), "unknown": Q(organisation=None)}


def organisations_found(
    viewer: Person, words: str = "", kind: str = "", support: str = "", *, nearly: bool = False
) -> QuerySet[Organisation]:
    """Organisations by name: those with these words in it; `nearly` as in `people_found`."""
    found = organisations_for(viewer).select_related("seller")
    if words:
        found = _nearly_called(found, words) if nearly else found.filter(name__icontains=words)
    if kind:
        found = found.filter(kind=kind)
    return found.filter(bought_directly=support == "directly") if support else found


def page_of(rows: QuerySet[Row], after: str, size: int = PAGE) -> tuple[list[Row], str]:
    """A page in the order of names, and the key of the next one: empty at the end, or when `after` is none."""
    key, _sign, name = after.partition(" ")
    if key.isascii() and key.isdecimal() and len(key) < 19:
        rows = rows.filter(Q(name__gt=name) | Q(name=name, pk__gt=int(key)))
    found = list(rows[: size + 1])
    return found[:size], f"{found[size - 1].pk} {found[size - 1].name}" if len(found) > size else ""


def _nearly_called(rows: QuerySet[Row], words: str) -> QuerySet[Row]:
    """In capitals, as the index of parts of names holds them."""
    return rows.alias(shouted=Upper("name")).filter(shouted__trigram_word_similar=words.upper())


def _persons_with(words: str) -> QuerySet[Person, int]:
    """A union, so that each of its parts is found by its own index."""
    by_name = Person.objects.filter(name__icontains=words).order_by().values_list("pk", flat=True)
    by_address = Identity.objects.filter(address__icontains=words).order_by().values_list("person", flat=True)
    organisations = Organisation.objects.filter(name__icontains=words).order_by().values("pk")
    by_organisation = Person.objects.filter(organisation__in=organisations).order_by().values_list("pk", flat=True)
    return by_name.union(by_address, by_organisation)


# --- by name, as they are typed ---------------------------------------------------------------------------------------------


def organisation_names(viewer: Person, words: str, limit: int = 20) -> list[str]:
    """Names as one may type them into a field; with their number where several are called so."""
    found = list(organisations_found(viewer, words)[:limit])
    names = [one.name.casefold() for one in found]
    return [f"{one.name} #{one.pk}" if names.count(one.name.casefold()) > 1 else one.name for one in found]


def organisations_named(viewer: Person, text: str) -> list[Organisation]:
    """Those that were meant by what stands in the field: one, none, or several of the same name."""
    visible = organisations_for(viewer)
    if numbered := NUMBERED.search(text):
        return list(visible.filter(pk=int(numbered[1])))
    return list(visible.filter(name__iexact=" ".join(text.split()))[:2])


# --- records, each through one function -----------------------------------------------------------------------------------


def person_for(viewer: Person, pk: int) -> Person | None:
    """The person, also one who was merged away, for those who may see them; None otherwise."""
    if pk >= 2**63:
        return None
    everybody = Person.objects.select_related("organisation__seller", "account__custom_role", "merged_into")
    visible = everybody if viewer.may(Permission.SEE_TICKETS) else everybody.filter(pk=viewer.pk)
    return visible.filter(pk=pk).first()


def organisation_for(viewer: Person, pk: int) -> Organisation | None:
    """The organisation, also one that was merged away, for those who may see it; None otherwise."""
    if pk >= 2**63:
        return None
    every = Organisation.objects.select_related("seller", "merged_into")
    visible = every if viewer.may(Permission.SEE_TICKETS) else every.filter(persons=viewer)
    return visible.filter(pk=pk).first()


def identity_for(viewer: Person, pk: int) -> Identity | None:
    """An address of somebody whom the viewer may see; for staff only."""
    if not viewer.may(Permission.SEE_TICKETS) or pk >= 2**63:
        return None
    return Identity.objects.select_related("person").filter(pk=pk).first()


def note_for(viewer: Person, pk: int) -> PersonNote | None:
    """A note about somebody: for staff only."""
    if not viewer.may(Permission.SEE_TICKETS) or pk >= 2**63:
        return None
    return PersonNote.objects.select_related("person", "by").filter(pk=pk).first()


def merge_for(viewer: Person, pk: int) -> PersonMerge | None:
    """A merge of two persons: for staff only."""
    if not viewer.may(Permission.SEE_TICKETS) or pk >= 2**63:
        return None
    return PersonMerge.objects.select_related("one", "into", "by").filter(pk=pk).first()


def joining_for(viewer: Person, pk: int) -> Joining | None:
    """A merge of two organisations: for staff only."""
    if not viewer.may(Permission.SEE_TICKETS) or pk >= 2**63:
        return None
    return Joining.objects.select_related("one", "into", "by").filter(pk=pk).first()


def keys_with_merged(record: Person | Organisation) -> list[int]:
    """The record's key and those of the records that stand in it, and in those: their history is its own."""
    keys, fresh = [record.pk], [record.pk]
    while fresh:
        merged = type(record)._default_manager.filter(merged_into__in=fresh).order_by("pk")
        fresh = list(merged.values_list("pk", flat=True))
        keys += fresh
    return keys


# --- records that may be one --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be the same person, and why."""

    person: Person
    because: Alike


@dataclass(frozen=True)
class Pair:
    """Two records that may be of one person, the older one first."""

    one: Person
    other: Person
    because: Alike


def candidates_for(viewer: Person, person: Person, limit: int = SUGGESTED) -> list[Candidate]:
    """Who may be this person, the strongest reason first; nobody for a colleague. Two queries, or one more when there are."""
    known = _known(person)
    alike = [address.alike for address in known.addresses if address.alike]
    keys = Identity.objects.filter(alike__in=alike).order_by().values_list("person", flat=True)
    if person.name:
        keys = keys.union(Person.objects.filter(name__iexact=person.name).order_by().values_list("pk", flat=True))
    others = _customers(viewer).filter(pk__in=keys, is_sample=person.is_sample).exclude(pk=person.pk)
    apart = _kept_apart([person.pk])
    found = [Candidate(other, because) for other in others if (because := why_alike(known, _known(other)))]
    kept = [one for one in found if _pair_key(one.person.pk, person.pk) not in apart]
    order = list(Alike)
    return sorted(kept, key=lambda one: (order.index(one.because), one.person.pk))[:limit]


def pairs_of_everybody(viewer: Person) -> list[Pair]:
    """Records at this desk that may be of one person, the strongest reasons first. Four queries."""
    people = {person.pk: person for person in _customers(viewer).filter(pk__in=_in_groups())}
    known = [_known(person) for person in people.values()]
    groups: dict[str, dict[int, KnownPerson]] = {}
    for one in known:
        for key in {f"={one.name.casefold()}", *(address.alike for address in one.addresses)}:
            groups.setdefault(key, {})[one.pk] = one
    found = {
        (one.pk, other.pk): because for group in groups.values() for one, other, because in pairs_alike(group.values())
    }
    apart = _kept_apart(people)
    order = list(Alike)
    pairs = [
        Pair(people[one], people[other], because)
        for (one, other), because in found.items()
        if (one, other) not in apart and people[one].is_sample == people[other].is_sample
    ]
    return sorted(pairs, key=lambda pair: (order.index(pair.because), pair.one.name.casefold(), pair.one.pk))


def _in_groups() -> QuerySet[Person, int]:
    """The keys of those who share a name, or the telling part of an address, with a few others; at most GROUPS of each."""
    names = Person.objects.filter(merged_into=None).exclude(name="").order_by().values(key=Upper("name"))
    shared_names = names.annotate(n=Count("pk")).filter(n__gt=1, n__lte=GROUP).order_by("key")[:GROUPS]
    parts = Identity.objects.exclude(alike__in=["", *SHARED_BOXES]).order_by().values("alike")
    shared_parts = (
        parts.annotate(n=Count("person", distinct=True)).filter(n__gt=1, n__lte=GROUP).order_by("alike")[:GROUPS]
    )
    named = Person.objects.alias(key=Upper("name")).filter(key__in=shared_names.values("key"))
    addressed = Identity.objects.filter(alike__in=shared_parts.values("alike"))
    return named.order_by().values_list("pk", flat=True).union(addressed.order_by().values_list("person", flat=True))


def _customers(viewer: Person) -> QuerySet[Person]:
    everybody = persons_for(viewer).exclude(pk__in=Account.objects.values("person"))
    return everybody.prefetch_related("identities")


def _known(person: Person) -> KnownPerson:
    addresses = tuple(KnownAddress(one.channel, one.address, one.alike) for one in person.identities.all())
    return KnownPerson(person.pk, person.name, person.organisation_id, addresses)


def _kept_apart(keys: Iterable[int]) -> Collection[tuple[int, int]]:
    some = list(keys)
    kept = KeptApart.objects.filter(Q(one__in=some) | Q(other__in=some)).order_by("pk")
    return set(kept.values_list("one", "other"))


def _pair_key(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
