"""How much there was, and when: days, hours of the week, how long people waited. Named SQL, as the averages."""

from datetime import UTC, datetime, timedelta, tzinfo

from django.db import connection

from .figures import Bin, HourOfWeek, Period, Volume
from .measures import MEASURES

MINUTE, HOUR = 60, 3600
# Where the bars of the histogram begin, in seconds: fine around the promise, coarse beyond.
BINS = {
    "first_response": (0, 60, 120, 180, 240, 300, 600, 900, 1800, HOUR, 2 * HOUR),
    "further_response": (0, 60, 120, 180, 300, 600, 900, 1800, HOUR, 2 * HOUR, 4 * HOUR),
    "resolution": (0, 1800, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR, 8 * HOUR, 16 * HOUR, 32 * HOUR, 80 * HOUR),
}


def volumes_of(period: Period) -> list[Volume]:
    """Each day (UTC) on which anything was opened, answered for the first time or resolved, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with happened as (
                select (opened_at at time zone 'UTC')::date as day, 'opened' as what, excluded
                from promises_promise where opened_at >= %s and opened_at < %s
                union all
                select (first_responded_at at time zone 'UTC')::date, 'answered', excluded
                from promises_promise where excluded = '' and first_responded_at >= %s and first_responded_at < %s
                union all
                select (resolved_at at time zone 'UTC')::date, 'resolved', excluded
                from promises_promise where excluded = '' and resolved_at >= %s and resolved_at < %s
            )
            select day, count(*) filter (where what = 'opened' and excluded = ''),
                   count(*) filter (where what = 'answered'), count(*) filter (where what = 'resolved'),
                   count(*) filter (where what = 'opened' and excluded <> '')
            from happened group by day order by day
            """,
            [period.start, period.end] * 3,
        )
        return [Volume(*row) for row in cursor.fetchall()]


def heat_of(period: Period) -> list[HourOfWeek]:
    """Each hour of the week (UTC) in which a counted ticket was opened: how many, and the mean of their first responses."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select extract(isodow from opened_at at time zone 'UTC')::int - 1 as weekday,
                   extract(hour from opened_at at time zone 'UTC')::int as hour,
                   count(*), avg(first_response_seconds)
            from promises_promise where excluded = '' and opened_at >= %s and opened_at < %s
            group by weekday, hour order by weekday, hour
            """,
            [period.start, period.end],
        )
        return [
            HourOfWeek(weekday, hour, n, None if mean is None else float(mean))
            for weekday, hour, n, mean in cursor.fetchall()
        ]


def whole_hours_in(zone: tzinfo, period: Period) -> int | None:
    """By how many hours the zone's clock differs from UTC; None where that is no whole number, or changes in the period.

    Only then can hours of the week that were counted in UTC be read on that clock.
    """
    days = (period.end - period.start).days
    moments = [*(period.start + timedelta(days=n) for n in range(days)), period.end]
    ahead = {moment.astimezone(zone).utcoffset() for moment in moments}
    hours, rest = divmod(ahead.pop() or timedelta(), timedelta(hours=1))
    return None if ahead or rest else hours


def hour_moved(weekday: int, hour: int, by: int) -> tuple[int, int]:
    """The hour of the week that lies so many hours later."""
    days, moved = divmod(hour + by, 24)
    return (weekday + days) % 7, moved


def histogram_of(measure: str, period: Period) -> list[Bin]:
    """How long it took: so many in each bin of `BINS`, empty ones too."""
    source, edges = MEASURES[measure], BINS[measure]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select width_bucket({source.seconds}, %s::int[]) as bin, count(*) from {source.rows}
            where p.excluded = '' and {source.finished} >= %s and {source.finished} < %s group by bin
            """,  # noqa: S608 - names come from `measures`
            [list(edges), period.start, period.end],
        )
        counted = dict(cursor.fetchall())
    ends = (*edges[1:], None)
    return [
        Bin(since, until, counted.get(place, 0))
        for place, (since, until) in enumerate(zip(edges, ends, strict=True), 1)
    ]


def since_when(at: datetime) -> datetime | None:
    """When the first ticket was opened; None on an empty desk."""
    with connection.cursor() as cursor:
        cursor.execute("select min(opened_at) from promises_promise where opened_at <= %s", [at])
        found: datetime | None = cursor.fetchone()[0]
    return found.astimezone(UTC) if found else None
