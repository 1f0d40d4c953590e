"""What is found for a question: tickets, people and organisations, each through the one function of its noun."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.db.models.expressions import RawSQL

from mainstay.people.models import Organisation, Person
from mainstay.people.queries import organisations_for, persons_for
from mainstay.tickets.models import Ticket, TicketQuerySet
from mainstay.tickets.queries import NUMBER_MAX, tickets_for

from .contexts import Context, contexts_of
from .errors import TookTooLong
from .folding import Piece, Wanted, pieces
from .models import Rebuild
from .narrowing import Asked, narrowed
from .reading import Note, Question
from .states import Noun
from .tsquery import Lexed, instead_of, lexed, query_of
from .typos import meant_instead

PAGE, SUGGESTED = 20, 4
PATIENCE_MS = 2500  # a question that needs longer is refused with a sentence
CANCELED = "57014"

# What it costs, in thousandths of a millisecond, to read a ticket's words and look into them; and to fetch one that the
# index names. Measured with `python -m bench --search`; they only decide which way is taken.
LOOKED_INTO, FETCHED = 20, 4
LONGEST_WALK = 3000


@dataclass(frozen=True)
class FoundTicket:
    """A ticket with its subject divided by what was found, and where else on it the words stand."""

    ticket: Ticket
    subject: tuple[Piece, ...]
    context: Context | None


@dataclass(frozen=True)
class FoundPerson:
    person: Person
    name: tuple[Piece, ...]
    addresses: tuple[Piece, ...]


@dataclass(frozen=True)
class FoundOrganisation:
    organisation: Organisation
    name: tuple[Piece, ...]


@dataclass(frozen=True)
class Correction:
    """A word that stands nowhere, and those that were searched for instead."""

    said: str
    instead: tuple[str, ...]


@dataclass(frozen=True)
class Findings:
    """`after` holds, by noun, the key from which it goes on; nouns that end here are not in it."""

    tickets: tuple[FoundTicket, ...] = ()
    people: tuple[FoundPerson, ...] = ()
    organisations: tuple[FoundOrganisation, ...] = ()
    after: tuple[tuple[Noun, str], ...] = ()
    notes: tuple[Note, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.tickets or self.people or self.organisations)

    def goes_on(self, noun: Noun) -> str:
        return dict(self.after).get(noun, "")


@dataclass(frozen=True)
class Search:
    """A question made ready: what is asked of the words, and by what else tickets are narrowed."""

    asked: Asked
    question: Question
    terms: tuple[Lexed, ...]
    tickets: TicketQuerySet
    notes: tuple[Note, ...]
    is_narrowed: bool
    in_context: bool

    @property
    def query(self) -> str:
        return query_of(self.terms, self.asked.weights)

    @property
    def wanted(self) -> list[Wanted]:
        return [wanted for one in self.terms if not one.is_left_out for wanted in one.wanted]


def find(
    question: Question,
    asked: Asked,
    *,
    nouns: Sequence[Noun] = tuple(Noun),
    after: str = "",
    size: int = PAGE,
    few: int = SUGGESTED,
    in_context: bool = True,
) -> Findings:
    """The newest tickets first, people and organisations by name; of several nouns, `size` tickets and `few` of the others.

    A question that finds nothing is asked once more with the words that its unknown ones may be meant to be. `after` is the
    key with which the page before ended, for one noun; without `in_context`, tickets are found without their messages.
    Raises TookTooLong.
    """
    if question.is_empty:
        return Findings(notes=question.notes)
    with _patiently():
        terms = tuple(lexed(question.terms))
        condition, notes = narrowed(question.filters, asked)
        tickets = tickets_for(asked.viewer).filter(condition) if condition else tickets_for(asked.viewer)
        search = Search(asked, question, terms, tickets, (*question.notes, *notes), bool(condition), in_context)
        found = _found(search, nouns, after, size, few)
        if not found.is_nothing or not search.query:
            return found
        return _found_instead(search, found, nouns, after, size, few)


def unfinished_rebuild() -> tuple[int, int] | None:
    """How many tickets have their words, and of how many, while a rebuild goes on; None otherwise."""
    rebuild = Rebuild.objects.filter(finished_at=None).order_by("pk").first()
    if rebuild is None:
        return None
    last = Ticket.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return (min(rebuild.last, last) if rebuild.noun == Noun.TICKETS else 0, last)


def _found(search: Search, nouns: Sequence[Noun], after: str, size: int, few: int) -> Findings:
    goes_on: list[tuple[Noun, str]] = []
    is_one = len(nouns) == 1
    found: dict[Noun, tuple[Any, ...]] = {}
    for noun in nouns:
        wanted = size if is_one or noun == Noun.TICKETS else few
        rows, key = _FINDERS[noun](search, after if is_one else "", wanted)
        found[noun] = rows
        if key:
            goes_on.append((noun, key))
    return Findings(
        tickets=found.get(Noun.TICKETS, ()),
        people=found.get(Noun.PEOPLE, ()),
        organisations=found.get(Noun.ORGANISATIONS, ()),
        after=tuple(goes_on),
        notes=search.notes,
    )


def _found_instead(search: Search, found: Findings, nouns: Sequence[Noun], after: str, size: int, few: int) -> Findings:
    words = meant_instead(search.terms)
    if not words:
        return found
    other = replace(search, terms=tuple(instead_of(search.terms, words)))
    again = _found(other, nouns, after, size, few)
    if again.is_nothing or not search.asked.sees_notes:
        return again  # which words stand somewhere is said to those only who may read everything
    told = tuple(Correction(term.text, tuple(meant)) for term, meant in words.items())
    return replace(again, corrections=told)


@contextmanager
def _patiently() -> Iterator[None]:
    """Within this block the database gives up after PATIENCE_MS; raises TookTooLong then."""
    is_within = connection.in_atomic_block
    try:
        with transaction.atomic():
            _give_up_after(PATIENCE_MS)
            yield
            if is_within:
                _give_up_after(0)
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") == CANCELED:
            raise TookTooLong from problem
        raise


def _give_up_after(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [str(milliseconds)])


# --- tickets ------------------------------------------------------------------------------------------------------------


def _tickets(search: Search, after: str, size: int) -> tuple[tuple[FoundTicket, ...], str]:
    below = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else NUMBER_MAX
    first = _by_number(search) if below == NUMBER_MAX else []
    page = _newest(search, below, size + 1)
    rows = first + [ticket for ticket in page[:size] if ticket not in first]
    said = contexts_of(rows, search.terms, search.asked) if search.in_context else {}
    wanted = search.wanted
    found = tuple(FoundTicket(one, pieces(one.subject, wanted), said.get(one.pk)) for one in rows)
    return found, str(page[size - 1].pk) if len(page) > size else ""


def _by_number(search: Search) -> list[Ticket]:
    """The ticket whose number is asked for, before those that merely speak of it."""
    number = search.question.number
    if number is None or number > NUMBER_MAX:
        return []
    return list(search.tickets.as_rows().filter(number=number).order_by("number"))


def _newest(search: Search, below: int, number: int) -> list[Ticket]:
    """The newest tickets under this key, in one of two ways.

    Of words that are on many tickets, the newest tickets are looked into, one after the other, and soon there are enough;
    of rare ones, all are asked of the index. Either way is quick only where the other is slow.
    """
    query = search.query
    newest = search.tickets.as_rows().filter(pk__lt=below).order_by("-pk")
    if not query:
        return list(newest[:number]) if search.is_narrowed else []
    newest = newest.order_by((F("pk") + 0).desc())  # not in the order of the key's index: the words come first
    steps = _steps(query, number, is_narrowed=search.is_narrowed)
    if steps:
        found = list(newest.filter(pk__in=RawSQL(_WALK, [below, steps, query]))[:number])  # noqa: S611 - parameters
        if len(found) == number:
            return found
    return list(newest.filter(pk__in=RawSQL(_INDEX, [query, below]))[:number])  # noqa: S611 - parameters


_WALK = """
with newest as materialized (
    select ticket_id, words from search_ticketwords where ticket_id < %s order by ticket_id desc, part desc limit %s)
select ticket_id from newest where words @@ %s::tsquery
"""
_INDEX = """
with found as materialized (select ticket_id from search_ticketwords where words @@ %s::tsquery and ticket_id < %s)
select ticket_id from found
"""
_ESTIMATE = """
select reltuples from pg_class where oid = 'search_ticketwords'::regclass
"""


def _steps(query: str, number: int, *, is_narrowed: bool) -> int:
    """How many tickets to look into; 0 where asking the index for all costs less, as the database's statistics say."""
    with connection.cursor() as cursor:
        cursor.execute("explain (format json) select from search_ticketwords where words @@ %s::tsquery", [query])
        estimated = cursor.fetchone()[0][0]["Plan"]["Plan Rows"]
        cursor.execute(_ESTIMATE)
        everything = max(cursor.fetchone()[0], 1)
    share = min(1.0, max(estimated, 1) / everything)
    steps = int(number / share * (6 if is_narrowed else 2)) + 50
    return steps if steps <= LONGEST_WALK and steps * LOOKED_INTO < estimated * FETCHED else 0


# --- people and organisations -----------------------------------------------------------------------------------------


def _people(search: Search, after: str, size: int) -> tuple[tuple[FoundPerson, ...], str]:
    """By name. Operators ask of tickets: with any, no people are found."""
    query = query_of(search.terms, "")
    if search.question.filters or not query:
        return (), ""
    among = RawSQL("select person_id from search_personwords where words @@ %s::tsquery", [query])
    known = persons_for(search.asked.viewer).filter(pk__in=among)
    page = list(_after_name(known, after).prefetch_related("identities")[: size + 1])
    wanted = search.wanted
    rows = tuple(
        FoundPerson(
            one,
            pieces(str(one), wanted),
            pieces(", ".join(identity.address for identity in one.identities.all()), wanted),
        )
        for one in page[:size]
    )
    return rows, _name_key(page[size - 1]) if len(page) > size else ""


def _organisations(search: Search, after: str, size: int) -> tuple[tuple[FoundOrganisation, ...], str]:
    query = query_of(search.terms, "")
    if search.question.filters or not query:
        return (), ""
    among = RawSQL("select organisation_id from search_organisationwords where words @@ %s::tsquery", [query])
    page = list(_after_name(organisations_for(search.asked.viewer).filter(pk__in=among), after)[: size + 1])
    rows = tuple(FoundOrganisation(one, pieces(one.name, search.wanted)) for one in page[:size])
    return rows, _name_key(page[size - 1]) if len(page) > size else ""


def _after_name(known: Any, after: str) -> Any:
    """Those behind this key, `12~Name`; one that is not ours is ignored."""
    key, divider, name = after.partition("~")
    if not (divider and key.isascii() and key.isdecimal() and len(key) < 19) or "\x00" in name:
        return known
    table = known.model._meta.db_table
    return known.extra(where=[f"({table}.name, {table}.id) > (%s, %s)"], params=[name, int(key)])  # noqa: S610


def _name_key(one: Person | Organisation) -> str:
    return f"{one.pk}~{one.name}"


_FINDERS: dict[Noun, Any] = {
    Noun.TICKETS: _tickets,
    Noun.PEOPLE: _people,
    Noun.ORGANISATIONS: _organisations,
}
