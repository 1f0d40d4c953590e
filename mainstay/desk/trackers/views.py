"""Set-up of trackers: the list, one tracker, its test, what went there and what came, and its removal."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.escalations.actions import add_tracker, change_tracker, remove_tracker, repeat_hook
from mainstay.escalations.checking import Step, check_tracker, is_good
from mainstay.escalations.errors import EscalationError, TrackerTrouble, WrongSetUp
from mainstay.escalations.models import Tracker, TrackerHook
from mainstay.escalations.queries import NUMBER_MAX, tracker_for, trackers
from mainstay.escalations.states import CallState, HookState
from mainstay.escalations.tracking import adapter_class
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only
from .forms import TrackerForm
from .hooks import PREFIX

TOPIC = "trackers"
SHOWN = 30


@require_safe
@staff_only(Permission.MANAGE_DESK)
def tracker_list(request: DeskRequest) -> HttpResponse:
    rows = [{"tracker": one, "label": _label(one.kind)} for one in trackers()]
    kinds = [(kind, _label(kind)) for kind in settings.TRACKERS]
    return desk_page(request, "desk/trackers/page.html", {"rows": rows, "kinds": kinds}, topics=(TOPIC,))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def tracker_new(request: DeskRequest, kind: str) -> HttpResponse:
    """A new tracker; the secret for its webhook is shown on the page that follows, once."""
    adapter = _adapter(kind)
    form = TrackerForm(adapter, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        secret = given.pop("hook_secret") or secrets.token_urlsafe(32)
        try:
            made = add_tracker(kind=kind, hook_secret=secret, by=request.person, at=timezone.now(), **given)
        except WrongSetUp as fault:
            form.blame(fault)
        except TrackerTrouble as fault:
            form.add_error(None, str(fault))
        else:
            return _page(request, made, TrackerForm(adapter, tracker=made), secret=secret)
    context = {"form": form, "kind": kind, "label": _label(kind)}
    return desk_page(request, "desk/trackers/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def tracker(request: DeskRequest, pk: int) -> HttpResponse:
    found = _tracker(request, pk)
    form = TrackerForm(_adapter(found.kind), request.POST or None, tracker=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_tracker(found, by=request.person, at=timezone.now(), **form.cleaned_data)
        except WrongSetUp as fault:
            form.blame(fault)
        except TrackerTrouble as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:tracker", found.pk)
    return _page(request, found, form)


@require_safe
@staff_only(Permission.MANAGE_DESK)
def tracker_traffic(request: DeskRequest, pk: int) -> HttpResponse:
    """What went there and what came, alone: read again when the stream says so."""
    return render(request, "desk/trackers/traffic.html", _traffic(_tracker(request, pk)))


@require_POST
@staff_only(Permission.MANAGE_DESK)
def tracker_test(request: DeskRequest, pk: int) -> HttpResponse:
    """Each step and what came of it; nothing is written there."""
    found = _tracker(request, pk)
    return _page(request, found, TrackerForm(_adapter(found.kind), tracker=found), steps=check_tracker(found))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def tracker_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first: the secrets can't be brought back."""
    found = _tracker(request, pk)
    if request.method == "POST":
        remove_tracker(found, by=request.person, at=timezone.now())
        messages.success(request, _("%(name)s is removed. Its issues stay as links.") % {"name": found.name})
        return redirect("desk:trackers")
    return desk_page(request, "desk/trackers/removal.html", {"tracker": found})


@require_POST
@staff_only(Permission.MANAGE_DESK)
def hook_retry(request: DeskRequest, pk: int) -> HttpResponse:
    """What a tracker told, and could not be taken in, is taken in again."""
    hook = TrackerHook.objects.filter(pk=min(pk, NUMBER_MAX)).first()
    if hook is None:
        raise Http404
    try:
        repeat_hook(hook, by=request.person, at=timezone.now())
    except EscalationError as refused:
        messages.error(request, str(refused))
    return redirect("desk:tracker", _tracker(request, hook.tracker_id).pk)


def _page(
    request: DeskRequest, found: Tracker, form: TrackerForm, *, steps: list[Step] | None = None, secret: str = ""
) -> HttpResponse:
    context = {
        **_traffic(found),
        "label": _label(found.kind),
        "form": form,
        "steps": steps or [],
        "is_good": bool(steps) and is_good(steps or []),
        "secret": secret,
        "hook_url": f"{settings.SITE_URL}{PREFIX}{found.pk}",
        "hook_steps": _adapter(found.kind).hook_steps,
        "events": list(found.events.order_by("-pk")[:SHOWN]),
    }
    status = 422 if form.errors else 200
    return desk_page(request, "desk/trackers/tracker.html", context, topics=(TOPIC, "escalations"), status=status)


def _traffic(found: Tracker) -> dict[str, Any]:
    return {
        "tracker": found,
        "calls": list(found.calls.select_related("problem", "issue__tracker", "by").order_by("-pk")[:SHOWN]),
        "hooks": list(found.hooks.defer("body").order_by("-pk")[:SHOWN]),
        "failed": CallState.FAILED.value,
        "hook_failed": HookState.FAILED.value,
    }


def _adapter(kind: str) -> Any:
    found = adapter_class(kind)
    if found is None:
        raise Http404
    return found


def _label(kind: str) -> str:
    found: Any = adapter_class(kind)
    return str(found.label) if found else kind


def _tracker(request: DeskRequest, pk: int) -> Tracker:
    found = tracker_for(request.person, pk)
    if found is None:
        raise Http404
    return found
