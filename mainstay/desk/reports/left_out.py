"""What is left out of the averages, why, and which tickets these are."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.promises.rules import left_out
from mainstay.promises.states import Exclusion
from mainstay.reports.queries import left_out_of
from mainstay.reports.ticket_sheet import OPENED
from mainstay.reports.volumes import volumes_of

from ..doorway import DeskRequest, staff_only
from .head import asked_period, behind_url, report_page


@require_safe
@staff_only(Permission.SEE_REPORTS)
def report_left_out(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    asked = asked_period(request, now)
    counted = left_out_of(asked.period)
    context = {
        "reasons": [
            {
                "word": Exclusion(reason).label,
                "why": _definition(reason),
                "count": counted.get(reason, 0),
                "url": behind_url(asked.period, excluded=reason),
                "is_left_out": bool(left_out(reason, request.policy)),
            }
            for reason in Exclusion.values
        ],
        "sum": sum(counted.values()),
        "opened": sum(day.opened for day in volumes_of(asked.period)),
        "opened_url": behind_url(asked.period, measure=OPENED),
    }
    return report_page(request, "desk/reports/left_out.html", context, asked=asked, now=now, page="left_out")


def _definition(reason: str) -> str:
    return {
        Exclusion.SPAM.value: _("Somebody marked it as spam; it is closed."),
        Exclusion.REFUSED.value: _(
            "Its person is not entitled to support; they got a kind answer with the way to their seller."
        ),
        Exclusion.MERGED.value: _("Its messages stand on another ticket, which counts."),
        Exclusion.OPENED_BY_STAFF.value: _("A colleague opened it for themselves: nobody was waiting."),
    }[reason]
