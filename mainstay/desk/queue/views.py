"""The queue: views of tickets, each row the next thing to look at."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.tickets.queries import VIEWS, queue_for

from ..doorway import DeskRequest, counts, desk_page, staff_only
from ..rows import page_context


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
    return desk_page(request, "desk/queue/page.html", {**context, "tabs": _tabs(request, context["view"])})


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue_rows(request: DeskRequest) -> HttpResponse:
    """The rows alone: read again when the stream says `queue`."""
    return render(request, "desk/queue/rows.html", _rows(request))


def _rows(request: DeskRequest) -> dict[str, Any]:
    view = request.GET.get("view", "open")
    view = view if view in VIEWS else "open"
    after = request.GET.get("after", "")
    page = queue_for(request.person, view, after)
    number = len(page.tickets)
    return {
        "view": view,
        "rows_url": _url("desk:queue_rows", view, after),
        "older_url": _url("desk:queue", view, page.after) if page.after else "",
        "news": ngettext("%(n)s ticket in this view", "%(n)s tickets in this view", number) % {"n": number},
        **page_context(page.tickets, request.policy),
    }


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
