"""Tags, snooze and following, done where the ticket's head stands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mainstay.people.states import Permission
from mainstay.tickets import actions, events
from mainstay.tickets.errors import NoSuchTicket, TicketError
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import suggested_tags, ticket_for

from ..doorway import DeskRequest, staff_only, twice_if_needed
from .sleep import SnoozeForm
from .views import SIDEBAR, header_verb, not_done, sidebar_context, ticket_page, ticket_part


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_tags(request: DeskRequest, number: int) -> HttpResponse:
    """Put a tag on, or take one off."""
    name = request.POST.get("tag", "")[:200]
    is_off = request.POST.get("_method") == "delete"
    return header_verb(request, number, actions.untag_ticket if is_off else actions.tag_ticket, name=name)


_SLEPT = frozenset((events.SNOOZED.name, events.WOKEN.name))


@require_safe
@staff_only(Permission.WORK_TICKETS)
def tag_suggestions(request: DeskRequest) -> HttpResponse:
    """Tags that are known, as options of the field."""
    words = request.GET.get("tag", "")[:40].replace("\x00", "").strip()
    return render(request, "desk/ticket/tag_options.html", {"names": suggested_tags(words)})


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_snooze(request: DeskRequest, number: int) -> HttpResponse:
    """Put it to sleep, or wake it."""
    if request.POST.get("_method") == "delete":
        return header_verb(request, number, actions.wake_ticket, unless=_SLEPT)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return header_verb(request, number, not_done(form))
    chosen = form.cleaned_data
    try:
        other = ticket_for(request.person, chosen["number"]) if chosen["number"] else None
    except NoSuchTicket as missing:
        form.add_error("other", str(missing))
        return header_verb(request, number, not_done(form))
    return header_verb(
        request,
        number,
        actions.snooze_ticket,
        unless=_SLEPT,
        wakes_on=chosen["wakes_on"],
        wakes_at=chosen["wakes_at"],
        waits_for=other,
    )


@require_POST
@staff_only(Permission.SEE_TICKETS)
def ticket_following(request: DeskRequest, number: int) -> HttpResponse:
    """Be told what happens on it, or no more."""
    it = ticket_for(request.person, number)
    verb = actions.unfollow_ticket if request.POST.get("_method") == "delete" else actions.follow_ticket
    return sidebar_verb(request, it, lambda: verb(it, by=request.person, at=timezone.now()))


def sidebar_verb(
    request: DeskRequest,
    it: Ticket,
    verb: Callable[[], object] | None,
    problem: str = "",
    *,
    typed: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The verb is done; what can't be done is told in the side, nothing changed, and what was typed stands there again."""
    try:
        if verb is not None:
            twice_if_needed(verb)
            typed = {}
    except TicketError as refused:
        problem = str(refused)
    again = ticket_for(request.person, it.number)
    if request.htmx:
        return ticket_part(request, SIDEBAR, sidebar_context(request, again, problem=problem, typed=typed))
    if not problem:
        return redirect("desk:ticket", number=it.number)
    return ticket_page(request, again, status=422, side={"problem": problem, "typed": typed})
