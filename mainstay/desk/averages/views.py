"""The averages of a month, their definitions, and the tickets behind each number."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.promises.states import Exclusion
from mainstay.reports.charts import chart_title, days_chart
from mainstay.reports.figures import Measured, MonthReport, Period
from mainstay.reports.measures import PROMISED
from mainstay.reports.periods import month_at, month_of
from mainstay.reports.queries import month_report, standing, tickets_behind, tickets_left_out
from mainstay.tickets.models import Ticket

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import Row, names_in_force
from .definitions import definitions_of, name_of

SHOWN_MONTHS = 6
PAGE = 100


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    period = _period(request, now)
    report = month_report(period, at=now)
    context = {
        "report": report,
        "months": _months(period, now),
        "measures": [_measure(report, measured) for measured in (report.first_response, report.resolution)],
        "left_out": [
            {"word": Exclusion(reason).label, "count": number, "url": _behind_url(period, excluded=reason)}
            for reason, number in report.excluded.items()
        ],
        "definitions": definitions_of(request.policy),
    }
    return desk_page(request, "desk/averages/page.html", context)


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages_tickets(request: DeskRequest) -> HttpResponse:
    """The tickets behind a figure: `measure=first_response` or `resolution`, or `excluded=` a reason."""
    now = timezone.now()
    period = _period(request, now)
    measure, reason = request.GET.get("measure", ""), request.GET.get("excluded", "")
    if reason in Exclusion.values:
        what = str(Exclusion(reason).label)
        rows = [Row(ticket, "", 0, None) for ticket in tickets_left_out(request.person, reason, period)[:PAGE]]
    else:
        measure = measure if measure in PROMISED else "first_response"
        what = name_of(measure)
        rows = [_row(ticket, measure) for ticket in tickets_behind(request.person, measure, period)[:PAGE]]
    context = {
        "title": f"{what}, {date_format(period.start, 'F Y')}",
        "back_url": reverse("desk:averages") + "?" + urlencode({"month": period.key}),
        "rows": rows,
        "page_size": PAGE,
        **names_in_force(request.policy, now),
    }
    return desk_page(request, "desk/averages/tickets.html", context)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def quiet_line(request: DeskRequest) -> HttpResponse:
    """The one line on top of every page: read again when the stream says `averages`."""
    shell = {"quiet_url": reverse("desk:quiet_line")}
    return render(
        request, "ui/parts/quiet_line.html", {"standing": standing(timezone.now(), request.policy), "shell": shell}
    )


def _measure(report: MonthReport, measured: Measured) -> dict[str, Any]:
    return {
        "title": name_of(measured.name),
        "measured": measured,
        "chart": days_chart(measured),
        "chart_title": chart_title(measured),
        "tickets_url": _behind_url(report.period, measure=measured.name),
    }


def _row(ticket: Ticket, measure: str) -> Row:
    seconds = getattr(ticket.promise, f"{measure}_seconds")
    return Row(ticket, measure, seconds, getattr(ticket.promise, f"{measure}_target_seconds"))


def _behind_url(period: Period, **what: str) -> str:
    return reverse("desk:averages_tickets") + "?" + urlencode({"month": period.key, **what})


def _period(request: DeskRequest, now: datetime) -> Period:
    key = request.GET.get("month", "")
    return month_of(key) if key else month_at(now)


def _months(current: Period, now: datetime) -> list[dict[str, Any]]:
    """The last months, newest first, with the one that is shown among them."""
    months, at = [], now
    for _step in range(SHOWN_MONTHS):
        months.append(month_at(at))
        at = months[-1].start - timedelta(days=1)
    if current not in months:
        months.append(current)
    return [
        {
            "key": month.key,
            "url": reverse("desk:averages") + "?" + urlencode({"month": month.key}),
            "is_current": month == current,
        }
        for month in months
    ]
