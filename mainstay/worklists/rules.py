"""Pure questions about views: what an address says, and whether two of them are the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mainstay.policy.shape import Policy

from .fields import FIELDS, NO, NOBODY, VALUES_MAX
from .models import View
from .states import USUAL_COLUMNS, Column, Grouping, Order

Terms = dict[str, tuple[str, ...]]
CHANGED = "changed_view"  # in an address: its filters are all there are, though there may be none


@dataclass(frozen=True)
class Shape:
    """What a view shows: filters, order, grouping, columns."""

    terms: Terms
    order: str = Order.QUEUE.value
    grouping: str = Grouping.NONE.value
    columns: tuple[str, ...] = USUAL_COLUMNS

    def without(self, field: str, value: str = "") -> "Shape":
        """Without this filter, or without one value of it."""
        left = tuple(one for one in self.terms.get(field, ()) if value and one != value)
        return replace(self, terms=ordered_terms({**self.terms, field: left}))

    def with_term(self, field: str, value: str) -> "Shape":
        """With this value beside those of the field; in their place where the field takes one only."""
        before = () if FIELDS[field].is_single else self.terms.get(field, ())
        return replace(self, terms=ordered_terms({**self.terms, field: (*before, value)}))


@dataclass(frozen=True)
class Refused:
    """A part of an address that means nothing here."""

    key: str
    value: str


ACTIVE_OURS = ("new", "open")
AWAKE: Terms = {"asleep": (NO,)}
# The views that are always there, as the same questions that people may ask themselves.
BUILT_IN: dict[str, Shape] = {
    "open": Shape({"state": ACTIVE_OURS, **AWAKE}),
    "mine": Shape({"state": (*ACTIVE_OURS, "waiting", "developers"), "assignee": ("me",), **AWAKE}),
    "unassigned": Shape({"state": ACTIVE_OURS, "assignee": (NOBODY,), **AWAKE}),
    "waiting": Shape({"state": ("waiting",), **AWAKE}, Order.NEWEST_CHANGE),
    "asleep": Shape({"state": (*ACTIVE_OURS, "waiting", "developers"), "asleep": ("yes",)}, Order.NEWEST_CHANGE),
    "developers": Shape({"state": ("developers",)}, Order.NEWEST_CHANGE),
    "resolved": Shape({"state": ("resolved", "closed"), "entitlement": ("entitled",)}, Order.NEWEST_CHANGE),
    "all": Shape({}, Order.NEWEST_CHANGE),
    "refused": Shape({"entitlement": ("refused",)}, Order.NEWEST_CHANGE),
}


def shape_of(view: View) -> Shape:
    """What a saved view shows; a part that this version knows no more is left out."""
    return Shape(
        terms=ordered_terms({key: tuple(values) for key, values in view.terms.items()}),
        order=view.order,
        grouping=view.grouping,
        columns=tuple(view.columns),
    )


def ordered_terms(terms: Mapping[str, Sequence[str]]) -> Terms:
    """Known fields with values, in the order of the fields, each value once."""
    return {key: tuple(dict.fromkeys(terms[key])) for key in FIELDS if terms.get(key)}


def read_shape(asked: Mapping[str, Sequence[str]], base: Shape, policy: Policy) -> tuple[Shape, list[Refused]]:
    """What an address asks for: its filters in the place of the view's own, if it has any; and what of it means nothing."""
    terms: dict[str, tuple[str, ...]] = {}
    refused: list[Refused] = []
    for key, field in FIELDS.items():
        values = [value for value in dict.fromkeys(asked.get(key, ())) if value]
        good = [value for value in values if field.accepts(value, policy)]
        refused += [Refused(key, value[:40]) for value in values if value not in good]
        most = 1 if field.is_single else VALUES_MAX
        refused += [Refused(key, value[:40]) for value in good[most:]]
        terms[key] = tuple(good[:most])
    has_own = bool(asked.get(CHANGED)) or any(asked.get(key) for key in FIELDS)
    shape = replace(base, terms=ordered_terms(terms)) if has_own else base
    order, grouping = _last(asked, "order"), _last(asked, "group")
    if order is not None:
        shape, refused = _chosen(shape, "order", order, Order.values, refused)
    if grouping is not None:
        shape, refused = _chosen(shape, "grouping", grouping, Grouping.values, refused)
    if "columns" in asked:
        wanted = [name for value in asked["columns"] for name in value.split(".")]
        shape = replace(shape, columns=tuple(name for name in Column.values if name in wanted))
        refused += [Refused("columns", name[:40]) for name in wanted if name and name not in Column.values]
    return shape, refused


def written_shape(shape: Shape, base: Shape) -> list[tuple[str, str]]:
    """The address of this shape, as pairs, as far as it differs from the view it was made of."""
    pairs: list[tuple[str, str]] = []
    if shape.terms != base.terms:
        pairs = [(CHANGED, "1")] + [(key, value) for key, values in shape.terms.items() for value in values]
    if shape.order != base.order:
        pairs.append(("order", shape.order))
    if shape.grouping != base.grouping:
        pairs.append(("group", shape.grouping))
    if shape.columns != base.columns:
        pairs.append(("columns", ".".join(shape.columns)))
    return pairs


def _last(asked: Mapping[str, Sequence[str]], key: str) -> str | None:
    return asked[key][-1] if asked.get(key) else None


def _chosen(
    shape: Shape, name: str, value: str, known: Sequence[str], refused: list[Refused]
) -> tuple[Shape, list[Refused]]:
    if value not in known:
        return shape, [*refused, Refused(name, value[:40])]
    changes: dict[str, Any] = {name: value}
    return replace(shape, **changes), refused
