"""The wallboard for those who are signed in and for a screen with an address of its own; and the list of such addresses."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import mainstay
from mainstay.people.models import Person
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force
from mainstay.reports.board import (
    Board,
    Promised,
    add_board_link,
    board_at,
    board_link_for,
    board_link_named,
    board_links_for,
    revoke_board_link,
    token_of,
)
from mainstay.reports.errors import NoSuchBoard
from mainstay.reports.wording import measure_name, outlook

from ..doorway import DeskRequest, desk_page, for_everybody, staff_only
from ..live.ends import live_end

TOPICS = ["queue", "averages", "duty"]
OUTLOOK_ICONS = {True: "check", False: "triangle-alert", None: "scale"}


class BoardLinkForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Where it hangs"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


@require_safe
@staff_only(Permission.SEE_REPORTS)
def wallboard(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/wallboard/page.html", _signed_in(request))


@require_safe
@staff_only(Permission.SEE_REPORTS)
def wallboard_part(request: DeskRequest) -> HttpResponse:
    """The figures alone: read again when the stream says so, and every minute."""
    return _part(request, _signed_in(request))


@require_safe
@for_everybody
def wallboard_screen(request: HttpRequest, token: str) -> HttpResponse:
    """The same for a screen without sign-in: figures and ticket numbers, no names."""
    return _screen(request, token, lambda context: render(request, "desk/wallboard/page.html", context))


@require_safe
@for_everybody
def wallboard_screen_part(request: HttpRequest, token: str) -> HttpResponse:
    return _screen(request, token, lambda context: _part(request, context))


@require_safe
@for_everybody
def wallboard_screen_live(request: HttpRequest, token: str) -> HttpResponse:
    """A fresh signed address of the live stream: names of what changed, nothing else goes over it."""
    return _screen(request, token, lambda context: JsonResponse({"url": context["live"].url}))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.PUBLISH_REPORTS)
def wallboard_links(request: DeskRequest) -> HttpResponse:
    """The addresses of screens without sign-in: each can be taken back."""
    form = BoardLinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        link = add_board_link(name=form.cleaned_data["name"], by=request.person, at=timezone.now())
        messages.success(request, _("There is an address for %(name)s.") % {"name": link.name})
        return redirect("desk:wallboard_links")
    links = [
        {"link": link, "url": settings.SITE_URL + reverse("desk:wallboard_screen", args=[token_of(link)])}
        for link in board_links_for(request.person)
    ]
    status = 422 if form.errors else 200
    return desk_page(request, "desk/wallboard/links.html", {"form": form, "links": links}, status=status)


@require_POST
@staff_only(Permission.PUBLISH_REPORTS)
def wallboard_link_removal(request: DeskRequest, pk: int) -> HttpResponse:
    link = board_link_for(request.person, pk)
    if link is None:
        raise Http404
    revoke_board_link(link, by=request.person, at=timezone.now())
    messages.success(request, _("The address for %(name)s shows nothing any more.") % {"name": link.name})
    return redirect("desk:wallboard_links")


def _signed_in(request: DeskRequest) -> dict[str, Any]:
    context = _context(request.policy, request.person, timezone.now(), names=True)
    return {
        **context,
        "part_url": reverse("desk:wallboard_part"),
        "live": live_end(TOPICS, position=request.live_position, renew_url=reverse("desk:live_url")),
        "login_url": reverse("account_login"),
    }


def _screen(request: HttpRequest, token: str, answer: Any) -> HttpResponse:
    """The answer in the language and zone of the person who gave the address out, as far as they may see reports."""
    try:
        link = board_link_named(token)
    except NoSuchBoard as gone:
        raise Http404 from gone
    now = timezone.now()
    policy = policy_in_force(now)
    language = link.by.language if link.by.language in dict(settings.LANGUAGES) else policy.languages.default
    with translation.override(language), timezone.override(zone_of(link.by)):
        context = {
            **_context(policy, link.by, now, names=False),
            "part_url": reverse("desk:wallboard_screen_part", args=[token]),
            "live": live_end(
                TOPICS,
                position=request.live_position,  # type: ignore[attr-defined]
                renew_url=reverse("desk:wallboard_screen_live", args=[token]),
            ),
            "login_url": "",
        }
        answered: HttpResponse = answer(context)
    answered["Cache-Control"] = "private, no-store"
    answered["Referrer-Policy"] = "no-referrer"  # the address itself is the key
    return answered


def _part(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The figures; a page that another version of the desk made is told to read itself anew."""
    if request.GET.get("version") != mainstay.__version__:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "desk/wallboard/board.html", context)


def _context(policy: Policy, viewer: Person, now: datetime, *, names: bool) -> dict[str, Any]:
    board = board_at(now, policy, viewer=viewer)
    return {
        "board": board,
        "promised": [_promised(one) for one in board.promised],
        "counts_until": _counts_until(board),
        "on_duty": board.on_duty if names else (),
        "on_duty_count": len(board.on_duty),
        "now": now,
        "version": mainstay.__version__,
    }


def _promised(one: Promised) -> dict[str, Any]:
    return {
        "name": measure_name(one.measure),
        "figures": one,
        "outlook": outlook(one.forecast),
        "outlook_icon": OUTLOOK_ICONS[one.forecast.is_kept] if one.forecast.bank else "hourglass",
        "outlook_is_bad": one.forecast.is_kept is False,
    }


def _counts_until(board: Board) -> datetime | None:
    """Until when waiting times run on: the desk's closing; for a desk that never closes, far enough."""
    if not board.standing.is_open:
        return None
    return board.standing.changes_at or timezone.now() + timedelta(days=1)
