"""The averages of a period, their definitions, and the tickets behind each number."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.promises.states import Exclusion, With
from mainstay.reports.charts import chart_title, days_chart
from mainstay.reports.errors import BadPeriod
from mainstay.reports.figures import Average, Measured, MonthReport
from mainstay.reports.measures import PROMISED
from mainstay.reports.publishing import differences
from mainstay.reports.queries import counted_report, month_report, standing
from mainstay.reports.spans import is_by_month
from mainstay.reports.ticket_sheet import OPENED
from mainstay.reports.wording import measure_name, period_name
from mainstay.tickets.models import Ticket

from ..doorway import DeskRequest, desk_page, for_staff, staff_only
from ..reports.behind import Behind, behind_asked
from ..reports.head import Asked, asked_period, behind_url, day_rows, published, report_page
from ..rows import Row, age_of, names_in_force
from .definitions import definitions_for, definitions_of

PAGE = 100


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    report = month_report(asked.period, at=now)
    may_compare = report.frozen_at is not None and request.person.may(Permission.PUBLISH_REPORTS)
    context = {
        "report": report,
        "measures": [
            _measure(report, measured) for measured in sorted(report.measures, key=lambda one: one.name not in PROMISED)
        ],
        "left_out": [
            {"word": Exclusion(reason).label, "count": number, "url": behind_url(asked.period, excluded=reason)}
            for reason, number in report.excluded.items()
        ],
        "out_of_hours_url": behind_url(asked.period, measure="first_response", flag="out_of_hours"),
        "reopened_url": behind_url(asked.period, measure="resolution", flag="reopened"),
        "changes": [
            {"name": measure_name(one.measure), "change": one}
            for one in (differences(report, counted_report(asked.period, at=now)) if may_compare else ())
        ],
        "definitions": [*definitions_of(request.policy), *definitions_for(request.policy, "promised", "spread")],
    }
    return report_page(
        request, "desk/averages/page.html", context, asked=asked, now=now, page="averages", report=report
    )


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages_tickets(request: DeskRequest) -> HttpResponse:
    """The tickets behind a figure: see `reports.behind` for what an address may say. Raises NoSuchFigure, BadStratum."""
    now = timezone.now()
    asked = asked_period(request, now)
    if asked.problem:
        raise BadPeriod(asked.text)
    behind = behind_asked(request, now, usual="first_response")
    again = urlencode({"period": asked.period.key, "measure": "first_response", **behind.asked})
    context = {
        "title": f"{behind.name}, {period_name(asked.period)}",
        "narrowed": behind.narrowed,
        "is_published": published(asked.period) is not None,
        "back_url": _back_url(asked, behind),
        "csv_url": reverse("desk:report_tickets_csv") + "?" + again,
        "rows": [_row(ticket, behind, now) for ticket in behind.tickets(request, asked.period)[:PAGE]],
        "page_size": PAGE,
        **names_in_force(request.policy, now),
    }
    return desk_page(request, "desk/averages/tickets.html", context)


@require_safe
@for_staff
def quiet_line(request: DeskRequest) -> HttpResponse:
    """The one line on top of every page: read again when the stream says `averages`."""
    shell = {"quiet_url": reverse("desk:quiet_line")}
    return render(
        request, "ui/parts/quiet_line.html", {"standing": standing(timezone.now(), request.policy), "shell": shell}
    )


def _measure(report: MonthReport, measured: Measured) -> dict[str, Any]:
    return {
        "title": measure_name(measured.name),
        "measured": measured,
        "is_promised": measured.name in PROMISED,
        "chart": days_chart(measured),
        "days": day_rows(measured.days, report.period, measured.name),
        "is_by_month": is_by_month(measured.days),
        "chart_title": chart_title(measured),
        "turns": _turns(measured.average),
        "tickets_url": behind_url(report.period, measure=measured.name),
        "bank_url": reverse("desk:report_bank") + "?" + urlencode({"period": report.period.key}),
        "worst_url": behind_url(report.period, measure=measured.name, since=str(measured.average.worst or 0)),
        "zeros_url": behind_url(report.period, measure=measured.name, since="0", until="1"),
        "open_url": behind_url(report.period, measure=measured.name, open="1"),
        "over_url": behind_url(report.period, measure=measured.name, open="1", over="1"),
    }


def _turns(average: Average) -> list[dict[str, Any]]:
    """Whose turn it was, on average: kind, business seconds and whole per cent; empty where that is not measured."""
    if average.with_customer is None or not average.mean:
        return []
    shares = [
        (With.TECHNICIANS, average.with_technicians or 0.0),
        (With.DEVELOPERS, average.with_developers or 0.0),
        (With.CUSTOMER, average.with_customer),
    ]
    turns, since = [], 0
    for whom, seconds in shares:
        share = round(100 * seconds / average.mean)
        turns.append({"kind": whom.value, "label": whom.label, "seconds": seconds, "since": since, "share": share})
        since += share
    return turns


def _row(ticket: Ticket, behind: Behind, now: datetime) -> Row:
    """What is still open shows its present age; what is left out shows no time."""
    if behind.reason:
        return Row(ticket, "", 0, None)
    promise = ticket.promise
    measure = "first_response" if behind.measure == OPENED else behind.measure
    target = getattr(promise, f"{measure}_target_seconds", None)
    is_unanswered = behind.measure == OPENED and promise.first_responded_at is None and promise.resolved_at is None
    if behind.is_open or is_unanswered:
        return Row(ticket, measure, age_of(promise, measure, now), target)
    seconds = promise.further_seconds if measure == "further_response" else getattr(promise, f"{measure}_seconds")
    return Row(ticket, measure, seconds, target)


def _back_url(asked: Asked, behind: Behind) -> str:
    page, more = ("report_parts", {"by": behind.stratum}) if behind.stratum else ("averages", {})
    return reverse(f"desk:{page}") + "?" + urlencode({"period": asked.period.key, **more})
