"""Days gathered into months where a period is too long to be looked at day by day; exact, for a day knows its number."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby

from .figures import Day, Period, Volume
from .periods import month_of

LONGEST_BY_DAY = 92  # a quarter


def is_by_month(days: Sequence[Day] | Sequence[Volume]) -> bool:
    return bool(days) and (days[-1].on - days[0].on).days >= LONGEST_BY_DAY


def gathered(days: Sequence[Day]) -> list[Day]:
    """The days as they are, or one for each month that had any: on its first, with the bank at its end."""
    if not is_by_month(days):
        return list(days)
    return [_month(on, list(found)) for on, found in groupby(days, _first)]


def gathered_volumes(days: Sequence[Volume]) -> list[Volume]:
    """The days as they are, or one for each month that had any: on its first."""
    if not is_by_month(days):
        return list(days)
    return [volumes_together(on, list(found)) for on, found in groupby(days, _first)]


def volumes_together(on: date, days: Sequence[Volume]) -> Volume:
    """The sums of these days, as of the day they begin on."""
    return Volume(
        on,
        sum(day.opened for day in days),
        sum(day.answered for day in days),
        sum(day.resolved for day in days),
        sum(day.left_out for day in days),
    )


def span_key(on: date, period: Period, *, by_month: bool) -> str:
    """How the day, or the month that begins on it, is written as a period of its own; of a month only what lies in `period`."""
    if not by_month:
        return on.isoformat()
    month = month_of(f"{on:%Y-%m}")
    if period.start <= month.start and month.end <= period.end:
        return month.key
    first, end = max(period.start, month.start), min(period.end, month.end)
    return f"{first.date()}..{(end - timedelta(days=1)).date()}"


def _first(day: Day | Volume) -> date:
    return day.on.replace(day=1)


def _month(on: date, days: Sequence[Day]) -> Day:
    n = sum(day.n for day in days)
    return Day(on, n, sum((day.mean or 0) * day.n for day in days) / n if n else None, days[-1].bank)
