"""Averages as named SQL over the stored business seconds; one function per figure, used by screens and commands alike."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.db.models.lookups import Exact

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.models import FurtherResponse, Promise
from mainstay.promises.queries import policy_of, revision_keys
from mainstay.promises.rules import stamp
from mainstay.tickets.models import Ticket, TicketQuerySet
from mainstay.tickets.queries import tickets_for

from .among import EVERY, Among
from .figures import Average, Brief, Day, Measured, MonthReport, OpenLoad, Period, Standing, Stratum
from .freezing import frozen_report, frozen_strata
from .labels import labels_of
from .measures import (
    AVERAGE,
    MEASURES,
    OPEN,
    PROMISED,
    STRATA,
    WITH_TICKET,
    averaged,
    loaded,
    percentiles_of,
    stratum_named,
)
from .periods import day_at, month_at

NOTHING_OPEN = OpenLoad(0, 0, 0)
DIGITS = 19  # of the largest key, less one


def month_report(period: Period, *, at: datetime) -> MonthReport:
    """The promises of a period with everything left out of them; a published month as it was published.

    Open tickets weigh only in a period that runs.
    """
    return frozen_report(period) or counted_report(period, at=at)


def counted_report(period: Period, *, at: datetime) -> MonthReport:
    """The same, counted afresh from the stored seconds, whether or not the month was published."""
    loads = _open_loads(at) if period.start <= at < period.end else {}
    return MonthReport(
        period=period,
        first_response=_measured("first_response", period, loads),
        further_response=_measured("further_response", period, loads),
        resolution=_measured("resolution", period, loads),
        excluded=excluded_in(period),
        revisions=revisions_in(period),
        answered_out_of_hours=_finished("first_response", period).filter(answered_out_of_hours=True).count(),
        reopened=_finished("resolution", period).filter(reopened_count__gt=0).count(),
    )


def average_of(measure: str, period: Period) -> Average:
    """One measure's figures over what was finished in the period."""
    source = MEASURES[measure]
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {averaged(source)} from {source.rows} where {_in_period(source.finished)}",  # noqa: S608 - see `measures`
            [period.start, period.end],
        )
        return _average(cursor.fetchone())


def strata_of(stratum: str, period: Period, *, at: datetime) -> dict[str, list[Stratum]]:
    """Every measure divided by one stratum, those with the most finished first; of a published month as published.

    Raises BadStratum.
    """
    stratum = stratum_named(stratum)
    published = frozen_strata(period)
    return published[stratum] if published else all_strata(period, at=at, strata=(stratum,))[stratum]


def all_strata(
    period: Period, *, at: datetime, strata: Sequence[str] = tuple(STRATA)
) -> dict[str, dict[str, list[Stratum]]]:
    """Every measure by each of these strata: the measures are keys of the inner dictionaries.

    Parts in which nothing was finished, but something is open, are there too.
    """
    running = period.start <= at < period.end
    averages = {measure: _averages_by(strata, measure, period) for measure in MEASURES}
    loads = _loads_by(strata, at) if running else {}
    left_out = _left_out_by(strata, period)
    found: dict[str, dict[str, list[Stratum]]] = {}
    for stratum in strata:
        keys = {key for measure in MEASURES for (name, key) in averages[measure] if name == stratum}
        keys |= {key for (name, key) in (*loads, *left_out) if name == stratum}
        labels = labels_of(stratum, keys)
        found[stratum] = {
            measure: sorted(
                (
                    Stratum(
                        key,
                        labels[key],
                        averages[measure].get((stratum, key), NO_AVERAGE),
                        loads.get((stratum, key), {}).get(measure, NOTHING_OPEN) if running else None,
                        left_out.get((stratum, key), {}),
                    )
                    for key in keys
                ),
                key=_most_first,
            )
            for measure in MEASURES
        }
    return found


def _most_first(stratum: Stratum) -> tuple[int, str]:
    return -stratum.average.n, stratum.label


def _averages_by(strata: Sequence[str], measure: str, period: Period) -> dict[tuple[str, str], Average]:
    """In one pass: grouping sets, one for each stratum.

    The percentiles are made of each part's seconds afterwards: asked for among the grouping sets, they would have PostgreSQL
    sort all rows once for each stratum, where it can hash them.
    """
    source = MEASURES[measure]
    parts = ", ".join(["of_set", *(f"part_{place}" for place, _stratum in enumerate(strata))])
    columns = ", ".join(_PERCENTILES if column == "percentiles" else column for column in AVERAGE)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with parts ({parts}, {", ".join(AVERAGE)}) as materialized (
                select {_which(strata)}, {averaged(source, f"array_agg({source.seconds})")}
                from {source.rows} {WITH_TICKET}
                where {_in_period(source.finished)} group by {_sets(strata)}
            )
            select {parts}, {columns} from parts
            """,  # noqa: S608 - see `measures`
            [period.start, period.end],
        )
        return {_placed(strata, row): _average(row[1 + len(strata) :]) for row in cursor.fetchall()}


_PERCENTILES = f"(select {percentiles_of('taken')} from unnest(percentiles) as taken)"  # noqa: S608 - nobody's words


def _loads_by(strata: Sequence[str], at: datetime) -> dict[tuple[str, str], dict[str, OpenLoad]]:
    stamps = _stamps_of_open(at)
    if not stamps:
        return {}
    columns = ", ".join(loaded(measure) for measure in OPEN)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {_which(strata)}, {columns}
            from promises_promise p {_present(stamps)} {WITH_TICKET}
            where p.excluded = '' and p.resolved_at is null group by {_sets(strata)}
            """,  # noqa: S608 - see `measures`
            [value for pair in stamps for value in pair],
        )
        return {_placed(strata, row): _loads(row[1 + len(strata) :]) for row in cursor.fetchall()}


def _left_out_by(strata: Sequence[str], period: Period) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    sets = ", ".join(f"(p.excluded, {STRATA[stratum]})" for stratum in strata)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {_which(strata)}, p.excluded, count(*) from promises_promise p {WITH_TICKET}
            where p.excluded <> '' and p.opened_at >= %s and p.opened_at < %s group by grouping sets ({sets})
            """,  # noqa: S608 - see `measures`
            [period.start, period.end],
        )
        for row in cursor.fetchall():
            found.setdefault(_placed(strata, row), {})[row[-2]] = row[-1]
    return found


def _which(strata: Sequence[str]) -> str:
    """Which of the grouping sets a row is of, and the parts."""
    columns = ", ".join(STRATA[stratum] for stratum in strata)
    return f"grouping({columns}), {columns}"


def _sets(strata: Sequence[str]) -> str:
    return "grouping sets (" + ", ".join(f"({STRATA[stratum]})" for stratum in strata) + ")"


def _placed(strata: Sequence[str], row: Sequence[Any]) -> tuple[str, str]:
    """The stratum of a row and its key: the one bit of `grouping` that is not set."""
    for place, stratum in enumerate(strata):
        if not row[0] >> (len(strata) - 1 - place) & 1:
            return stratum, row[1 + place]
    raise AssertionError(row)


def days_of(measure: str, period: Period) -> list[Day]:
    """Each day of the period on which anything was finished, with the bank run up to its end."""
    source = MEASURES[measure]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select ({source.finished} at time zone 'UTC')::date as day, count(*), avg({source.seconds}),
                   coalesce(sum({source.target or "null::int"} - {source.seconds}), 0)
            from {source.rows} where {_in_period(source.finished)} group by day order by day
            """,  # noqa: S608 - see `measures`
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
    today, month, loads = _standing(at)
    return Standing(
        today=today,
        month=month,
        bank={measure: month[measure].bank - loads[measure].over_seconds for measure in PROMISED},
        is_open=is_open,
        changes_at=calendar.next_close(at) if is_open else calendar.next_open(at),
    )


def _standing(at: datetime) -> tuple[dict[str, Brief], dict[str, Brief], dict[str, OpenLoad]]:
    """Both measures of this day and of this month, and what is open now, in one query."""
    day, month, stamps = day_at(at), month_at(at), _stamps_of_open(at)
    parts = [
        f"""
        select {place} as place,
               count(*) filter (where today), avg(seconds) filter (where today), avg(target) filter (where today),
               coalesce(sum(target - seconds) filter (where today), 0),
               count(*), avg(seconds), avg(target), coalesce(sum(target - seconds), 0)
        from (select {source.seconds} as seconds, {source.target} as target, {source.finished} >= %s as today
              from {source.rows} where {_in_period(source.finished)}) as finished
        """  # noqa: S608 - see `measures`
        for place, source in enumerate(MEASURES[measure] for measure in PROMISED)
    ]
    finished = " union all ".join(parts)
    given = [day.start, month.start, month.end] * len(parts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select * from ({finished}) as finished cross join ({_LOADED} {_present(stamps)} {_OPEN}) as loaded"  # noqa: S608
            " order by place",
            [*given, *(value for pair in stamps for value in pair)],
        )
        rows = dict(zip(PROMISED, cursor.fetchall(), strict=True))
    today = {key: _brief(row[1:5]) for key, row in rows.items()}
    loads = _loads(next(iter(rows.values()))[9:])
    return today, {key: _brief(row[5:9]) for key, row in rows.items()}, loads


def _brief(row: Sequence[Any]) -> Brief:
    n, mean, target, bank = row
    return Brief(n, _float(mean), _float(target), int(bank))


def _open_loads(at: datetime) -> dict[str, OpenLoad]:
    """The loads of all measures in one sum in SQL.

    Age is the difference of two stamps (`promises.rules.stamp`), less the time in which the ticket was resolved.
    """
    stamps = _stamps_of_open(at)
    if not stamps:
        return dict.fromkeys(OPEN, NOTHING_OPEN)
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOADED} {_present(stamps)} {_OPEN}", [value for pair in stamps for value in pair])
        return _loads(cursor.fetchone())


_LOADED = f"select {', '.join(loaded(measure) for measure in OPEN)} from promises_promise p"  # noqa: S608 - see `measures`
_OPEN = "where p.excluded = '' and p.resolved_at is null"


def _present(stamps: list[tuple[int, int]]) -> str:
    values = ", ".join(["(%s::bigint, %s::bigint)"] * len(stamps))
    return f"join (values {values}) as present(revision, stamp) on present.revision = p.revision_id"


def _loads(row: Sequence[Any]) -> dict[str, OpenLoad]:
    """From the columns of `loaded`, one measure after the other."""
    parts = {measure: row[5 * place : 5 * place + 5] for place, measure in enumerate(OPEN)}
    return {
        measure: OpenLoad(n, int(over), over_n, int(age), int(target))
        for measure, (n, over, over_n, age, target) in parts.items()
    }


def _stamps_of_open(at: datetime) -> list[tuple[int, int]]:
    """This moment's stamp under each policy revision: to ask which of them open tickets have would take longer."""
    return [(revision, stamp(at, policy_of(revision))) for revision in revision_keys()]


def left_out_of(period: Period) -> dict[str, int]:
    """How many tickets are left out of the period's averages, by reason; of a published month as it was published."""
    published = frozen_report(period)
    return published.excluded if published else excluded_in(period)


def excluded_in(period: Period) -> dict[str, int]:
    """How many tickets opened in the period are left out, by reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select excluded, count(*) from promises_promise"
            " where excluded <> '' and opened_at >= %s and opened_at < %s group by excluded order by excluded",
            [period.start, period.end],
        )
        return dict(cursor.fetchall())


def tickets_behind(
    viewer: Person,
    measure: str,
    period: Period,
    *,
    stratum: str = "",
    key: str = "",
    is_open: bool = False,
    among: Among = EVERY,
) -> TicketQuerySet:
    """The tickets that a figure was counted from, slowest first; none for those who may not see reports.

    `stratum` and `key` narrow it to one part; `is_open` gives those that are not finished yet, the oldest first; `among`
    narrows either further.
    """
    if not viewer.may(Permission.SEE_REPORTS):
        return Ticket.objects.none()
    tickets = tickets_for(viewer).filter(_part(stratum, key), promise__excluded="")
    if is_open:
        found = tickets.filter(_over_target(measure, among.over_at), **_UNFINISHED[measure])
        return found.as_rows().order_by("opened_at", "number")
    tickets = tickets.filter(**_flags(among))
    if measure == "further_response":
        within = {"answered_at__gte": period.start, "answered_at__lt": period.end, **_as_long("seconds", among)}
        behind = FurtherResponse.objects.filter(**within)
        found = tickets.filter(promise__in=behind.values("promise"))
        return found.as_rows().order_by("-promise__further_seconds", "-number")
    finished, seconds = _FINISHED[measure]
    within = {f"promise__{finished}__gte": period.start, f"promise__{finished}__lt": period.end}
    found = tickets.filter(**within, **_as_long(f"promise__{seconds}", among))
    return found.as_rows().order_by(f"-promise__{seconds}", "-number")


def _as_long(seconds: str, among: Among) -> dict[str, Any]:
    bounds = {f"{seconds}__gte": among.since, f"{seconds}__lt": among.until}
    return {bound: value for bound, value in bounds.items() if value is not None}


def _flags(among: Among) -> dict[str, Any]:
    flags: dict[str, Any] = {"promise__answered_out_of_hours": True} if among.out_of_hours else {}
    return flags | ({"promise__reopened_count__gt": 0} if among.reopened else {})


def _over_target(measure: str, at: datetime | None) -> Q:
    """Open ones whose age is over their target at that moment, as `loaded` counts them; all without a moment."""
    if at is None:
        return Q()
    over = Q(pk__in=[])
    if measure not in PROMISED:
        return over
    for revision, present in _stamps_of_open(at):
        latest = present - F("promise__paused_seconds") - F(f"promise__{measure}_target_seconds")
        over |= Q(promise__revision=revision, promise__opened_stamp__lt=latest)
    return over


def tickets_opened(
    viewer: Person, period: Period, *, hour: tuple[int, int] | None = None, stratum: str = "", key: str = ""
) -> TicketQuerySet:
    """The counted tickets that were opened in the period, the newest first; `hour` is one of the week (Monday 0, in UTC)."""
    if not viewer.may(Permission.SEE_REPORTS):
        return Ticket.objects.none()
    opened = {"promise__opened_at__gte": period.start, "promise__opened_at__lt": period.end}
    found = tickets_for(viewer).filter(_part(stratum, key), promise__excluded="", **opened)
    if hour is not None:
        weekday = Exact(ExtractIsoWeekDay("promise__opened_at", tzinfo=UTC), hour[0] + 1)
        found = found.filter(weekday, Exact(ExtractHour("promise__opened_at", tzinfo=UTC), hour[1]))
    return found.as_rows().order_by("-number")


_FINISHED = {
    "first_response": ("first_responded_at", "first_response_seconds"),
    "resolution": ("resolved_at", "resolution_seconds"),
}
_UNFINISHED: dict[str, dict[str, Any]] = {
    "first_response": {"promise__first_responded_at": None, "promise__resolved_at": None},
    "further_response": {"promise__asked_at__isnull": False, "promise__resolved_at": None},
    "resolution": {"promise__resolved_at": None},
}
_PARTS = {
    "nature": "nature",
    "severity": "severity",
    "channel": "channel",
    "organisation": "organisation_id",
    "country": "organisation__country",
    "language": "language",
    "technician": "assignee_id",
    "product": "product_id",
}


def _part(stratum: str, key: str) -> Q:
    """The filter for one part of a stratum; a key that can't be one finds nothing."""
    if not stratum:
        return Q()
    column = _PARTS[stratum_named(stratum)]
    if not column.endswith("_id"):
        has_none = Q(organisation=None) if stratum == "country" and not key else Q(pk=None)
        return has_none | Q(**{column: key})
    if not key:
        return Q(**{f"{column}__isnull": True})
    return Q(**{column: int(key)}) if key.isascii() and key.isdigit() and len(key) < DIGITS else Q(pk=None)


def tickets_left_out(
    viewer: Person, reason: str, period: Period, *, stratum: str = "", key: str = ""
) -> TicketQuerySet:
    """The tickets opened in the period that are left out for this reason."""
    if not viewer.may(Permission.SEE_REPORTS):
        return Ticket.objects.none()
    opened = {"promise__opened_at__gte": period.start, "promise__opened_at__lt": period.end}
    found = tickets_for(viewer).filter(_part(stratum, key), promise__excluded=reason, **opened)
    return found.as_rows().order_by("-number")


def _measured(measure: str, period: Period, loads: dict[str, OpenLoad]) -> Measured:
    return Measured(
        name=measure,
        average=average_of(measure, period),
        days=days_of(measure, period),
        open=loads.get(measure),
    )


def _finished(measure: str, period: Period):  # type: ignore[no-untyped-def]
    finished, _seconds = _FINISHED[measure]
    return Promise.objects.filter(**{f"{finished}__gte": period.start, f"{finished}__lt": period.end}, excluded="")


def revisions_in(period: Period) -> tuple[int, ...]:
    """The policy revisions under which the tickets opened in the period are counted."""
    numbers = Promise.objects.filter(opened_at__gte=period.start, opened_at__lt=period.end)
    return tuple(numbers.order_by("revision__number").values_list("revision__number", flat=True).distinct())


def _in_period(finished: str) -> str:
    """Only what counts; its two parameters are the period's start and end."""
    return f"p.excluded = '' and {finished} >= %s and {finished} < %s"


NO_AVERAGE = Average(0, None, None, None, None, None, 0, 0)


def _average(row: Sequence[Any]) -> Average:
    """From the columns of `averaged`."""
    n, mean, promised, percentiles, worst, zeros, bank, *beside = row
    median, p90 = percentiles or (None, None)
    figures = (n, _float(mean), _float(promised), _float(median), _float(p90), worst, zeros, int(bank))
    return Average(*figures, *(_float(one) for one in beside))


def _float(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _date(value: object) -> date:
    assert isinstance(value, date)
    return value
