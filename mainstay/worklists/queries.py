"""Views and their tickets: the only ways to get them, so that who sees what is decided once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Value, When

from mainstay.catalogue.models import Product
from mainstay.history.prepared import Prepared
from mainstay.people.models import Organisation, Person, Team
from mainstay.people.states import Permission
from mainstay.tickets.models import CustomField, Tag, Ticket, TicketQuerySet
from mainstay.tickets.queries import ASKED_OF, PAGE, counting_columns, row_of, sees_all, tickets_for

from .errors import NoSuchBatch, NoSuchView
from .fields import FIELDS, TEAM, Looking
from .models import Batch, BatchTicket, View
from .paging import Line
from .rules import Shape, Terms
from .states import Audience, Column, Outcome

KEY_MAX = 2**63 - 1

# --- views ------------------------------------------------------------------------------------------------------------


def may_share(person: Person) -> bool:
    """Whether this person keeps the views that are shared."""
    return person.may(Permission.MANAGE_VIEWS)


def may_change(view: View, person: Person) -> bool:
    return may_share(person) if view.is_shared else view.owner_id == person.pk


def views_for(viewer: Person) -> QuerySet[View]:
    """One's own views and those that are shared with one: what stands in one's list, shared ones first."""
    if not viewer.may(Permission.SEE_TICKETS):
        return View.objects.none()
    return _views_of(viewer.pk, viewer.role)


def views_listed(viewer: Person) -> list[View]:
    """The same, read."""
    return _VIEWS.rows(viewer.pk, viewer.role) if viewer.may(Permission.SEE_TICKETS) else []


def _views_of(viewer: int, role: str) -> QuerySet[View]:
    shared = Q(audience=Audience.EVERYBODY) | Q(audience=Audience.ROLE, role=role)
    shared |= Q(audience=Audience.TEAM, team__in=Team.members.through.objects.filter(person=viewer).values("team"))
    place = Case(When(owner=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return View.objects.filter(shared | Q(owner=viewer)).order_by(place, "name", "pk")


_VIEWS = Prepared(_views_of, int, str)


def shared_views() -> QuerySet[View]:
    """Every shared view, for those who keep them."""
    return View.objects.filter(owner=None).select_related("team").order_by("name", "pk")


def view_for(viewer: Person, key: int | str) -> View:
    """The view with this key that the viewer may look at; raises NoSuchView. Who keeps shared ones may look at all of them."""
    number = int(key) if str(key).isascii() and str(key).isdecimal() else 0
    found = None
    if 0 < number <= KEY_MAX and viewer.may(Permission.SEE_TICKETS):
        mine = Q(pk__in=views_for(viewer).order_by().values("pk"))
        if may_share(viewer):
            mine |= Q(owner=None)
        found = View.objects.filter(mine, pk=number).select_related("team", "changed_by").order_by("pk").first()
    if found is None:
        raise NoSuchView
    return found


# --- tickets ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """One page of a view; `after` is the place where the next one begins, empty at the end."""

    tickets: list[Ticket]
    after: str


def tickets_in(terms: Terms, looking: Looking) -> TicketQuerySet:
    """The tickets that the viewer may see and these filters keep."""
    return _kept(tickets_for(looking.viewer), terms, looking)


def _kept(tickets: TicketQuerySet, terms: Terms, looking: Looking) -> TicketQuerySet:
    for key, values in terms.items():
        tickets = tickets.filter(FIELDS[key].where(values, looking))
    return tickets


def page_of(shape: Shape, looking: Looking, after: str = "", size: int = PAGE) -> Page:
    """One page of what this shape shows, in its order; keyset paging."""
    line = Line(shape.order, shape.grouping)
    if after or size != PAGE or not _is_steady(shape.terms, looking):
        rows = list(_rows_of_page(tickets_in(shape.terms, looking), shape, after, size))
    else:
        steady = _first_page(_asked(shape.terms), shape.order, shape.grouping, shape.columns, looking.viewer.pk)
        rows = steady.rows() if steady else []
    return Page(rows[:size], line.key_of(rows[size - 1]) if len(rows) > size else "")


def _rows_of_page(tickets: TicketQuerySet, shape: Shape, after: str, size: int) -> TicketQuerySet:
    """The rows of a page of these, and one more when there is a next one."""
    line = Line(shape.order, shape.grouping)
    found = line.behind(line.stand(tickets), after)
    # The rows are found first, by narrow columns alone; what they show is read for those of the page.
    of_page = line.stand(Ticket.objects.filter(pk__in=found.values("pk")[: size + 1])).as_rows()
    return _with_columns(of_page, shape.columns)


# What people open all day: the SQL of questions that are the same at every moment, for those who see all tickets, is written once.

Asked = tuple[tuple[str, tuple[str, ...]], ...]
_NO_MOMENT = datetime.fromtimestamp(0, UTC)  # steady filters do not ask for it


def _is_steady(terms: Terms, looking: Looking) -> bool:
    return sees_all(looking.viewer) and not any(FIELDS[key].moves for key in terms)


def _steady(asked: Asked, viewer: int) -> TicketQuerySet:
    """The tickets that steady filters keep: they ask for the viewer's key alone."""
    return _kept(Ticket.objects.all(), dict(asked), Looking(Person(pk=viewer), _NO_MOMENT, ZoneInfo("UTC")))


def _asked(terms: Terms) -> Asked:
    return tuple((key, tuple(values)) for key, values in terms.items())


@lru_cache(maxsize=512)
def _first_page(
    asked: Asked, order: str, grouping: str, columns: tuple[str, ...], viewer: int
) -> Prepared[Ticket] | None:
    """None where these filters can keep nothing."""
    rows = _rows_of_page(_steady(asked, viewer), Shape(dict(asked), order, grouping, columns), "", PAGE)
    try:
        str(rows.query)
    except EmptyResultSet:
        return None
    return Prepared(lambda: rows)


@lru_cache(maxsize=2048)
def _steady_counter(asked: Asked, viewer: int) -> tuple[list[str], list[Any]]:
    return counting_columns([_steady(asked, viewer)])


def keys_in(shape: Shape, looking: Looking, most: int) -> list[int]:
    """The keys of the first `most` tickets of what this shape shows, in its order."""
    line = Line(shape.order, shape.grouping)
    return list(line.stand(tickets_in(shape.terms, looking)).values_list("pk", flat=True)[:most])


def _with_columns(tickets: TicketQuerySet, columns: Iterable[str]) -> TicketQuerySet:
    if Column.PRODUCT in columns:
        tickets = tickets.select_related("product")
    if Column.TAGS in columns:
        names = Tag.objects.filter(tickets=OuterRef("pk")).order_by("name", "pk").values("name")
        tickets = tickets.annotate(tag_names=ArraySubquery(names))
    return tickets


# --- counters, and the names of what filters speak of ------------------------------------------------------------------

Names = dict[tuple[str, str], str]
_NAMED: dict[str, tuple[type[Any], str]] = {
    "organisation": (Organisation, "name"),
    "person": (Person, "name"),
    "assignee": (Person, "name"),
    "team": (Team, "name"),
    "product": (Product, "model"),
    "tag": (Tag, "name"),
    "field": (CustomField, "name"),
}


def _counter(terms: Terms, looking: Looking) -> tuple[list[str], list[Any]]:
    if _is_steady(terms, looking):
        return _steady_counter(_asked(terms), looking.viewer.pk)
    return counting_columns([tickets_in(terms, looking)])


def counts_and_names(counted: Mapping[str, Terms], named: Terms, looking: Looking) -> tuple[dict[str, int], Names]:
    """How many tickets each of these holds, counted up to 100; and the names behind the keys in `named`. One query for all.

    A key without a name is of something that is not there any more.
    """
    columns, parameters = list[str](), list[Any]()
    for terms in counted.values():
        column, given = _counter(terms, looking)
        columns += column
        parameters += given
    keys = _keys_named(named)
    for kind, some in keys.items():
        model, name = _NAMED[kind]
        table = model._meta.db_table
        columns.append(f"(select json_object_agg(id, {name}) from {table} where id = any(%s))")  # noqa: S608 - our own
        parameters.append(some)
    if not columns:
        return {}, {}
    row = row_of(columns, parameters)
    names = {
        (kind, key): name
        for kind, found in zip(keys, row[len(counted) :], strict=True)
        for key, name in (found or {}).items()
    }
    return dict(zip(counted, row, strict=False)), names


def _keys_named(terms: Terms) -> dict[str, list[int]]:
    """The keys in these filters, by what they are keys of."""
    keys: dict[str, list[int]] = {}
    for field, values in terms.items():
        for value in values:
            kind = "team" if field == "assignee" and value.startswith(TEAM) else field
            number = value.removeprefix(TEAM).partition(ASKED_OF)[0]
            if kind in _NAMED and number.isdecimal():
                keys.setdefault(kind, []).append(int(number))
    return keys


# --- deeds on many ------------------------------------------------------------------------------------------------------

FORGOTTEN_AFTER = timedelta(days=1)


def batch_for(viewer: Person, pk: int) -> Batch:
    """One's own deed on many tickets; raises NoSuchBatch."""
    found = Batch.objects.filter(pk=pk, by=viewer).order_by("pk").first() if pk <= KEY_MAX else None
    if found is None:
        raise NoSuchBatch
    return found


def outcomes_of(batch: Batch) -> list[BatchTicket]:
    """Every ticket of it with what became of it, in their order."""
    return list(batch.tickets.select_related("ticket").order_by("pk"))


def outcome_counts(batch: Batch) -> dict[str, int]:
    """How many of its tickets stand how."""
    rows = batch.tickets.order_by().values_list("outcome").annotate(number=Count("pk"))
    return dict(rows)


def waiting_in(batch: Batch, outcome: Outcome) -> list[int]:
    """The keys of those that stand so."""
    return list(batch.tickets.filter(outcome=outcome).order_by("pk").values_list("pk", flat=True))


def over_batches(at: datetime) -> QuerySet[Batch]:
    """Those that nobody needs any more."""
    return Batch.objects.filter(made_at__lt=at - FORGOTTEN_AFTER)
