"""The door itself: who may come in, and what every page of the desk needs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.channels.email.troubles import Troubles, alarms_of, troubles_of_mail
from mainstay.escalations.queries import failing_trackers
from mainstay.live.topics import sign_topics
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Account, Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.reports.queries import standing
from mainstay.tickets.queries import counters_for

from .duty.signs import ShownPresence, shown_presence
from .notifications.bell import Bell, bell_of

View = Callable[..., HttpResponseBase]
Done = TypeVar("Done")
DEADLOCKS = ("40P01", "40001")  # deadlock detected, serialization failure

# What every page of the desk listens to, beside its own topics.
COUNTED = ("open", "mine", "unassigned", "waiting", "developers")
SHELL_TOPICS = ("queue", "averages", "aside")


class DeskRequest(HttpRequest):
    """A request of somebody who is allowed in."""

    person: Person
    user: Account
    htmx: bool
    policy: Policy


def staff_only(permission: Permission) -> Callable[[View], View]:
    """Only for staff with this permission: a visitor is asked to sign in, others are told that they may not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.person.may(permission):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def for_everybody(view: View) -> View:
    """No sign-in: the view itself decides what is shown to whom."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def twice_if_needed(verb: Callable[[], Done]) -> Done:
    """The verb, once more when the database stopped it since two waited for each other: nothing of the first try is left."""
    try:
        return verb()
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") not in DEADLOCKS:
            raise
        return verb()


def desk_page(
    request: DeskRequest,
    template: str,
    context: dict[str, Any],
    *,
    topics: tuple[str, ...] = (),
    status: int = 200,
    about: str = "",
) -> HttpResponse:
    """A whole page of the desk: its own context with the rail, the quiet line and the live stream.

    `about` is what the page is about, such as `ticket:42`: what one was told of it is read with it.
    """
    around = {"shell": shell(request, topics, about), "standing": standing(timezone.now(), request.policy)}
    return render(request, template, {**around, **context}, status=status)


def counts(request: DeskRequest) -> dict[str, int]:
    """The counters of rail and tabs: one query for each request, however many places show them."""
    if not hasattr(request, "_counts"):
        request._counts = counters_for(request.person, COUNTED)  # type: ignore[attr-defined]
    counted: dict[str, int] = request._counts  # type: ignore[attr-defined]
    return counted


def _troubles(request: DeskRequest) -> Troubles:
    """What is in the way of mail, for those who see mail: one query for each request."""
    if not request.person.may(Permission.SEE_MAIL):
        return Troubles()
    if not hasattr(request, "_troubles"):
        request._troubles = troubles_of_mail()  # type: ignore[attr-defined]
    found: Troubles = request._troubles  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class RailItem:
    """One place in the rail; `is_rest` ones are behind “More” on a phone."""

    key: str
    label: str
    url: str
    icon: str
    count: int | None
    is_current: bool
    is_rest: bool


@dataclass(frozen=True)
class Shell:
    """What stands around every page."""

    person: Person
    theme: str
    alarms: list[tuple[str, str]]
    rail: list[RailItem]
    live_url: str
    live_renew_url: str
    login_url: str
    logout_url: str
    preferences_url: str
    quiet_url: str
    presence: ShownPresence
    bell: Bell


def shell(request: DeskRequest, topics: tuple[str, ...] = (), about: str = "") -> Shell:
    bell = bell_of(request, about)
    return Shell(
        person=request.person,
        theme=request.user.theme,
        alarms=_alarms(request),
        rail=_rail(request),
        live_url="/live?topics=" + sign_topics([*SHELL_TOPICS, bell.topic, *topics]),
        live_renew_url=reverse("desk:live_url") + "?topics=" + "+".join(topics),
        login_url=reverse("account_login"),
        logout_url=reverse("account_logout"),
        preferences_url=reverse("desk:preferences"),
        quiet_url=reverse("desk:quiet_line"),
        presence=shown_presence(request),
        bell=bell,
    )


def _alarms(request: DeskRequest) -> list[tuple[str, str]]:
    """What somebody must look at now, each with its page for those who may go there."""
    now, may = timezone.now(), request.person.may
    alarms = [
        (alarm.sentence, reverse(f"desk:{alarm.page}") if may(alarm.permission) else "")
        for alarm in alarms_of(_troubles(request), now)
    ]
    if may(Permission.MANAGE_DESK) and (names := failing_trackers(now)):
        sentence = _("Something between us and an issue tracker failed and waits for you: %(names)s.")
        alarms.append((sentence % {"names": ", ".join(names)}, reverse("desk:trackers")))
    return alarms


def _rail(request: DeskRequest) -> list[RailItem]:
    """The places this person may go to; counters in one query, and one more for those who see mail."""
    here, may = request.resolver_match.view_name if request.resolver_match else "", request.person.may
    counted = counts(request)
    mine = request.GET.get("view") == "mine"
    aside = _troubles(request).set_aside
    places = [
        ("queue", _("Queue"), reverse("desk:queue"), "inbox", counted["open"], here == "desk:queue" and not mine, True),
        (
            "mine",
            _("Mine"),
            reverse("desk:queue") + "?view=mine",
            "user",
            counted["mine"],
            here == "desk:queue" and mine,
            True,
        ),
        (
            "developers",
            _("With developers"),
            reverse("desk:developers"),
            "code",
            counted["developers"],
            here.startswith(("desk:developers", "desk:problem", "desk:ticket_escalation")),
            True,
        ),
        (
            "averages",
            _("Reports"),
            reverse("desk:averages"),
            "chart-line",
            None,
            "averages" in here or "report" in here,
            may(Permission.SEE_REPORTS),
        ),
        ("sent", _("Sent mail"), reverse("desk:sent"), "send", None, "sent" in here, may(Permission.SEE_MAIL)),
        ("aside", _("Set aside"), reverse("desk:aside"), "archive", aside, "aside" in here, may(Permission.SEE_MAIL)),
        (
            "people",
            _("People"),
            reverse("desk:people"),
            "users",
            None,
            here in ("desk:people", "desk:organisation"),
            True,
        ),
        ("duty", _("Duty"), reverse("desk:duty"), "calendar-clock", None, "duty" in here, True),
        (
            "setup",
            _("Set-up"),
            reverse("desk:mailboxes"),
            "settings-2",
            None,
            any(place in here for place in ("mailbox", "policy", "tracker")),
            may(Permission.MANAGE_DESK),
        ),
    ]
    return [
        RailItem(
            key,
            label,
            url,
            icon,
            count,
            is_current,
            is_rest=key in ("developers", "sent", "aside", "people", "duty", "setup"),
        )
        for key, label, url, icon, count, is_current, allowed in places
        if allowed
    ]
