"""How much came and when: by day, by hour of the week, and how long people waited."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils import dates, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.reports.charts import heat_chart, histogram_chart, volumes_chart
from mainstay.reports.figures import Period
from mainstay.reports.measures import MEASURES, PROMISED
from mainstay.reports.queries import average_of
from mainstay.reports.volumes import heat_of, histogram_of, volumes_of
from mainstay.reports.wording import measure_name

from ..doorway import DeskRequest, staff_only
from .head import asked_period, behind_url, report_page

LOOKED_AT = timedelta(weeks=4)


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_volumes(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    period = asked.period
    days, heat = volumes_of(period), heat_of(period)
    context = {
        "days": days,
        "sums": {
            "opened": sum(day.opened for day in days),
            "answered": sum(day.answered for day in days),
            "resolved": sum(day.resolved for day in days),
            "left_out": sum(day.left_out for day in days),
        },
        "answered_url": behind_url(period, measure="first_response"),
        "resolved_url": behind_url(period, measure="resolution"),
        "days_chart": volumes_chart(days),
        "heat": [(dates.WEEKDAYS[one.weekday], one) for one in heat],
        "heat_chart": heat_chart(heat, open_hours(request.policy, period)),
        "waits": [_wait(measure, period) for measure in MEASURES],
    }
    return report_page(request, "desk/reports/volumes.html", context, asked=asked, now=now, page="volumes")


def _wait(measure: str, period: Period) -> dict[str, object]:
    bins = histogram_of(measure, period)
    target = average_of(measure, period).target if measure in PROMISED else None
    title = _("%(measure)s: how many took how long") % {"measure": measure_name(measure)}
    return {
        "title": measure_name(measure),
        "chart": histogram_chart(bins, target, title),
        "chart_title": title,
        "bins": bins,
        "target": target,
        "url": behind_url(period, measure=measure),
    }


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
