"""How much came and when: by day, by hour of the week, and how long people waited."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import dates, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.reports.charts import heat_chart, histogram_chart, volumes_chart
from mainstay.reports.figures import Bin, HourOfWeek, Period, Volume
from mainstay.reports.measures import MEASURES, PROMISED
from mainstay.reports.queries import average_of
from mainstay.reports.spans import gathered_volumes, is_by_month, span_key, volumes_together
from mainstay.reports.ticket_sheet import OPENED
from mainstay.reports.volumes import heat_of, histogram_of, hour_moved, volumes_of, whole_hours_in
from mainstay.reports.wording import bin_words, measure_name

from ..doorway import DeskRequest, staff_only
from .head import asked_period, behind_url, report_page

LOOKED_AT = timedelta(weeks=4)
DEFINED = ("volumes", "waiting", "first_response", "further_response", "resolution", "business_time")


@dataclass(frozen=True)
class Counts:
    """What came and went, with the addresses of the tickets behind each number."""

    counted: Volume
    opened_url: str
    answered_url: str
    resolved_url: str
    left_out_url: str


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_volumes(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    period = asked.period
    days = volumes_of(period)
    by_month = is_by_month(days)
    context = {
        "days": [_counts(day, span_key(day.on, period, by_month=by_month)) for day in gathered_volumes(days)],
        "is_by_month": by_month,
        "whole": _counts(volumes_together(period.start.date(), days), period.key),
        "days_chart": volumes_chart(days),
        "waits": [_wait(measure, period) for measure in MEASURES],
        **_heat(request, period),
    }
    return report_page(
        request, "desk/reports/volumes.html", context, asked=asked, now=now, page="volumes", defined=DEFINED
    )


def _counts(counted: Volume, key: str) -> Counts:
    def behind(measure: str) -> str:
        return reverse("desk:averages_tickets") + "?" + urlencode({"period": key, "measure": measure})

    return Counts(
        counted=counted,
        opened_url=behind(OPENED),
        answered_url=behind("first_response"),
        resolved_url=behind("resolution"),
        left_out_url=reverse("desk:report_left_out") + "?" + urlencode({"period": key}),
    )


# --- hours of the week ------------------------------------------------------------------------------------------------


def _heat(request: DeskRequest, period: Period) -> dict[str, Any]:
    """On the reader's own clock where that differs from UTC by the same whole hours all through the period; else in UTC."""
    heat, zone = heat_of(period), timezone.get_current_timezone()
    by = whole_hours_in(zone, period)
    name = str(zone) if by else "UTC"
    moved = sorted(((hour_moved(one.weekday, one.hour, by or 0), one) for one in heat), key=lambda pair: pair[0])
    shown = [HourOfWeek(*when, one.opened, one.mean_first_response) for when, one in moved]
    is_open = frozenset(hour_moved(*when, by or 0) for when in open_hours(request.policy, period))
    return {
        "heat": [
            {"weekday": dates.WEEKDAYS[now.weekday], "now": now, "url": _hour_url(period, one)}
            for now, (_when, one) in zip(shown, moved, strict=True)
        ],
        "heat_chart": heat_chart(shown, is_open, zone=name),
        "heat_zone": name,
        "own_zone": "" if by is not None else str(zone),
    }


def _hour_url(period: Period, one: HourOfWeek) -> str:
    """Addresses name hours in UTC, so that they mean the same for everybody."""
    return behind_url(period, measure=OPENED, hour=f"{one.weekday}-{one.hour:02}")


def open_hours(policy: Policy, period: Period) -> frozenset[tuple[int, int]]:
    """The hours of the week (weekday, hour; UTC) in which the desk is open in any of the period's first weeks."""
    until = min(period.end, period.start + LOOKED_AT)
    found = set()
    for opens, closes in policy.calendar.openings(period.start.date(), until.date()):
        at: datetime = opens.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while at < closes:
            found.add((at.weekday(), at.hour))
            at += timedelta(hours=1)
    return frozenset(found)


# --- how long it took -------------------------------------------------------------------------------------------------


def _wait(measure: str, period: Period) -> dict[str, object]:
    bins = histogram_of(measure, period)
    target = average_of(measure, period).target if measure in PROMISED else None
    title = _("%(measure)s: how many took how long") % {"measure": measure_name(measure)}
    return {
        "title": measure_name(measure),
        "chart": histogram_chart(bins, target, title),
        "chart_title": title,
        "bins": [{"words": bin_words(one), "n": one.n, "url": _bin_url(measure, period, one)} for one in bins],
        "target": target,
        "url": behind_url(period, measure=measure),
    }


def _bin_url(measure: str, period: Period, one: Bin) -> str:
    until = {} if one.until is None else {"until": str(one.until)}
    return behind_url(period, measure=measure, since=str(one.since), **until)
