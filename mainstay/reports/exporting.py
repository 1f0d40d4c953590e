"""Reports as plain values for programs: the commands' `--json` and the desk's JSON are made by the same functions.

Seconds are business seconds, means unrounded; moments are ISO 8601 in UTC. See docs/reports.md.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from mainstay.people.models import Person

from .figures import Average, Forecast, Measured, MonthReport, OpenLoad, Period, Stratum
from .forecast import Costly, costliest, forecast_of
from .freezing import frozen_strata
from .measures import MEASURES, PROMISED, stratum_named
from .periods import is_month
from .queries import all_strata, month_report
from .volumes import heat_of, histogram_of, volumes_of

Told = dict[str, Any]
Divided = dict[str, dict[str, list[Stratum]]]


def averages_told(period: Period, *, at: datetime, by: Sequence[str] = ()) -> Told:
    """A period's report, divided by each stratum in `by`; `month` is empty for a period that is none. Raises BadStratum."""
    divided = divided_by(by, period, at=at)
    report = month_report(period, at=at)
    parts = {
        stratum: {measure: [_part_told(part) for part in parts] for measure, parts in measures.items()}
        for stratum, measures in divided.items()
    }
    return _plain({**_report_told(report), "by": parts})


def _report_told(report: MonthReport) -> Told:
    return {
        "month": report.period.key if is_month(report.period) else "",
        "period": asdict(report.period),
        "frozen_at": report.frozen_at,
        "revisions": list(report.revisions),
        **{measured.name: _measured_told(measured) for measured in report.measures},
        "excluded": report.excluded,
        "answered_out_of_hours": report.answered_out_of_hours,
        "reopened": report.reopened,
    }


def divided_by(by: Sequence[str], period: Period, *, at: datetime) -> Divided:
    """The measures by each of these strata, in few queries; of a published month as published. Raises BadStratum."""
    strata = tuple(dict.fromkeys(stratum_named(stratum) for stratum in by))
    published = frozen_strata(period) if strata else None
    if published is not None:
        return {stratum: published[stratum] for stratum in strata}
    return all_strata(period, at=at, strata=strata) if strata else {}


def volumes_told(period: Period) -> Told:
    """How much came and went by day, when in the week, and how long people waited; always counted afresh."""
    return _plain(
        {
            "period": asdict(period),
            "days": [asdict(day) for day in volumes_of(period)],
            "hours_of_week": [asdict(hour) for hour in heat_of(period)],
            "waiting": {measure: [asdict(one) for one in histogram_of(measure, period)] for measure in MEASURES},
        }
    )


def forecast_told(*, at: datetime) -> Told:
    """Where each promised measure of the running month is heading."""
    forecasts: list[Forecast] = [forecast_of(measure, at=at) for measure in PROMISED]
    return _plain({forecast.measure: asdict(forecast) for forecast in forecasts})


def costly_told(viewer: Person, *, at: datetime) -> Told:
    """The open tickets that take most out of the bank, as far as the viewer may see them."""
    return {measure: [_costly_told(one) for one in costliest(viewer, measure, at=at)] for measure in PROMISED}


def _costly_told(one: Costly) -> Told:
    return _plain(
        {
            "number": one.ticket.number,
            "opened_at": one.ticket.opened_at,
            "age_seconds": one.age_seconds,
            "over_seconds": one.over_seconds,
        }
    )


def _measured_told(measured: Measured) -> Told:
    return {
        "name": measured.name,
        "average": _average_told(measured.average),
        "days": [asdict(day) for day in measured.days],
        "open": _load_told(measured.open),
        "bank_seconds": measured.bank,
        "if_finished_now": measured.if_finished_now,
    }


def _part_told(part: Stratum) -> Told:
    return {
        "key": part.key,
        "label": part.label,
        "average": _average_told(part.average),
        "open": _load_told(part.open),
        "if_finished_now": part.if_finished_now,
        "excluded": part.excluded,
    }


def _average_told(average: Average) -> Told:
    return {**asdict(average), "is_kept": average.is_kept, "without_waiting": average.without_waiting}


def _load_told(load: OpenLoad | None) -> Told | None:
    return asdict(load) if load else None


def _plain(value: Any) -> Any:
    """The same with its moments and dates as text, so that every way out writes them alike."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
