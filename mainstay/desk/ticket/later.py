"""Replies that wait for their moment: sent now, left to be sent, changed, cancelled."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.states import Permission
from mainstay.writing import actions
from mainstay.writing.queries import planned_for

from ..doorway import DeskRequest, staff_only, twice_if_needed

VERBS: dict[str, Callable[..., object]] = {
    "now": actions.send_planned_now,
    "resume": actions.resume_planned,
    "edit": actions.edit_planned,
    "cancel": actions.cancel_planned,
}


@require_POST
@staff_only(Permission.WRITE_NOTES)
def planned_decision(request: DeskRequest, pk: int) -> HttpResponse:
    """What is to become of a reply that waits: `do` is now, resume, edit or cancel."""
    planned = planned_for(request.person, pk)
    if planned is None:
        raise Http404
    verb = VERBS.get(request.POST.get("do", ""))
    try:
        if verb is None:
            messages.error(request, _("Nothing was chosen, so nothing was changed. Please load the page again."))
        else:
            twice_if_needed(lambda: verb(planned, by=request.person, at=timezone.now()))
    except NotAllowed:
        raise
    except MainstayError as problem:
        messages.error(request, str(problem))
    return redirect(reverse("desk:ticket", args=[planned.ticket.number]) + "#composer")
