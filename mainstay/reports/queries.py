"""Averages as named SQL over the stored business seconds; one function per figure, used by screens and commands alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import stamp
from mainstay.tickets.models import Ticket, TicketQuerySet
from mainstay.tickets.queries import tickets_for

from .errors import BadPeriod
from .figures import Average, Brief, Day, Measured, MonthReport, OpenLoad, Period, Standing

# A measure's columns: when it was finished, how long it took, what was promised.
MEASURES = {
    "first_response": ("first_responded_at", "first_response_seconds", "first_response_target_seconds"),
    "resolution": ("resolved_at", "resolution_seconds", "resolution_target_seconds"),
}
EARLIEST, LATEST = 2000, 2199


def month_of(key: str) -> Period:
    """The calendar month in UTC named like `2026-11`; raises BadPeriod."""
    try:
        year, month = (int(part) for part in key.split("-"))
        start = datetime(year, month, 1, tzinfo=UTC)
    except ValueError:
        raise BadPeriod(key) from None
    if not EARLIEST <= year <= LATEST:
        raise BadPeriod(key)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return Period(start, end, f"{year:04}-{month:02}")


def month_at(at: datetime) -> Period:
    utc = at.astimezone(UTC)
    return month_of(f"{utc.year}-{utc.month}")


def day_at(at: datetime) -> Period:
    start = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(start, start + timedelta(days=1), start.date().isoformat())


def month_report(period: Period, *, at: datetime) -> MonthReport:
    """Both promises of a month with everything left out of them. Open tickets weigh only in the month that runs."""
    running = period.start <= at < period.end
    return MonthReport(
        period=period,
        first_response=_measured("first_response", period, at if running else None),
        resolution=_measured("resolution", period, at if running else None),
        excluded=excluded_in(period),
        revisions=_revisions_in(period),
        answered_out_of_hours=_finished("first_response", period).filter(answered_out_of_hours=True).count(),
        reopened=_finished("resolution", period).filter(reopened_count__gt=0).count(),
    )


def average_of(measure: str, period: Period) -> Average:
    """One promise's figures over the tickets finished in the period."""
    finished, seconds, target = MEASURES[measure]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select count(*), avg({seconds}), avg({target}),
                   percentile_cont(0.5) within group (order by {seconds}),
                   percentile_cont(0.9) within group (order by {seconds}),
                   max({seconds}), count(*) filter (where {seconds} = 0), coalesce(sum({target} - {seconds}), 0)
            from promises_promise where excluded = '' and {finished} >= %s and {finished} < %s
            """,  # noqa: S608 - column names come from MEASURES above
            [period.start, period.end],
        )
        n, mean, promised, median, p90, worst, zeros, bank = cursor.fetchone()
    return Average(n, _float(mean), _float(promised), _float(median), _float(p90), worst, zeros, int(bank))


def days_of(measure: str, period: Period) -> list[Day]:
    """Each day of the period on which anything was finished, with the bank run up to its end."""
    finished, seconds, target = MEASURES[measure]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select ({finished} at time zone 'UTC')::date as day, count(*), avg({seconds}), sum({target} - {seconds})
            from promises_promise where excluded = '' and {finished} >= %s and {finished} < %s
            group by day order by day
            """,  # noqa: S608 - column names come from MEASURES above
            [period.start, period.end],
        )
        rows = cursor.fetchall()
    days, bank = [], 0
    for on, n, mean, saved in rows:
        bank += int(saved)
        days.append(Day(_date(on), n, _float(mean), bank))
    return days


def open_load(measure: str, at: datetime) -> OpenLoad:
    """Tickets not yet finished in this measure, at their present age under their own policy."""
    return _open_loads(at)[measure]


def standing(at: datetime, policy: Policy) -> Standing:
    """Today's and this month's averages, the bank, and when the desk opens or closes: the quiet line on every page."""
    calendar = policy.calendar
    is_open = calendar.is_open(at)
    today, month = _briefs(at)
    loads = _open_loads(at)
    return Standing(
        today=today,
        month=month,
        bank={measure: month[measure].bank - loads[measure].over_seconds for measure in MEASURES},
        is_open=is_open,
        changes_at=calendar.next_close(at) if is_open else calendar.next_open(at),
    )


def _briefs(at: datetime) -> tuple[dict[str, Brief], dict[str, Brief]]:
    """Both measures of this day and of this month, in one query over the month."""
    day, month = day_at(at), month_at(at)
    parts = [
        f"""
        select count(*) filter (where today), avg({seconds}) filter (where today), avg({target}) filter (where today),
               coalesce(sum({target} - {seconds}) filter (where today), 0),
               count(*), avg({seconds}), avg({target}), coalesce(sum({target} - {seconds}), 0)
        from (select {seconds}, {target}, {finished} >= %s as today from promises_promise
              where excluded = '' and {finished} >= %s and {finished} < %s) as finished
        """  # noqa: S608 - column names come from MEASURES
        for finished, seconds, target in MEASURES.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(parts), [day.start, month.start, month.end] * len(parts))
        rows = dict(zip(MEASURES, cursor.fetchall(), strict=True))
    return {key: _brief(row[:4]) for key, row in rows.items()}, {key: _brief(row[4:]) for key, row in rows.items()}


def _brief(row: Sequence[Any]) -> Brief:
    n, mean, target, bank = row
    return Brief(n, _float(mean), _float(target), int(bank))


def _open_loads(at: datetime) -> dict[str, OpenLoad]:
    """The load of both measures in one sum in SQL.

    Age is the difference of two stamps (`promises.rules.stamp`), less the time in which the ticket was resolved.
    """
    stamps = _stamps_of_open(at)
    if not stamps:
        return {measure: OpenLoad(0, 0, 0) for measure in MEASURES}
    values = ", ".join(["(%s, %s)"] * len(stamps))
    sums = ", ".join(
        f"""
        count(*) filter (where {finished} is null),
        coalesce(sum(age - {target}) filter (where {finished} is null and age > {target}), 0),
        count(*) filter (where {finished} is null and age > {target})
        """
        for finished, _seconds, target in MEASURES.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with aged as (
                select *, present.stamp - opened_stamp - paused_seconds as age
                from promises_promise join (values {values}) as present(revision, stamp) on revision = revision_id
                where excluded = '' and resolved_at is null
            )
            select {sums} from aged
            """,  # noqa: S608 - column names come from MEASURES, values are parameters
            [value for pair in stamps for value in pair],
        )
        row = cursor.fetchone()
    return {
        measure: OpenLoad(row[3 * place], int(row[3 * place + 1]), row[3 * place + 2])
        for place, measure in enumerate(MEASURES)
    }


def _stamps_of_open(at: datetime) -> list[tuple[int, int]]:
    """This moment's stamp under each policy revision that open tickets have."""
    revisions = Promise.objects.filter(excluded="", resolved_at=None).order_by().values_list("revision_id", flat=True)
    return [(revision, stamp(at, policy_of(revision))) for revision in revisions.distinct()]


def excluded_in(period: Period) -> dict[str, int]:
    """How many tickets opened in the period are left out, by reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select excluded, count(*) from promises_promise"
            " where excluded <> '' and opened_at >= %s and opened_at < %s group by excluded order by excluded",
            [period.start, period.end],
        )
        return dict(cursor.fetchall())


def tickets_behind(viewer: Person, measure: str, period: Period) -> TicketQuerySet:
    """The tickets that a figure was counted from, slowest first; none for those who may not see reports."""
    finished, seconds, _target = MEASURES[measure]
    tickets = tickets_for(viewer).filter(
        **{f"promise__{finished}__gte": period.start, f"promise__{finished}__lt": period.end}, promise__excluded=""
    )
    allowed = tickets if viewer.may(Permission.SEE_REPORTS) else Ticket.objects.none()
    return allowed.as_rows().order_by(f"-promise__{seconds}", "-number")


def tickets_left_out(viewer: Person, reason: str, period: Period) -> TicketQuerySet:
    """The tickets opened in the period that are left out for this reason."""
    tickets = tickets_for(viewer).filter(
        promise__excluded=reason, promise__opened_at__gte=period.start, promise__opened_at__lt=period.end
    )
    allowed = tickets if viewer.may(Permission.SEE_REPORTS) else Ticket.objects.none()
    return allowed.as_rows().order_by("-number")


def _measured(measure: str, period: Period, running_at: datetime | None) -> Measured:
    return Measured(
        name=measure,
        average=average_of(measure, period),
        days=days_of(measure, period),
        open=open_load(measure, running_at) if running_at else None,
    )


def _finished(measure: str, period: Period):  # type: ignore[no-untyped-def]
    finished = MEASURES[measure][0]
    return Promise.objects.filter(**{f"{finished}__gte": period.start, f"{finished}__lt": period.end}, excluded="")


def _revisions_in(period: Period) -> tuple[int, ...]:
    numbers = Promise.objects.filter(opened_at__gte=period.start, opened_at__lt=period.end)
    return tuple(numbers.order_by("revision__number").values_list("revision__number", flat=True).distinct())


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value
