"""What stands on top of every report: its pages, the period, and what can be taken away from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.people.states import Permission
from mainstay.reports.errors import BadPeriod
from mainstay.reports.figures import Day, MonthReport, Period
from mainstay.reports.models import FrozenMonth
from mainstay.reports.periods import is_month, month_at, months_before, period_named
from mainstay.reports.queries import revisions_in
from mainstay.reports.spans import gathered, is_by_month, span_key
from mainstay.reports.wording import period_name

from ..averages.definitions import Definition, definitions_for
from ..doorway import DeskRequest, desk_page

SHOWN_MONTHS = 6

# When the figures were published, if they were, and the policy revisions they were counted under.
Known = tuple[datetime | None, Sequence[int]]


@dataclass(frozen=True)
class Asked:
    """The period that was asked for; with a `problem` it could not be understood, and the running month stands in."""

    period: Period
    text: str
    problem: str = ""


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    is_current: bool = False


@dataclass(frozen=True)
class Head:
    """`keep` are the fields that go along when another period is asked for; `revisions` of the policy, as they were counted."""

    title: str
    asked: Asked
    pages: list[Link]
    months: list[Link]
    keep: dict[str, str]
    files: list[Link]
    published_at: datetime | None
    publication_url: str
    revisions: list[int]
    defined: list[Definition]


def asked_period(request: DeskRequest, now: datetime) -> Asked:
    """From `period` (or `month`, as older links say); nothing asked is the running month."""
    text = request.GET.get("period") or request.GET.get("month") or ""
    if not text:
        period = month_at(now)
        return Asked(period, period.key)
    try:
        period = period_named(text)
    except BadPeriod as problem:
        return Asked(month_at(now), text[:60].replace("\x00", ""), str(problem))
    return Asked(period, period.key)


def report_page(
    request: DeskRequest,
    template: str,
    context: dict[str, Any],
    *,
    asked: Asked,
    now: datetime,
    page: str,
    report: MonthReport | None = None,
    defined: Sequence[str] = (),
    **keep: str,
) -> HttpResponse:
    """A report with its head and the definitions of these figures; a `report` that was made already is asked no more.

    Status 400 when the period was not understood: the page says so and shows the running month.
    """
    keep = {name: value for name, value in keep.items() if value}
    known = (report.frozen_at, report.revisions) if report else _known(asked.period)
    around = {"head": _head(request, asked, now, page, known, definitions_for(request.policy, *defined), keep)}
    return desk_page(request, template, {**around, **context}, status=400 if asked.problem else 200)


def pages_of(period: Period) -> list[tuple[str, str, str]]:
    """Key, name and address of each report page."""
    at = {"period": period.key}
    return [
        ("averages", _("Averages"), _url("averages", **at)),
        ("parts", _("Parts"), _url("report_parts", **at)),
        ("bank", _("Bank and forecast"), _url("report_bank", **at)),
        ("volumes", _("Volumes"), _url("report_volumes", **at)),
        ("people", _("People"), _url("report_parts", **at, by="technician")),
        ("channels", _("Channels"), _url("report_parts", **at, by="channel")),
        ("left_out", _("Left out"), _url("report_left_out", **at)),
        ("satisfaction", _("Satisfaction"), _url("report_satisfaction", **at)),
    ]


def _head(
    request: DeskRequest,
    asked: Asked,
    now: datetime,
    page: str,
    known: Known,
    defined: list[Definition],
    keep: dict[str, str],
) -> Head:
    period, (published_at, revisions) = asked.period, known
    may_publish = is_month(period) and period.end <= now and request.person.may(Permission.PUBLISH_REPORTS)
    name = "averages" if page == "averages" else VIEWS[page]
    return Head(
        title=period_name(period),
        asked=asked,
        pages=[Link(label, url, key == page) for key, label, url in pages_of(period)],
        months=_months(period, now, name, keep),
        keep=keep,
        files=[
            Link(_("PDF"), _url("report_pdf", period=period.key)),
            Link(_("CSV"), _url("report_csv", period=period.key, **({"by": keep["by"]} if "by" in keep else {}))),
            Link(_("By mail"), reverse("desk:report_mails")),
            Link(_("Wallboard"), reverse("desk:wallboard")),
        ],
        published_at=published_at,
        publication_url=reverse("desk:month_publication", args=[period.key]) if may_publish else "",
        revisions=list(revisions),
        defined=defined,
    )


VIEWS = {
    "parts": "report_parts",
    "people": "report_parts",
    "channels": "report_parts",
    "bank": "report_bank",
    "volumes": "report_volumes",
    "left_out": "report_left_out",
    "satisfaction": "report_satisfaction",
}


def _months(current: Period, now: datetime, name: str, keep: dict[str, str]) -> list[Link]:
    """The last months, newest first, with the period that is shown among them."""
    running = month_at(now)
    months = [running, *months_before(running, SHOWN_MONTHS - 1)]
    if current.key not in {month.key for month in months}:
        months.append(current)
    return [Link(period_name(one), _url(name, period=one.key, **keep), one.key == current.key) for one in months]


def _known(period: Period) -> Known:
    return published(period) or (None, revisions_in(period))


def published(period: Period) -> Known | None:
    """When the month was published, and the policy revisions that it was counted under; None for any other period."""
    if not is_month(period):
        return None
    return FrozenMonth.objects.filter(month=period.key).values_list("frozen_at", "revisions").first()


def behind_url(period: Period, **what: str) -> str:
    """The tickets behind a figure."""
    return _url("averages_tickets", period=period.key, **what)


@dataclass(frozen=True)
class DayRow:
    """One day, or one month where there are too many days, with the address of the tickets behind it."""

    day: Day
    url: str


def day_rows(days: Sequence[Day], period: Period, measure: str) -> list[DayRow]:
    """For the table beside a chart, in the same steps as the chart."""
    by_month = is_by_month(days)
    return [
        DayRow(day, _url("averages_tickets", period=span_key(day.on, period, by_month=by_month), measure=measure))
        for day in gathered(days)
    ]


def _url(name: str, **what: str) -> str:
    return reverse(f"desk:{name}") + "?" + urlencode(what)
