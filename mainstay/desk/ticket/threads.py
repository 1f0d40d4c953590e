"""Where messages belong, by a person's decision: follow or refuse a suggestion, undo it, split, who takes part."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.errors import MessageMoved, TicketError
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import message_for, participant_for, ticket_for

from ..doorway import DeskRequest, staff_only, twice_if_needed


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_suggestion(request: DeskRequest, number: int) -> HttpResponse:
    """Put the ticket's messages where they may belong, or keep it a ticket of its own."""
    it = ticket_for(request.person, number)
    answer = request.POST.get("answer")
    if answer not in ("yes", "no"):
        messages.error(request, _("Nothing was chosen, so nothing was changed. Please load the page again."))
        return _to(it)
    verb = actions.follow_suggestion if answer == "yes" else actions.keep_apart
    return _done(request, it, lambda: verb(it, by=request.person, at=timezone.now()))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_unmerge(request: DeskRequest, number: int) -> HttpResponse:
    """Undo: the messages are back on this ticket."""
    it = ticket_for(request.person, number)
    return _done(request, it, lambda: actions.unmerge_ticket(it, by=request.person, at=timezone.now()))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def message_split(request: DeskRequest, pk: int) -> HttpResponse:
    """Move a message to a ticket of its own."""
    message = _message(request, pk)
    it = message.ticket
    if request.POST.get("at", str(it.number)) != str(it.number):
        messages.error(request, str(MessageMoved(it.number)))
        return _to(it)
    return _done(request, it, lambda: actions.split_message(message, by=request.person, at=timezone.now()))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def message_participants(request: DeskRequest, pk: int) -> HttpResponse:
    """Those in copy of a message take part in its ticket."""
    message = _message(request, pk)
    return _done(
        request, message.ticket, lambda: actions.admit_participants(message, by=request.person, at=timezone.now())
    )


@require_POST
@staff_only(Permission.WORK_TICKETS)
def participant_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Somebody takes part no more."""
    participant = participant_for(request.person, pk)
    if participant is None:
        raise Http404
    at = timezone.now()
    return _done(request, participant.ticket, lambda: actions.remove_participant(participant, by=request.person, at=at))


def _message(request: DeskRequest, pk: int) -> Message:
    message = message_for(request.person, pk)
    if message is None:
        raise Http404
    return message


def _done(request: DeskRequest, it: Ticket, verb: Callable[[], Ticket]) -> HttpResponse:
    """To the ticket that the verb leads to; what can't be done is told where one was, and nothing changed."""
    try:
        return _to(twice_if_needed(verb))
    except TicketError as problem:
        messages.error(request, str(problem))
        return _to(it)


def _to(it: Ticket) -> HttpResponse:
    return redirect("desk:ticket", number=it.number)
