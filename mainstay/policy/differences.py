"""What changes between two policies, key by key, as a person who edits the file would say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mainstay.clock.durations import short_duration
from mainstay.clock.hours import Interval, written

from .calendar_files import CalendarFile
from .shape import Policy

# What tells the elements of a list of tables apart.
_NAMES = ("key", "on", "country")
SECONDS = "of time"  # what the description of every such key says
MOST_DATES = 400  # of a calendar file that are told one by one


@dataclass(frozen=True)
class Change:
    """A key with what it was and what it becomes; None: it was not there, or is not there any more."""

    key: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.key}: added {self.after}"
        if self.after is None:
            return f"{self.key}: removed {self.before}"
        return f"{self.key}: {self.before} → {self.after}"


def differences(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Each key that says something else, in the order of the file; what is only written otherwise is none."""
    old, new = dict(_section("", before)), dict(_section("", after))
    keys = dict.fromkeys([*new, *old])
    return tuple(Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key))


def _section(path: str, section: BaseModel) -> Iterator[tuple[str, str]]:
    for key, field in type(section).model_fields.items():
        value = getattr(section, key)
        if value is not None:
            yield from _told(f"{path}.{key}" if path else key, value, field)


def _told(path: str, value: Any, field: FieldInfo) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel):
        yield from _section(path, value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _told(f"{path}.{key}", inner, field)
    elif isinstance(value, tuple) and _is_in_order(value):
        if value:
            yield path, ", ".join(_word(one, field) for one in value)
    elif isinstance(value, tuple):
        for one in value:
            yield from _element(path, one, field)
        if any(isinstance(one, BaseModel) for one in value):
            yield from _order(path, value)
    else:
        yield path, _word(value, field)


def _is_in_order(elements: tuple[Any, ...]) -> bool:
    """Plain values are told as one line: their order may matter."""
    return not any(isinstance(one, BaseModel | CalendarFile) for one in elements)


def _element(path: str, element: Any, field: FieldInfo) -> Iterator[tuple[str, str]]:
    if isinstance(element, CalendarFile):
        days = [f"{day:%Y-%m-%d} {name}" for day, name in element.days.items()]
        yield f"{path}[{element.name}]", f"{len(days)} day{'s' if len(days) != 1 else ''}"
        for day in days[:MOST_DATES]:
            yield f"{path}[{element.name}][{day[:10]}]", day[11:]
        return
    name = next(str(getattr(element, one)) for one in _NAMES if hasattr(element, one))
    inner = list(_section(f"{path}[{name}]", element))
    # A date without a name is nothing but itself.
    yield from inner if len(inner) == 1 else [pair for pair in inner if not pair[0].endswith((".key", ".on"))]


def _order(path: str, elements: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    """The order of severities is that of the queue."""
    if all(hasattr(one, "key") for one in elements):
        yield path, ", ".join(one.key for one in elements)


def _word(value: Any, field: FieldInfo) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and SECONDS in (field.description or ""):
        return short_duration(value)
    if isinstance(value, Interval):
        return written(value)
    return value.isoformat() if isinstance(value, date) else str(value)
