"""Minutes in the bank, day by day, and where the month is heading: what would save it, and which tickets cost most."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.reports.charts import bank_chart
from mainstay.reports.figures import Forecast, Measured, Period
from mainstay.reports.forecast import LOOK_BACK, costliest, forecasts_of
from mainstay.reports.measures import PROMISED
from mainstay.reports.periods import month_at
from mainstay.reports.queries import month_report
from mainstay.reports.spans import is_by_month
from mainstay.reports.wording import measure_name, outlook

from ..doorway import DeskRequest, staff_only
from ..rows import names_in_force
from .head import asked_period, behind_url, day_rows, report_page

DEFINED = ("bank", "first_response", "resolution", "business_time")


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_bank(request: DeskRequest) -> HttpResponse:
    """The forecast stands on the month that runs; any other period shows its bank alone."""
    now = timezone.now()
    asked = asked_period(request, now)
    report = month_report(asked.period, at=now)
    runs = asked.period == month_at(now)
    promised = [measured for measured in report.measures if measured.name in PROMISED]
    forecasts = forecasts_of(report, at=now) if runs else {}
    context = {
        "measures": [
            _measure(request, measured, asked.period, now, forecasts.get(measured.name)) for measured in promised
        ],
        "runs": runs,
        "look_back_weeks": LOOK_BACK.days // 7,
        **names_in_force(request.policy, now),
    }
    return report_page(
        request, "desk/reports/bank.html", context, asked=asked, now=now, page="bank", report=report, defined=DEFINED
    )


def _measure(
    request: DeskRequest, measured: Measured, period: Period, now: datetime, forecast: Forecast | None
) -> dict[str, Any]:
    return {
        "title": measure_name(measured.name),
        "measured": measured,
        "forecast": forecast,
        "outlook": outlook(forecast) if forecast else "",
        "chart": bank_chart(measured.days, period, now=now, bank=measured.bank, forecast=forecast),
        "days": day_rows(measured.days, period, measured.name),
        "is_by_month": is_by_month(measured.days),
        "costly": costliest(request.person, measured.name, at=now) if forecast else [],
        "tickets_url": behind_url(period, measure=measured.name),
        "over_url": behind_url(period, measure=measured.name, open="1", over="1"),
    }
