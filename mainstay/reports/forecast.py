"""Where the month is heading: from how much comes in by hour of the week, and from how fast people were answered lately.

What is expected: the bank as it stands, plus what the tickets still to come will add or take. An hour of the week brings as
many as it did on average in the weeks looked back on; each of them adds what one did on average in that time. How sure that
is, is read off the days themselves: whole days vary more than their tickets would if these knew nothing of each other, so
the interval is made from the spread of daily sums, and from how few days there were to learn from. Four of five months
should end within it; a test plays months to see that they do.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil, sqrt
from statistics import fmean

from django.db import connection

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_in_force
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import tickets_for

from .figures import Average, Forecast, MonthReport, OpenLoad, Period, Range, Saving
from .measures import MEASURES, OPEN, PROMISED
from .periods import month_at
from .queries import NOTHING_OPEN, average_of, open_load

LOOK_BACK = timedelta(weeks=8)
NEEDED_DAYS = 10  # working days with figures; below that an interval would be a guess
FOUR_OF_FIVE = 1.2816  # standard deviations to each side that hold 80 % of a normal distribution
SAVING_WITHIN = (1 / 5, 2 / 5, 3 / 5)  # of the target
SHOWN = 10


@dataclass(frozen=True)
class DayBefore:
    """One past day: how many were finished, and Σ(target − time) over them in seconds."""

    on: date
    n: int
    saved: int


def forecast_of(measure: str, *, at: datetime) -> Forecast:
    """The forecast of a promised measure for the month that runs."""
    month = month_at(at)
    before = days_before(measure, at)
    return foretold(
        measure,
        month=month,
        at=at,
        average=average_of(measure, month),
        load=open_load(measure, at),
        before=before,
        arrivals=expected_arrivals(arrivals_by_hour(at), at, month.end),
    )


def forecasts_of(report: MonthReport, *, at: datetime) -> dict[str, Forecast]:
    """The same for each promise of the running month's report, from the figures that it has already."""
    arrivals = expected_arrivals(arrivals_by_hour(at), at, report.period.end)
    return {
        measured.name: foretold(
            measured.name,
            month=report.period,
            at=at,
            average=measured.average,
            load=measured.open or NOTHING_OPEN,
            before=days_before(measured.name, at),
            arrivals=arrivals,
        )
        for measured in report.measures
        if measured.name in PROMISED
    }


def foretold(
    measure: str,
    *,
    month: Period,
    at: datetime,
    average: Average,
    load: OpenLoad,
    before: Sequence[DayBefore],
    arrivals: float,
) -> Forecast:
    """The forecast, from figures alone: pure.

    `average` is the month's so far, `load` what is open, `before` the days looked back on that had figures, `arrivals` how
    many tickets are still expected.
    """
    known, number = len(before), average.n + load.n + arrivals
    if known < NEEDED_DAYS or not number:  # a month of nothing has no mean
        return Forecast(measure, month.end, known, NEEDED_DAYS)
    finished = sum(day.n for day in before)
    each = sum(day.saved for day in before) / finished
    target = average.target or _usual_target(measure, at)
    # What is open now will be finished too: at best as it stands, and it usually adds what one adds.
    standing = average.bank - load.over_seconds
    within = load.n - load.over_n
    expected = standing + (arrivals + within) * each
    days_left = arrivals / (finished / known)
    spread = _spread_of_days(before, each)
    # Variance of the days to come, and of what was learnt from the days before.
    variance = days_left * spread**2 + days_left**2 * spread**2 / known + within * _spread_each(before, each)
    away = FOUR_OF_FIVE * sqrt(variance)
    bank = Range(expected - away, expected, expected + away)
    mean = Range(*(max(0.0, target - saved / number) for saved in (bank.high, bank.middle, bank.low)))
    swing = FOUR_OF_FIVE * sqrt(arrivals + arrivals**2 / max(1.0, finished))
    return Forecast(
        measure=measure,
        until=month.end,
        known_days=known,
        needed_days=NEEDED_DAYS,
        arrivals=Range(max(0.0, arrivals - swing), arrivals, arrivals + swing),
        bank=bank,
        mean=mean,
        is_kept=True if bank.low >= 0 else False if bank.high < 0 else None,
        savings=savings_for(bank.middle, target),
    )


def savings_for(bank: float, target: float) -> tuple[Saving, ...]:
    """How many answers, each within a part of the target, bring a bank below zero back to it; none when it is not below."""
    if bank >= 0:
        return ()
    within = [seconds for part in SAVING_WITHIN if (seconds := round(target * part)) < target]
    return tuple(Saving(seconds, ceil(-bank / (target - seconds))) for seconds in within)


def expected_arrivals(by_hour: dict[tuple[int, int], float], at: datetime, until: datetime) -> float:
    """How many tickets come between two moments, from the mean number of each hour of the week (weekday, hour) in UTC."""
    total, hour = 0.0, at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour < until:
        share = (min(hour + timedelta(hours=1), until) - max(hour, at)) / timedelta(hours=1)
        total += by_hour.get((hour.weekday(), hour.hour), 0.0) * share
        hour += timedelta(hours=1)
    return total


def arrivals_by_hour(at: datetime) -> dict[tuple[int, int], float]:
    """The mean number of counted tickets opened in each hour of the week that had any.

    Over the weeks looked back on, or since the day of the first ticket; the hour that runs is not over and left out.
    """
    until = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select extract(isodow from opened_at at time zone 'UTC')::int - 1 as weekday,
                   extract(hour from opened_at at time zone 'UTC')::int as hour, count(*), min(opened_at)
            from promises_promise where excluded = '' and opened_at >= %s and opened_at < %s group by weekday, hour
            """,
            [until - LOOK_BACK, until],
        )
        rows = cursor.fetchall()
    if not rows:
        return {}
    first = min(row[3] for row in rows).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    had = _times_each_hour(max(first, until - LOOK_BACK), until)
    return {(weekday, hour): n / had[weekday, hour] for weekday, hour, n, _first in rows}


def _times_each_hour(since: datetime, until: datetime) -> Counter[tuple[int, int]]:
    """How often each hour of the week began between two full hours."""
    hours = range((until - since) // timedelta(hours=1))
    return Counter((at.weekday(), at.hour) for at in (since + timedelta(hours=passed) for passed in hours))


def days_before(measure: str, at: datetime) -> list[DayBefore]:
    """The whole days looked back on that had figures; today is not over and left out."""
    source = MEASURES[measure]
    today = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select ({source.finished} at time zone 'UTC')::date as day, count(*), sum({source.target} - {source.seconds})
            from {source.rows} where p.excluded = '' and {source.finished} >= %s and {source.finished} < %s
            group by day order by day
            """,  # noqa: S608 - names come from `measures`
            [today - LOOK_BACK, today],
        )
        return [DayBefore(on, n, int(saved)) for on, n, saved in cursor.fetchall()]


@dataclass(frozen=True)
class Costly:
    """An open ticket and what it takes out of the bank: business seconds over its target until now."""

    ticket: Ticket
    age_seconds: int
    over_seconds: int


def costliest(viewer: Person, measure: str, *, at: datetime, limit: int = SHOWN) -> list[Costly]:
    """The open tickets that are furthest over their target, the furthest first; none for those who may not see reports."""
    if not viewer.may(Permission.SEE_REPORTS):
        return []
    ages = {key: (age, over) for key, age, over in _furthest(measure, at, limit)}
    found = tickets_for(viewer).filter(promise__in=ages).as_rows()
    costly = [Costly(ticket, *ages[ticket.promise_id]) for ticket in found.order_by("number")]
    return sorted(costly, key=lambda one: (-one.over_seconds, one.ticket.number))


def _furthest(measure: str, at: datetime, limit: int) -> Iterable[tuple[int, int, int]]:
    from .queries import _present, _stamps_of_open

    stamps = _stamps_of_open(at)
    if not stamps:
        return []
    is_open, since, target = OPEN[measure]
    age = f"present.stamp - ({since})"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select p.id, {age}, {age} - {target} from promises_promise p {_present(stamps)}
            where p.excluded = '' and p.resolved_at is null and {is_open} and {age} > {target}
            order by {age} - {target} desc, p.id limit %s
            """,  # noqa: S608 - names come from `measures`
            [*(value for pair in stamps for value in pair), limit],
        )
        return cursor.fetchall()


def _usual_target(measure: str, at: datetime) -> float:
    targets = policy_in_force(at).targets
    return float(targets.first_response if measure == "first_response" else targets.resolution)


def _spread_of_days(before: Sequence[DayBefore], each: float) -> float:
    """The standard deviation of a day's saved seconds about what its number of tickets would have let expect, with the
    spread of that number itself."""
    usual = fmean(day.n for day in before)
    about = [(day.saved - day.n * each) ** 2 + ((day.n - usual) * each) ** 2 for day in before]
    return sqrt(sum(about) / (len(before) - 1))


def _spread_each(before: Sequence[DayBefore], each: float) -> float:
    """The variance of one ticket's saved seconds, as far as daily sums tell."""
    return fmean((day.saved - day.n * each) ** 2 / day.n for day in before)
