"""What conditions mean: as a filter of tickets, so that a run and its preview ask exactly the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q

from mainstay.entitlement.states import Outcome as Entitlement
from mainstay.people.models import Organisation, Team
from mainstay.tickets.models import Message, Tag, Ticket
from mainstay.tickets.queries import filled_in
from mainstay.tickets.states import MessageKind, State

from .states import Field, Match

CONDITIONS_MAX = 20
MINUTES_MAX = 100_000
VALUE_LENGTH = 200
DEPTH_MAX = 3  # a rule wakes another one, and that a third; then it ends
RUNS_AN_HOUR = 10  # of one rule on one ticket: more than that is no rule but a loop
FAILURES_MAX = 5
OPEN, SHUT = "open", "shut"
NOBODY = "nobody"


@dataclass(frozen=True)
class Condition:
    """One question about a ticket: whether the field is, or is not, this; of words, whether they are in it."""

    field: str
    value: str
    holds: bool = True

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Condition":
        return cls(str(kept["field"]), str(kept["value"]), bool(kept["is"]))

    def kept(self) -> dict[str, Any]:
        return {"field": self.field, "is": self.holds, "value": self.value}


def conditions_of(kept: Sequence[dict[str, Any]]) -> list[Condition]:
    return [Condition.of(one) for one in kept]


def filter_for(conditions: Sequence[Condition], match: str, *, is_open: bool) -> Q:
    """The tickets of which the conditions hold, asked at a moment at which the desk is open or not."""
    parts = [_part(one, is_open) for one in conditions]
    if not parts:
        return Q()
    together = parts[0]
    for part in parts[1:]:
        together = together & part if match == Match.ALL else together | part
    return together


def _part(one: Condition, is_open: bool) -> Q:
    asked = Q(_EVERY if is_open == (one.value == OPEN) else _NONE) if one.field == Field.HOURS else _asked(one)
    # Not "~Q(…)": of an unknown value neither would hold.
    return asked if one.holds else Q(~Q(asked))


_EVERY = Q(pk__isnull=False)
_NONE = Q(pk__isnull=True)


def _asked(one: Condition) -> Q:
    asks = _ASKS.get(one.field)
    return asks(one.value) if asks else Q(**{one.field: one.value})


def _of_organisation(**asked: str) -> Q:
    return Q(Exists(Organisation.objects.filter(pk=OuterRef("organisation"), **asked)))


def _wrote(words: str) -> Q:
    return Q(
        Exists(
            Message.objects.filter(ticket=OuterRef("pk"), kind=MessageKind.INBOUND, text__icontains=words).order_by()
        )
    )


_ASKS: dict[str, Callable[[str], Q]] = {
    Field.ASSIGNEE: lambda value: Q(assignee=None) if value == NOBODY else Q(assignee=int(value)),
    Field.TAG: lambda value: Q(Exists(Tag.objects.filter(tickets=OuterRef("pk"), pk=int(value)))),
    Field.TEAM: lambda value: Q(
        Exists(Team.members.through.objects.filter(team=int(value), person=OuterRef("assignee")))
    ),
    Field.CUSTOM: filled_in,
    Field.PRODUCT: lambda value: Q(product=int(value)),
    Field.ORGANISATION: lambda value: _of_organisation(name__icontains=value),
    Field.COUNTRY: lambda value: _of_organisation(country__iexact=value),
    Field.SUBJECT: lambda value: Q(subject__icontains=value),
    Field.TEXT: _wrote,
    Field.LANGUAGE: lambda value: Q(language=value) | Q(language__startswith=f"{value}-"),
}


def holds(ticket: Ticket, conditions: Sequence[Condition], match: str, *, is_open: bool) -> bool:
    """Whether the conditions hold of this ticket as the database has it."""
    return Ticket.objects.filter(filter_for(conditions, match, is_open=is_open), pk=ticket.pk).exists()


FIXED: dict[str, Sequence[tuple[str, Any]]] = {
    Field.STATE: State.choices,
    Field.ENTITLEMENT: Entitlement.choices,
}
