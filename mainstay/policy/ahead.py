"""What lies ahead: the days that are not as the week has them, with the reason, and the business hours of each month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from mainstay.clock.hours import Hours

from .closures import holiday_names
from .shape import Policy

MOST_MONTHS = 60
FIRST_YEAR, LAST_YEAR = 2000, 2199


class Reason(StrEnum):
    """Why a day is not as the week has it."""

    DATE = "date"
    COUNTRY = "country"
    CALENDAR = "calendar"
    SPECIAL = "special"


@dataclass(frozen=True)
class OddDay:
    """A day with other hours than the week has for it; `open` is empty for a closed one.

    `source` is the country or the calendar file; `names` what the day is called, by language, "" for the only name there is.
    """

    on: date
    reason: Reason
    source: str
    names: Mapping[str, str]
    open: Hours
    usual: Hours


@dataclass(frozen=True)
class MonthAhead:
    """A calendar month in UTC and the business time in it, in seconds."""

    key: str
    seconds: int


@dataclass(frozen=True)
class Ahead:
    """The days from `start` up to, not including, `end`, and the whole months that they touch."""

    start: date
    end: date
    days: tuple[OddDay, ...]
    months: tuple[MonthAhead, ...]


def ahead(policy: Policy, start: date, months: int = 12) -> Ahead:
    """The days off, and others that differ, from `start` to the end of the last of so many calendar months."""
    keys = [_month_after(start, number) for number in range(months + 1)]
    end = keys[-1]
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return Ahead(
        start,
        end,
        tuple(odd for day in days if (odd := odd_day(policy, day)) is not None),
        tuple(MonthAhead(f"{one:%Y-%m}", _business_seconds(policy, one, after)) for one, after in pairwise(keys)),
    )


def odd_day(policy: Policy, day: date) -> OddDay | None:
    """Why this day has other hours than the week has for it; None when it has not."""
    usual, hours = policy.calendar.weekly[day.weekday()], policy.calendar.hours_on(day)
    if sorted(usual) == sorted(hours):
        return None
    reason, source, names = next(_reasons(policy, day))
    return OddDay(day, reason, source, names, hours, usual)


def _reasons(policy: Policy, day: date) -> Iterator[tuple[Reason, str, Mapping[str, str]]]:
    """The one that wins comes first."""
    off = policy.non_working_days
    yield from ((Reason.SPECIAL, "", one.name or {}) for one in policy.hours.special_days if one.on == day)
    yield from ((Reason.DATE, "", one.name or {}) for one in off.dates if one.on == day)
    yield from ((Reason.CALENDAR, file.name, {"": file.days[day]}) for file in off.calendar_files if day in file.days)
    for code in off.countries:
        if name := holiday_names(code, day.year).get(day):
            yield Reason.COUNTRY, code, {"": name}


def _business_seconds(policy: Policy, start: date, end: date) -> int:
    return policy.calendar.elapsed(_midnight(start), _midnight(end))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _month_after(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)
