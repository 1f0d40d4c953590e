"""The publishing of a month: what it freezes, the deed itself, and afterwards what a fresh count would say."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.people.states import Permission
from mainstay.reports.errors import BadPeriod
from mainstay.reports.periods import month_of
from mainstay.reports.publishing import changes_since_published, publish_month
from mainstay.reports.queries import month_report
from mainstay.reports.wording import measure_name, period_name

from ..doorway import DeskRequest, desk_page, staff_only


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.PUBLISH_REPORTS)
def month_publication(request: DeskRequest, month: str) -> HttpResponse:
    """GET tells what publishing freezes, or what was published; POST publishes. A month that runs is refused."""
    now = timezone.now()
    try:
        period = month_of(month)
    except BadPeriod as none:
        raise Http404 from none
    if request.method == "POST":
        publish_month(period, by=request.person, at=now)
        messages.success(request, _("%(month)s is published.") % {"month": period_name(period)})
        return redirect("desk:month_publication", period.key)
    changes = changes_since_published(period, at=now)
    by_itself_at = period.end + timedelta(seconds=request.policy.publication.freezes_after)
    context = {
        "report": month_report(period, at=now),
        "name": period_name(period),
        "is_over": period.end <= now,
        "changes": [{"name": measure_name(one.measure), "change": one} for one in changes or ()],
        "publishes": request.policy.publication.publishes,
        "frozen_by_itself_at": by_itself_at if now < by_itself_at else None,
    }
    return desk_page(request, "desk/exports/publication.html", context)
