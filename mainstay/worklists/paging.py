"""The orders of a view: how its rows stand, and where its next page begins, whatever came meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from django.db.models import BooleanField, Case, CharField, F, Func, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower

from mainstay.tickets.models import Ticket, TicketQuerySet
from mainstay.tickets.queries import NUMBER_MAX
from mainstay.tickets.states import State

from .states import Grouping, Order

# Rank and urgency ascend towards the less urgent; the number makes every order one without ties.
COLUMNS = {
    Order.QUEUE.value: ("rank", "opened_at", "number"),
    Order.NEWEST_CHANGE.value: ("touched_at", "number"),
    Order.OLDEST_CHANGE.value: ("touched_at", "number"),
    Order.OLDEST.value: ("opened_at", "number"),
    Order.NEWEST.value: ("opened_at", "number"),
    Order.MOST_SEVERE.value: ("urgency", "opened_at", "number"),
    Order.LEAST_SEVERE.value: ("urgency", "opened_at", "number"),
}
SEPARATOR = "~"
GROUP = "in_group"


@dataclass(frozen=True)
class Line:
    """The order in which tickets stand: group by group, inside by columns, all of them up or all of them down."""

    order: str
    grouping: str = Grouping.NONE.value

    @property
    def is_down(self) -> bool:
        return self.order.startswith("-")

    @property
    def group_names(self) -> list[str]:
        return [f"{GROUP}_{place}" for place in range(len(_GROUPS[self.grouping]))]

    def stand(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """The tickets in this order."""
        marked = tickets.annotate(**dict(zip(self.group_names, _GROUPS[self.grouping], strict=True)))
        inside = [f"-{name}" if self.is_down else name for name in COLUMNS[self.order]]
        return marked.order_by(*self.group_names, *inside)

    def behind(self, tickets: TicketQuerySet, after: str) -> TicketQuerySet:
        """Those behind the place that `key_of` told; a place that is not one of ours is the beginning."""
        place = self._read(after)
        if place is None:
            return tickets
        depth = len(self.group_names)
        inside = _row_after(COLUMNS[self.order], place[depth:], is_down=self.is_down)
        if not depth:
            return tickets.filter(inside)
        group = list(self.group_names)
        # The first condition says the same as the second, in a way that an index can use.
        return tickets.filter(_row(group, place[:depth], ">="), Q(_row(group, place[:depth], ">")) | Q(inside))

    def key_of(self, ticket: Ticket) -> str:
        """The place of a ticket that was read in this order."""
        values = [getattr(ticket, name) for name in (*self.group_names, *COLUMNS[self.order])]
        return SEPARATOR.join(_written(value) for value in values)

    def group_of(self, ticket: Ticket) -> tuple[Any, ...]:
        """What tickets of one group have in common."""
        return tuple(getattr(ticket, name) for name in self.group_names)

    def _read(self, after: str) -> list[Any] | None:
        parts = after.split(SEPARATOR)
        readers = [*_GROUP_READERS[self.grouping], *(_READERS[name] for name in COLUMNS[self.order])]
        if len(parts) != len(readers):
            return None
        try:
            return [reader(unquote(part)) for reader, part in zip(readers, parts, strict=True)]
        except (ValueError, OverflowError):
            return None


def _row_after(names: Sequence[str], values: Sequence[Any], *, is_down: bool) -> Func:
    return _row(names, values, "<" if is_down else ">")


def _row(names: Sequence[str], values: Sequence[Any], sign: str) -> Func:
    """A comparison of whole rows, which an index over these columns answers."""
    left = Func(*(F(name) for name in names), function="ROW", output_field=BooleanField())
    right = Func(*(Value(value) for value in values), function="ROW", output_field=BooleanField())
    return Func(left, right, template="(%(expressions)s)", arg_joiner=f" {sign} ", output_field=BooleanField())


# --- groups -----------------------------------------------------------------------------------------------------------

_STATE = Case(
    *(When(state=state, then=Value(place)) for place, state in enumerate(State.values)),
    default=Value(len(State.values)),
    output_field=IntegerField(),
)
_NOBODY = Value(0)


def _named(relation: str) -> tuple[Combinable, Combinable]:
    """By name, those without first; the key keeps apart who bear the same name."""
    name = Coalesce(Lower(f"{relation}__name"), Value(""), output_field=CharField())
    return name, Coalesce(f"{relation}_id", _NOBODY)


_GROUPS: dict[str, tuple[Combinable, ...]] = {
    Grouping.NONE.value: (),
    Grouping.STATE.value: (_STATE,),
    Grouping.SEVERITY.value: (F("urgency"),),
    Grouping.NATURE.value: (F("nature"),),
    Grouping.ASSIGNEE.value: _named("assignee"),
    Grouping.ORGANISATION.value: _named("organisation"),
}


# --- a place in an address ----------------------------------------------------------------------------------------------


def _text(value: str) -> str:
    if "\x00" in value or len(value) > 400:
        raise ValueError(value)
    return value


def _number(value: str) -> int:
    number = int(value)
    if not 0 <= number <= NUMBER_MAX:
        raise OverflowError
    return number


def _small(value: str) -> int:
    return min(_number(value), 32767)


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _written(value: Any) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return quote(text, safe=" :+").replace(SEPARATOR, "%7E")


_READERS = {"rank": _small, "urgency": _small, "opened_at": _moment, "touched_at": _moment, "number": _number}
_GROUP_READERS: dict[str, tuple[Any, ...]] = {
    Grouping.NONE.value: (),
    Grouping.STATE.value: (_small,),
    Grouping.SEVERITY.value: (_small,),
    Grouping.NATURE.value: (_text,),
    Grouping.ASSIGNEE.value: (_text, _number),
    Grouping.ORGANISATION.value: (_text, _number),
}
