"""The bell, the list of notices, and how one wants to be told."""

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.notifications.actions import choose_notices, mark_read
from mainstay.notifications.errors import NotABrowser
from mainstay.notifications.models import Notification
from mainstay.notifications.pushing import subscribe, unsubscribe
from mainstay.notifications.queries import NEWEST, notice_for, notices_of
from mainstay.notifications.rules import path_of, topic_of
from mainstay.tickets.queries import tickets_for

from ..doorway import DeskRequest, desk_page, for_staff
from .bell import bell_of
from .forms import BrowserForm, NoticesForm

LARGEST_KEY = 2**63 - 1
DIGITS = len(str(LARGEST_KEY))


@require_safe
@for_staff
def notifications(request: DeskRequest) -> HttpResponse:
    return desk_page(request, "desk/notifications/page.html", _list(request))


@require_safe
@for_staff
def notification_rows(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/notifications/rows.html", _list(request))


@require_safe
@for_staff
def notification(request: DeskRequest, pk: int) -> HttpResponse:
    """Opening a notice marks it as read, and leads to what it is about."""
    notice = notice_for(request.person, pk) if pk <= LARGEST_KEY else None
    if notice is None:
        raise Http404
    mark_read(request.person, at=timezone.now(), pk=notice.pk)
    return redirect(path_of(notice.subject))


@require_POST
@for_staff
def notifications_read(request: DeskRequest) -> HttpResponse:
    mark_read(request.person, at=timezone.now())
    return redirect("desk:notifications")


@require_safe
@for_staff
def bell(request: DeskRequest) -> HttpResponse:
    return render(request, "ui/parts/bell.html", {"bell": bell_of(request)})


@require_POST
@for_staff
def notice_choices(request: DeskRequest) -> HttpResponse:
    form = NoticesForm(request.POST)
    if form.is_valid():
        choose_notices(request.person, **form.cleaned_data)
        messages.success(request, _("Saved."))
    for problem in [text for texts in form.errors.values() for text in texts]:
        messages.error(request, str(problem))
    return redirect("desk:preferences")


@require_http_methods(["POST", "DELETE"])
@for_staff
def push_subscription(request: DeskRequest) -> HttpResponse:
    """A browser is told from now on, or no more. Asked by its own script; the answer is a sentence when it is refused."""
    if request.method == "DELETE":
        unsubscribe(request.person, endpoint=request.GET.get("endpoint", "").replace("\x00", ""))
        return HttpResponse(status=204)
    form = BrowserForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"problem": str(NotABrowser())}, status=422)
    try:
        subscribe(request.person, **form.cleaned_data, browser=browser_name(request), at=timezone.now())
    except NotABrowser as problem:
        return JsonResponse({"problem": str(problem)}, status=422)
    return HttpResponse(status=204)


@require_POST
@for_staff
def push_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Another of one's browsers, one that is lost perhaps, is told no more."""
    if pk > LARGEST_KEY or not unsubscribe(request.person, pk=pk):
        raise Http404
    messages.success(request, _("That browser is told no more."))
    return redirect("desk:preferences")


def browser_name(request: DeskRequest) -> str:
    """What a person would call it: the first of the usual names that stands in what the browser says of itself."""
    said = request.headers.get("User-Agent", "")
    names = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    places = {"Android": "Android", "iPhone": "iPhone", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}
    name = next((name for mark, name in names.items() if mark in said), _("Browser"))
    place = next((place for mark, place in places.items() if mark in said), "")
    return _("%(browser)s on %(system)s") % {"browser": name, "system": place} if place else name


def _list(request: DeskRequest) -> dict[str, object]:
    """A page of one's notices, each with the subject of its ticket: words that never leave the house."""
    before = request.GET.get("before", "")
    is_key = before.isascii() and before.isdecimal() and len(before) <= DIGITS
    key = min(int(before), LARGEST_KEY) if is_key else None
    notices = notices_of(request.person, key)
    subjects = _subjects(request, notices)
    return {
        "notices": [(notice, subjects.get(notice.subject, "")) for notice in notices],
        "older": notices[-1].pk if len(notices) == NEWEST else None,
        "is_first": key is None,
        "has_unread": any(notice.seen_at is None for notice in notices),
        "topic": topic_of(request.person.pk),
    }


def _subjects(request: DeskRequest, notices: list[Notification]) -> dict[str, str]:
    about = [notice.subject.partition(":") for notice in notices]
    numbers = {int(key) for kind, _colon, key in about if kind == "ticket" and key.isdecimal()}
    found = tickets_for(request.person).filter(number__in=numbers).order_by("number")
    return {f"ticket:{number}": subject for number, subject in found.values_list("number", "subject")}
