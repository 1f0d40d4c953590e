"""A ticket and others: links, and the merge with its search and its preview."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.errors import LinkGone, NoSuchTicket, TicketError
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import find_tickets, link_for, moving_of, ticket_for
from mainstay.tickets.states import LinkSide

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .marks import sidebar_verb


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_links(request: DeskRequest, number: int) -> HttpResponse:
    """Link the ticket to another one."""
    side, given = request.POST.get("side", ""), request.POST.get("other", "")[:40].strip().lstrip("#")
    it = ticket_for(request.person, number)
    if side not in LinkSide.values:
        return sidebar_verb(
            request, it, None, _("Nothing was chosen, so nothing was changed. Please load the page again.")
        )
    try:
        other = ticket_for(request.person, given)
    except NoSuchTicket as missing:
        return sidebar_verb(request, it, None, str(missing), typed={"link": given})
    person, now = request.person, timezone.now()
    return sidebar_verb(
        request, it, lambda: actions.link_tickets(it, other=other, side=side, by=person, at=now), typed={"link": given}
    )


@require_POST
@staff_only(Permission.WORK_TICKETS)
def link_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """The two have nothing to do with each other. Leads back to the ticket whose number was sent along."""
    link = link_for(request.person, pk) if pk < 2**63 else None
    if link is None:
        return _gone(request)
    it = link.other if request.POST.get("at") == str(link.other.number) else link.one
    person, now = request.person, timezone.now()
    return sidebar_verb(request, it, lambda: actions.unlink_tickets(link, by=person, at=now))


def _gone(request: DeskRequest) -> HttpResponse:
    """Told on the ticket where one was; when that is not known, there is nothing."""
    it = _other(request, request.POST.get("at", ""))
    if it is None:
        raise Http404
    return sidebar_verb(request, it, None, str(LinkGone()))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def ticket_merge(request: DeskRequest, number: int) -> HttpResponse:
    """Find the other ticket, see what would move, and merge."""
    it = ticket_for(request.person, number)
    if request.method != "POST":
        return _merge_page(request, it, _other(request, request.GET.get("into", "")))
    into = _other(request, request.POST.get("into", ""))
    if into is None:
        messages.error(request, _("Nothing was chosen, so nothing was changed. Please load the page again."))
        return redirect("desk:ticket_merge", number=it.number)
    try:
        twice_if_needed(lambda: actions.merge_ticket(it, into=into, by=request.person, at=timezone.now()))
    except TicketError as problem:
        return _merge_page(request, it, into, problem=str(problem))
    return redirect("desk:ticket", number=into.number)


def _other(request: DeskRequest, number: str) -> Ticket | None:
    try:
        return ticket_for(request.person, number.strip().lstrip("#")[:30])
    except NoSuchTicket:
        return None


def _merge_page(request: DeskRequest, it: Ticket, into: Ticket | None, *, problem: str = "") -> HttpResponse:
    words = request.GET.get("q", "")[:200].replace("\x00", "").strip()
    if into is not None and not problem:
        why_not = actions.why_not_merge(it, into, timezone.now())
        problem = str(why_not) if why_not else ""
    context = {
        "ticket": it,
        "into": into,
        "moving": moving_of(it, into) if into is not None and not problem else None,
        "problem": problem,
        "words": words,
        "found": [] if into is not None else find_tickets(request.person, words, it),
    }
    return desk_page(request, "desk/ticket/merge.html", context, status=422 if request.method == "POST" else 200)
