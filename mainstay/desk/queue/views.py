"""The queue: views of tickets, each row the next thing to look at."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mainstay.live.rules import TOPIC as VISITS
from mainstay.people.states import Permission
from mainstay.tickets.actions import take_next_ticket
from mainstay.tickets.errors import NothingToTake
from mainstay.tickets.places import explain_place
from mainstay.tickets.queries import VIEWS, WORKED_DOWN, queue_for

from ..doorway import DeskRequest, counts, desk_page, staff_only, twice_if_needed
from ..rows import Row, page_context
from .places import place_in_words


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    count: int | None
    is_current: bool


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue(request: DeskRequest) -> HttpResponse:
    context = _rows(request)
    return desk_page(
        request,
        "desk/queue/page.html",
        {**context, "tabs": _tabs(request, context["view"]), "may_take": request.person.may(Permission.WORK_TICKETS)},
        topics=(VISITS,),
    )


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue_rows(request: DeskRequest) -> HttpResponse:
    """The rows alone: read again when the stream says `queue`."""
    return render(request, "desk/queue/rows.html", _rows(request))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def queue_next(request: DeskRequest) -> HttpResponse:
    """The next ticket is mine, and I stand before it; with nothing to take, a kind sentence on the queue."""
    try:
        taken = twice_if_needed(lambda: take_next_ticket(by=request.person, at=timezone.now()))
    except NothingToTake as nothing:
        messages.success(request, str(nothing))
        return redirect("desk:queue")
    return redirect(reverse("desk:ticket", args=[taken.number]) + "#newest")


def _rows(request: DeskRequest) -> dict[str, Any]:
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    after = request.GET.get("after", "")
    page = queue_for(request.person, view, after)
    number = len(page.tickets)
    context = page_context(page.tickets, request.policy, request.person)
    if view in WORKED_DOWN:
        context["rows"] = _explained(context, starts_at_top=not after)
    return {
        "view": view,
        "rows_url": _url("desk:queue_rows", view, after),
        "older_url": _url("desk:queue", view, page.after) if page.after else "",
        "news": ngettext("%(n)s ticket in this view", "%(n)s tickets in this view", number) % {"n": number},
        "is_worked_down": view in WORKED_DOWN,
        **context,
    }


def _explained(context: dict[str, Any], *, starts_at_top: bool) -> list[Row]:
    """The rows with their places in words; how many stand before one is known on the first page."""
    now = timezone.now()
    places = [
        explain_place(row.ticket, now, number if starts_at_top else None) for number, row in enumerate(context["rows"])
    ]
    words = [place_in_words(place, context["severities"]) for place in places]
    return [replace(row, place=said) for row, said in zip(context["rows"], words, strict=True)]


def _tabs(request: DeskRequest, current: str) -> list[Tab]:
    counted = counts(request)
    labels = {
        "open": _("Open"),
        "mine": _("Mine"),
        "unassigned": _("Unassigned"),
        "waiting": _("Waiting for customer"),
        "developers": _("With developers"),
        "resolved": _("Resolved"),
        "all": _("All"),
        "refused": _("Refused"),
    }
    return [Tab(label, _url("desk:queue", view), counted.get(view), view == current) for view, label in labels.items()]


def _url(name: str, view: str, after: str = "") -> str:
    return reverse(name) + "?" + urlencode({"view": view} | ({"after": after} if after else {}))
