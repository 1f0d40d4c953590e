"""What concerns several places of a policy: repeated keys, overlapping openings, a desk that never opens.

Each check takes the raw tables, skips whatever has another shape (that is a fault of its own) and yields a path with a
message, so that all faults of a file are told at once.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mainstay.clock.errors import BadHours
from mainstay.clock.hours import DAY, Interval, overlapping, read_interval, written

from .lines import Path, dotted

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Finding = tuple[Path, str]

# Lists whose elements may not repeat, and the key of an element that tells them apart (none: the element itself).
_UNIQUE: tuple[tuple[Path, str | None], ...] = (
    (("languages", "offered"), None),
    (("hours", "special_days"), "on"),
    (("non_working_days", "dates"), "on"),
    (("non_working_days", "countries"), None),
    (("non_working_days", "calendar_files"), None),
    (("channels", "telephone", "numbers"), "country"),
    (("scope", "natures"), "key"),
    (("entitlement", "organisation_kinds"), None),
    (("severities", "levels"), "key"),
    (("targets", "strata_apart"), None),
    (("first_response", "counts"), None),
    (("first_response", "never_counts"), None),
    (("averages", "leaves_out"), None),
    (("averages", "beside"), None),
)


def findings(raw: dict[str, Any]) -> Iterator[Finding]:
    """Everything that is wrong between places."""
    for path, key in _UNIQUE:
        yield from repeats(raw, path, key)
    yield from closed_and_special(raw)
    yield from overlaps_in_a_day(raw)
    yield from overlaps_over_midnight(raw)
    yield from never_open(raw)
    yield from telephones_without_a_promise(raw)


def repeats(raw: dict[str, Any], path: Path, key: str | None) -> Iterator[Finding]:
    """Elements of a list that were there before."""
    seen: dict[str, Path] = {}
    for place, element in _elements(raw, path):
        told = element.get(key) if key and isinstance(element, dict) else element
        if told is None or isinstance(told, (dict, list)):
            continue
        here = (*place, key) if key and isinstance(element, dict) else place
        first = seen.setdefault(str(told), here)
        if first != here:
            yield here, f"“{told}” is there already, as {dotted(first)}"


def closed_and_special(raw: dict[str, Any]) -> Iterator[Finding]:
    """A date can't be closed and have hours of its own."""
    special = {str(day.get("on")) for _place, day in _elements(raw, ("hours", "special_days")) if isinstance(day, dict)}
    for place, day in _elements(raw, ("non_working_days", "dates")):
        on = day.get("on") if isinstance(day, dict) else day
        if str(on) in special:
            yield place, f"{on} is one of hours.special_days: name it in one of the two only"


def overlaps_in_a_day(raw: dict[str, Any]) -> Iterator[Finding]:
    """Openings of one day that share time."""
    days = [("hours", weekday) for weekday in WEEKDAYS]
    special = [(*place, "open") for place, _day in _elements(raw, ("hours", "special_days"))]
    for path in [*days, *special]:
        pair = overlapping(tuple(opening for _place, opening in _openings(raw, path)))
        if pair is not None:
            yield path, f"{written(pair[0])} and {written(pair[1])} overlap"


def overlaps_over_midnight(raw: dict[str, Any]) -> Iterator[Finding]:
    """Openings that run into those of the next day of the week."""
    for today, tomorrow in pairwise((*WEEKDAYS, WEEKDAYS[0])):
        late = max(
            (opening for _place, opening in _openings(raw, ("hours", today))), key=lambda it: it.end, default=None
        )
        early = min((opening for _place, opening in _openings(raw, ("hours", tomorrow))), default=None)
        if late is not None and early is not None and late.end - DAY > early.start:
            yield ("hours", tomorrow), f"{written(early)} overlaps with {written(late)} of {today}, which runs into it"


def never_open(raw: dict[str, Any]) -> Iterator[Finding]:
    """A desk without any opening could keep no promise."""
    hours = raw.get("hours")
    if not isinstance(hours, dict):
        return
    special = [day.get("open") for _place, day in _elements(raw, ("hours", "special_days")) if isinstance(day, dict)]
    if not any([*(hours.get(weekday) for weekday in WEEKDAYS), *special]):
        yield (
            ("hours",),
            'the desk would never open: give at least one day an opening, such as monday = ["06:00-22:00"]',
        )


def telephones_without_a_promise(raw: dict[str, Any]) -> Iterator[Finding]:
    """Who offers to call back says how soon."""
    if _at(raw, ("channels", "telephone")) is not None and "call_back" not in raw:
        yield (
            ("call_back",),
            'is missing: channels.telephone calls people back, so write [call_back] within = "10m" or so',
        )


def _at(raw: Any, path: Path) -> Any:
    for part in path:
        if isinstance(part, int):
            raw = raw[part] if isinstance(raw, list) else None
        else:
            raw = raw.get(part) if isinstance(raw, dict) else None
    return raw


def _elements(raw: dict[str, Any], path: Path) -> list[tuple[Path, Any]]:
    found = _at(raw, path)
    return [((*path, index), element) for index, element in enumerate(found)] if isinstance(found, list) else []


def _openings(raw: dict[str, Any], path: Path) -> list[tuple[Path, Interval]]:
    """The openings of a list that can be read."""
    found = []
    for place, text in _elements(raw, path):
        if isinstance(text, str):
            try:
                found.append((place, read_interval(text)))
            except BadHours:
                continue
    return found
