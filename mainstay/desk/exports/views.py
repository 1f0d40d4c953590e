"""Reports as JSON, as sheets and as PDF. `period=` as everywhere (the running month when left out), `by=` any strata."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.http import HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.reports.errors import BadPeriod, BadStratum
from mainstay.reports.exporting import averages_told
from mainstay.reports.figures import Period
from mainstay.reports.pdf import period_pdf
from mainstay.reports.periods import month_at, period_named
from mainstay.reports.sheets import Cell, averages_sheet, volumes_sheet, written
from mainstay.reports.ticket_sheet import tickets_sheet

from ..doorway import DeskRequest, staff_only
from ..reports.behind import behind_asked

NOT_KEPT = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
LINES_AT_ONCE = 200
STRATA_AT_ONCE = 20


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_json(request: DeskRequest) -> HttpResponse:
    """The same as `mainstay report averages --json`; what can't be asked for is told as `error`, with status 400."""
    now = timezone.now()
    try:
        told = averages_told(_period(request, now), at=now, by=_strata(request))
    except (BadPeriod, BadStratum) as problem:
        return JsonResponse({"error": str(problem)}, status=400, headers=NOT_KEPT)
    return JsonResponse(told, headers=NOT_KEPT, json_dumps_params={"ensure_ascii": False})


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_csv(request: DeskRequest) -> HttpResponseBase:
    now = timezone.now()
    period = _period(request, now)
    return as_sheet(averages_sheet(period, at=now, by=_strata(request)), f"averages-{period.key}")


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_volumes_csv(request: DeskRequest) -> HttpResponseBase:
    period = _period(request, timezone.now())
    return as_sheet(volumes_sheet(period), f"volumes-{period.key}")


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_tickets_csv(request: DeskRequest) -> HttpResponseBase:
    """The tickets behind a figure as the page shows them (see `reports.behind`), or all of the period when none is named."""
    now = timezone.now()
    behind, period = behind_asked(request, now), _period(request, now)
    tickets = behind.tickets(request, period)
    return as_sheet(tickets_sheet(tickets), f"tickets-{period.key}")


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_pdf(request: DeskRequest) -> HttpResponse:
    """In the reader's language."""
    now = timezone.now()
    period = _period(request, now)
    made = period_pdf(period, at=now, language=get_language() or "")
    return HttpResponse(made, content_type="application/pdf", headers=_saved_as(f"report-{period.key}.pdf"))


def as_sheet(rows: Iterable[Sequence[Cell]], name: str) -> StreamingHttpResponse:
    """Sent as it is made: a sheet of any length takes little memory."""
    return StreamingHttpResponse(
        _in_pieces(written(rows)),
        content_type="text/csv; charset=utf-8; header=present",
        headers=_saved_as(f"{name}.csv"),
    )


def _in_pieces(lines: Iterable[str]) -> Iterable[bytes]:
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if len(piece) == LINES_AT_ONCE:
            yield "".join(piece).encode()
            piece.clear()
    yield "".join(piece).encode()


def _saved_as(name: str) -> dict[str, str]:
    return {
        **NOT_KEPT,
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
    }


def _period(request: DeskRequest, now: datetime) -> Period:
    text = request.GET.get("period", "")
    return period_named(text) if text else month_at(now)


def _strata(request: DeskRequest) -> list[str]:
    """`by=nature&by=channel` or `by=nature,channel`."""
    return [name for text in request.GET.getlist("by") for name in text.split(",") if name][:STRATA_AT_ONCE]
