"""Non-working days from calendar files (iCalendar, RFC 5545): the days that each names, or what is wrong with it.

Only whole days close a desk. An event from midnight to midnight of one zone is a whole day too, as some programs write it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from mainstay.lib.errors import MainstayError

from .repeating import read_rule

LARGEST = 1_000_000  # bytes
MOST_DAYS = 5_000  # as they are written, each repeated event once
MOST_REPEATED = 40_000  # with every repetition: two hundred days of each of the two hundred years
FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)
MOST_LOOKED_AT = 1_000_000  # a bound for the work that rules make, about a second
LONGEST_NAME = 200
DAY = timedelta(days=1)


class BadCalendar(MainstayError, ValueError):
    """A calendar file can't be used."""


@dataclass(frozen=True)
class CalendarFile:
    """A calendar file that a policy names: its closed days, each with what it is called there."""

    name: str
    days: Mapping[date, str] = field(repr=False)


@lru_cache(maxsize=32)
def read_calendar(name: str, text: str) -> CalendarFile:
    """The days from 2000 to 2199 that this file names; raises BadCalendar."""
    try:
        days = _days_in(text)
    except BadCalendar as problem:
        colon = ":" if str(problem).startswith("“") else ""
        raise BadCalendar(f"“{name}”{colon} {problem}") from problem
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError) as problem:
        # The parser keeps what it can't read until somebody looks at it, and then raises any of these.
        raise BadCalendar(f"“{name}” is not a calendar file (iCalendar), or not a whole one") from problem
    return CalendarFile(name, MappingProxyType(dict(sorted(days.items()))))


def _days_in(text: str) -> dict[date, str]:
    if len(text) > LARGEST:
        raise BadCalendar(f"is too large: a calendar file has at most {LARGEST} bytes")
    if "\x00" in text:
        raise BadCalendar("is not a calendar file (iCalendar)")
    days: dict[date, str] = {}
    written = taken = looked_at = 0
    for event in _events_in(text):
        length = event.length
        written += length
        if written > MOST_DAYS:
            raise BadCalendar(f"names more than {MOST_DAYS} days")
        for start in event.starts():
            looked_at += 1
            taken += length if start else 0
            if taken > MOST_REPEATED or looked_at > MOST_LOOKED_AT:
                raise BadCalendar(f"repeats too often: at most {MOST_REPEATED} days by 2199")
            if start is None:
                continue
            for day in (start + number * DAY for number in range(length)):
                if FIRST <= day <= LAST:
                    days.setdefault(day, event.title)
    if not days:
        raise BadCalendar("names no day between 2000 and 2199")
    return days


def _events_in(text: str) -> Iterator["_Event"]:
    """The events that were not called off."""
    from icalendar import Calendar

    calendar = Calendar.from_ical(text)
    if not isinstance(calendar, Calendar):
        raise BadCalendar("is not a calendar file (iCalendar)")
    zones = frozenset(str(zone.get("TZID", "")) for zone in calendar.walk("VTIMEZONE"))
    events = list(calendar.walk("VEVENT"))
    moved: dict[str, set[date]] = {}
    for event in events:
        if (instance := event.get("RECURRENCE-ID")) is not None:
            moved.setdefault(str(event.get("UID", "")), set()).add(_date(instance.dt))
    for event in events:
        if str(event.get("STATUS", "")).upper() != "CANCELLED":
            is_one_of_many = event.get("RECURRENCE-ID") is not None
            yield _Event(event, zones, set() if is_one_of_many else moved.get(str(event.get("UID", "")), set()))


@dataclass(frozen=True)
class _Event:
    """One event, as the library has parsed it; `zones` are the file's own, on `moved` days it takes place otherwise."""

    parsed: Any
    zones: frozenset[str]
    moved: set[date]

    @property
    def title(self) -> str:
        text = " ".join(str(self.parsed.get("SUMMARY", "")).split())
        return "".join(letter for letter in text if letter.isprintable())[:LONGEST_NAME] or "an event without a name"

    @property
    def first(self) -> date:
        start = self.parsed.get("DTSTART")
        if start is None or isinstance(start, list):
            raise BadCalendar(f"“{self.title}” has no start, or several")
        return self._whole_day(start)

    @property
    def length(self) -> int:
        """How many days; its end is the day after the last one."""
        first, has_times = self.first, isinstance(self.parsed["DTSTART"].dt, datetime)
        end, lasts = self.parsed.get("DTEND"), self.parsed.get("DURATION")
        if end is not None:
            days = (self._whole_day(end) - first).days
        elif lasts is not None:
            days, part = divmod(lasts.dt, DAY)
            if part:
                raise self._part_of_a_day()
        else:
            days = 0
        if days == 0 and not has_times:
            return 1  # a date alone is that day; some programs write it as the end, too
        if days < 1:
            raise BadCalendar(f"“{self.title}” ends before it starts, or takes no day")
        return int(days)

    def starts(self) -> Iterator[date | None]:
        """The first day of each time it takes place; None for a day that was looked at in vain."""
        without = self.moved.union(self._dates("EXDATE"))
        for start in chain(self._dates("RDATE"), self._repetitions()):
            yield None if start in without else start

    def _repetitions(self) -> Iterator[date | None]:
        """Each day of a rule; None for a day that was looked at and is none."""
        parts, first = self.parsed.get("RRULE"), self.first
        if parts is None:
            yield first
            return
        rule = None if isinstance(parts, list) else read_rule(parts)
        if rule is None:
            raise BadCalendar(f"“{self.title}” repeats in a way that whole days can't")
        last = min([LAST, *(_date(until) for until in parts.get("UNTIL", []))])
        left = int(parts.get("COUNT", [MOST_LOOKED_AT])[0])
        for day, fits in rule.looked_at(first, last):
            yield day if fits else None
            left -= fits
            if left <= 0:
                return

    def _dates(self, key: str) -> list[date]:
        found = self.parsed.get(key)
        lists = found if isinstance(found, list) else [] if found is None else [found]
        moments = [at.dt for one in lists for at in one.dts]
        if any(isinstance(at, tuple) for at in moments):
            raise BadCalendar(f"“{self.title}” repeats in a way that whole days can't")
        return [_date(at) for at in moments]

    def _whole_day(self, at: Any) -> date:
        """The date of a start or an end; raises BadCalendar for a time of day, or a zone that doesn't exist."""
        zone = str(at.params.get("TZID", ""))
        if zone and zone not in self.zones and not _is_zone(zone):
            raise BadCalendar(f"“{self.title}” is in the time zone “{zone[:60]}”, which doesn't exist")
        if isinstance(at.dt, datetime) and (at.dt.hour, at.dt.minute, at.dt.second) != (0, 0, 0):
            raise self._part_of_a_day()
        return _date(at.dt)

    def _part_of_a_day(self) -> BadCalendar:
        return BadCalendar(f"“{self.title}” has a time of day; only whole days close the desk")


def _date(at: Any) -> date:
    return at.date() if isinstance(at, datetime) else date(at.year, at.month, at.day)


def _is_zone(name: str) -> bool:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return name in _iana_zones() or name in WINDOWS_TO_OLSON


@lru_cache(maxsize=1)
def _iana_zones() -> frozenset[str]:
    return frozenset(available_timezones())
