"""The figures divided: by nature, severity, channel, organisation, country, language, technician or product."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.promises.states import Exclusion
from mainstay.reports.figures import Period, Stratum
from mainstay.reports.measures import MEASURES, STRATA
from mainstay.reports.queries import strata_of
from mainstay.reports.wording import measure_name, stratum_name

from ..doorway import DeskRequest, staff_only
from .head import Link, asked_period, behind_url, report_page

SHOWN = 200
PAGES = {"technician": "people", "channel": "channels"}  # these two have a page of their own name
SORTS = ("n", "name", "mean", "worst", "open")
# People stand by name: this is no race, and there is no list of the slowest.
SORTS_OF_PEOPLE = ("name", "n", "open")
DEFINED = (
    "parts",
    "first_response",
    "further_response",
    "resolution",
    "promised",
    "spread",
    "zeros",
    "bank",
    "if_finished_now",
)


@dataclass(frozen=True)
class Part:
    """One part with the addresses of the tickets behind it."""

    stratum: Stratum
    url: str
    worst_url: str
    zeros_url: str
    open_url: str
    over_url: str
    left_out: list[tuple[str, int, str]]


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_parts(request: DeskRequest) -> HttpResponse:
    """`by=` a stratum, `sort=` one of SORTS. An unknown stratum is refused with a sentence (BadStratum)."""
    now = timezone.now()
    asked = asked_period(request, now)
    by = request.GET.get("by") or "nature"
    page = PAGES.get(by, "parts")
    sorts = SORTS_OF_PEOPLE if by == "technician" else SORTS
    sort = request.GET.get("sort", "")
    sort = sort if sort in sorts else sorts[0]
    divided = strata_of(by, asked.period, at=now)
    context: dict[str, Any] = {
        "by": by,
        "by_name": stratum_name(by),
        "choices": [_choice(one, by, asked.period, sort) for one in STRATA],
        "sorts": [_sort(one, by, asked.period, sort) for one in sorts],
        "measures": [
            {
                "key": measure,
                "title": measure_name(measure),
                "parts": [_part(row, measure, by, asked.period) for row in _sorted(divided[measure], sort)[:SHOWN]],
                "hidden": max(0, len(divided[measure]) - SHOWN),
            }
            for measure in MEASURES
        ],
    }
    return report_page(
        request, "desk/reports/parts.html", context, asked=asked, now=now, page=page, defined=DEFINED, by=by, sort=sort
    )


def _sorted(rows: list[Stratum], sort: str) -> list[Stratum]:
    keys: dict[str, Any] = {
        "n": lambda row: (-row.average.n, row.label.casefold()),
        "name": lambda row: row.label.casefold(),
        "mean": lambda row: (-(row.average.mean or 0), row.label.casefold()),
        "worst": lambda row: (-(row.average.worst or 0), row.label.casefold()),
        "open": lambda row: (-(row.open.n if row.open else 0), row.label.casefold()),
    }
    return sorted(rows, key=keys[sort])


def _part(row: Stratum, measure: str, by: str, period: Period) -> Part:
    where = {"stratum": by, "key": row.key}
    here = {"measure": measure, **where}
    return Part(
        row,
        behind_url(period, **here),
        behind_url(period, since=str(row.average.worst or 0), **here),
        behind_url(period, since="0", until="1", **here),
        behind_url(period, open="1", **here),
        behind_url(period, open="1", over="1", **here),
        [
            (str(Exclusion(reason).label), number, behind_url(period, excluded=reason, **where))
            for reason, number in row.excluded.items()
        ],
    )


def _choice(one: str, current: str, period: Period, sort: str) -> Link:
    return Link(stratum_name(one), _address(period, by=one), one == current)


def _sort(one: str, by: str, period: Period, current: str) -> Link:
    names = {
        "n": _("most first"),
        "name": _("by name"),
        "mean": _("slowest first"),
        "worst": _("worst first"),
        "open": _("most open"),
    }
    return Link(names[one], _address(period, by=by, sort=one), one == current)


def _address(period: Period, **what: str) -> str:
    return reverse("desk:report_parts") + "?" + urlencode({"period": period.key, **what})
