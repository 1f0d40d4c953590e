"""Published months: their figures are written down once and read from there ever after.

Reading lies here, below the queries; writing needs them and lies in `actions`.
"""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from .figures import Average, Day, Measured, MonthReport, Period, Stratum
from .models import FrozenMonth
from .periods import is_month

Strata = dict[str, dict[str, list[Stratum]]]


def frozen_report(period: Period) -> MonthReport | None:
    """The report of a published month as it stood then; None for any other period."""
    frozen = _frozen(period)
    return _read_report(frozen, period) if frozen else None


def frozen_strata(period: Period) -> Strata | None:
    """Every stratum of a published month as it stood then; None for any other period."""
    frozen = _frozen(period)
    return _read_strata(frozen.figures["strata"]) if frozen else None


def written(report: MonthReport, strata: Strata) -> dict[str, Any]:
    """Everything as plain JSON; read back by `frozen_report` and `frozen_strata` it is the same."""
    told = {"report": asdict(report), "strata": {name: _asdicts(parts) for name, parts in strata.items()}}
    plain: dict[str, Any] = json.loads(json.dumps(told, cls=DjangoJSONEncoder))
    return plain


def _asdicts(parts: dict[str, list[Stratum]]) -> dict[str, list[dict[str, Any]]]:
    return {measure: [asdict(one) for one in rows] for measure, rows in parts.items()}


def _frozen(period: Period) -> FrozenMonth | None:
    return FrozenMonth.objects.filter(month=period.key).first() if is_month(period) else None


def _read_report(frozen: FrozenMonth, period: Period) -> MonthReport:
    told = frozen.figures["report"]
    return MonthReport(
        period=period,
        first_response=_read_measured(told["first_response"]),
        further_response=_read_measured(told["further_response"]),
        resolution=_read_measured(told["resolution"]),
        excluded=told["excluded"],
        revisions=tuple(told["revisions"]),
        answered_out_of_hours=told["answered_out_of_hours"],
        reopened=told["reopened"],
        frozen_at=frozen.frozen_at,
    )


def _read_measured(told: dict[str, Any]) -> Measured:
    days = [Day(date.fromisoformat(day["on"]), day["n"], day["mean"], day["bank"]) for day in told["days"]]
    return Measured(told["name"], Average(**told["average"]), days, None)


def _read_strata(told: dict[str, Any]) -> Strata:
    return {
        stratum: {
            measure: [
                Stratum(one["key"], one["label"], Average(**one["average"]), None, one["excluded"]) for one in rows
            ]
            for measure, rows in parts.items()
        }
        for stratum, parts in told.items()
    }
