"""Whether tickets ask for the time that was spent on them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.people.states import Permission
from mainstay.tickets.actions import count_time
from mainstay.tickets.queries import counts_time

from ..doorway import DeskRequest, desk_page, staff_only


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_times(request: DeskRequest) -> HttpResponse:
    """On or off."""
    if request.method == "POST":
        is_on = request.POST.get("counts") == "on"
        count_time(is_on=is_on, by=request.person, at=timezone.now())
        messages.success(
            request, _("Tickets ask for time spent from now on.") if is_on else _("Tickets ask for time no more.")
        )
        return redirect("desk:setup_times")
    return desk_page(request, "desk/setup/times.html", {"is_on": counts_time()})
