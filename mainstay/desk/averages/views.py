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
from mainstay.reports.labels import labels_of
from mainstay.reports.measures import MEASURES, PROMISED, STRATA
from mainstay.reports.queries import month_report, standing, tickets_behind, tickets_left_out
from mainstay.reports.wording import measure_name, period_name, stratum_name
from mainstay.tickets.models import Ticket

from ..doorway import DeskRequest, desk_page, staff_only
from ..reports.head import Asked, asked_period, behind_url, report_page
from ..rows import Row, age_of, names_in_force
from .definitions import definitions_of

PAGE = 100


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    report = month_report(asked.period, at=now)
    context = {
        "report": report,
        "measures": [_measure(report, measured) for measured in report.measures],
        "left_out": [
            {"word": Exclusion(reason).label, "count": number, "url": behind_url(asked.period, excluded=reason)}
            for reason, number in report.excluded.items()
        ],
        "definitions": definitions_of(request.policy),
    }
    return report_page(request, "desk/averages/page.html", context, asked=asked, now=now, page="averages")


@require_safe
@staff_only(Permission.SEE_REPORTS)
def averages_tickets(request: DeskRequest) -> HttpResponse:
    """The tickets behind a figure: `measure=` and `open=1` for those still open, or `excluded=` a reason.

    `stratum=` and `key=` narrow it to one part.
    """
    now = timezone.now()
    asked = asked_period(request, now)
    if asked.problem:
        raise BadPeriod(asked.text)
    given = {name: request.GET.get(name, "").replace("\x00", "") for name in ("measure", "excluded", "stratum", "key")}
    measure = given["measure"] if given["measure"] in MEASURES else "first_response"
    stratum = given["stratum"] if given["stratum"] in STRATA else ""
    part = {"stratum": stratum, "key": given["key"] if stratum else ""}
    is_open = request.GET.get("open") == "1"
    if given["excluded"] in Exclusion.values:
        what = str(Exclusion(given["excluded"]).label)
        found = tickets_left_out(request.person, given["excluded"], asked.period, **part)
        rows = [Row(ticket, "", 0, None) for ticket in found[:PAGE]]
    else:
        what = measure_name(measure)
        behind = tickets_behind(request.person, measure, asked.period, is_open=is_open, **part)
        rows = [_row(ticket, measure, now if is_open else None) for ticket in behind[:PAGE]]
    context = {
        "title": f"{what}, {period_name(asked.period)}",
        "part": f"{stratum_name(stratum)}: {labels_of(stratum, [part['key']])[part['key']]}" if stratum else "",
        "is_open": is_open,
        "back_url": _back_url(asked, stratum),
        "csv_url": reverse("desk:report_tickets_csv") + "?" + _same(request, asked),
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
        "title": measure_name(measured.name),
        "measured": measured,
        "is_promised": measured.name in PROMISED,
        "chart": days_chart(measured),
        "chart_title": chart_title(measured),
        "turns": _turns(measured.average),
        "tickets_url": behind_url(report.period, measure=measured.name),
        "open_url": behind_url(report.period, measure=measured.name, open="1"),
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


def _row(ticket: Ticket, measure: str, now: datetime | None) -> Row:
    """With `now` it is still open: its present age."""
    promise = ticket.promise
    target = getattr(promise, f"{measure}_target_seconds", None)
    if now is not None:
        return Row(ticket, measure, age_of(promise, measure, now), target)
    seconds = promise.further_seconds if measure == "further_response" else getattr(promise, f"{measure}_seconds")
    return Row(ticket, measure, seconds, target)


def _back_url(asked: Asked, stratum: str) -> str:
    page, more = ("report_parts", {"by": stratum}) if stratum else ("averages", {})
    return reverse(f"desk:{page}") + "?" + urlencode({"period": asked.period.key, **more})


def _same(request: DeskRequest, asked: Asked) -> str:
    wanted = ("measure", "excluded", "stratum", "key", "open")
    return urlencode({"period": asked.period.key} | {name: request.GET[name] for name in wanted if name in request.GET})
