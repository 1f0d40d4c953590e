"""Time spent on a ticket, noted and taken back in its side."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.queries import ticket_for, time_for

from ..doorway import DeskRequest, staff_only
from .marks import sidebar_verb


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_times(request: DeskRequest, number: int) -> HttpResponse:
    """Note time."""
    it = ticket_for(request.person, number)
    spent, note = request.POST.get("spent", "")[:40], request.POST.get("note", "")[:1000]
    return sidebar_verb(
        request,
        it,
        lambda: actions.spend_time(it, spent=spent, note=note, by=request.person, at=timezone.now()),
        typed={"spent": spent, "spent_note": note},
    )


@require_POST
@staff_only(Permission.WORK_TICKETS)
def time_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Take one's own entry back."""
    entry = time_for(request.person, pk) if pk < 2**63 else None
    if entry is None:
        raise Http404
    return sidebar_verb(
        request, entry.ticket, lambda: actions.take_time_back(entry, by=request.person, at=timezone.now())
    )
