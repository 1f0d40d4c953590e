"""Periods of a report: how they are written, and which are refused. All in UTC."""

import re
from datetime import UTC, date, datetime, timedelta

from .errors import BadPeriod
from .figures import Period

EARLIEST, LATEST = 2000, 2199
LONGEST_DAYS = 3660  # ten years: what somebody can still look at
DAY = timedelta(days=1)

_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])", re.ASCII)
_WEEK = re.compile(r"(\d{4})-[Ww](\d{1,2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def period_named(text: str) -> Period:
    """The period written as a month `2026-10`, a day `2026-10-05`, a week `2026-W41`, a quarter `2026-Q4`, a year `2026`,
    or from one day to another, both included: `2026-10-05..2026-10-18`. Raises BadPeriod."""
    text = text.strip()
    try:
        if ".." in text:
            first, last = (date.fromisoformat(_whole(_DAY, part.strip())[0]) for part in text.split("..", 1))
            return _period(first, last + DAY, f"{first}..{last}", text)
        if _DAY.fullmatch(text):
            return _period(date.fromisoformat(text), date.fromisoformat(text) + DAY, text, text)
        if found := _WEEK.fullmatch(text):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return _period(monday, monday + 7 * DAY, f"{found[1]}-W{int(found[2]):02}", text)
        if found := _QUARTER.fullmatch(text):
            year, first_month = int(found[1]), 3 * int(found[2]) - 2
            return _period(date(year, first_month, 1), _months_later(year, first_month, 3), text.upper(), text)
        if _YEAR.fullmatch(text):
            return _period(date(int(text), 1, 1), date(int(text) + 1, 1, 1), text, text)
    except (ValueError, OverflowError):
        raise BadPeriod(text) from None
    return month_of(text)


def month_of(key: str) -> Period:
    """The calendar month in UTC named like `2026-11`; raises BadPeriod."""
    try:
        found = _whole(_MONTH, key)
        year, month = int(found[1]), int(found[2])
        return _period(date(year, month, 1), _months_later(year, month, 1), f"{year:04}-{month:02}", key)
    except (ValueError, OverflowError):
        raise BadPeriod(key) from None


def month_at(at: datetime) -> Period:
    utc = at.astimezone(UTC)
    return month_of(f"{utc.year}-{utc.month}")


def day_at(at: datetime) -> Period:
    on = at.astimezone(UTC).date()
    return Period(_midnight(on), _midnight(on) + DAY, on.isoformat())


def is_month(period: Period) -> bool:
    return _MONTH.fullmatch(period.key) is not None


def months_before(period: Period, number: int) -> list[Period]:
    """The months before this period, the newest first."""
    months, at = [], period.start
    for _step in range(number):
        months.append(month_at(at - DAY))
        at = months[-1].start
    return months


def _whole(shape: re.Pattern[str], text: str) -> re.Match[str]:
    found = shape.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found


def _period(start: date, end: date, key: str, asked: str) -> Period:
    if not (EARLIEST <= start.year <= LATEST and start < end and (end - start).days <= LONGEST_DAYS):
        raise BadPeriod(asked)
    return Period(_midnight(start), _midnight(end), key)


def _months_later(year: int, month: int, number: int) -> date:
    ahead = month - 1 + number
    return date(year + ahead // 12, ahead % 12 + 1, 1)


def _midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=UTC)
