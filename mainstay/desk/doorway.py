"""The door itself: who may come in, and what every page of the desk needs."""

from collections.abc import Callable, Sequence
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
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Account, Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.queries import counters_for

from .deeds.registry import deeds_url, keys_for
from .duty.signs import ShownPresence, shown_presence
from .live.ends import LiveEnd, live_end
from .live.topics import SHELL_TOPICS
from .notifications.bell import Bell, bell_of
from .quiet import standing_now
from .rail import RailItem, RailPart, rail_of
from .setup.navigation import SetupNavigation, navigation_for

View = Callable[..., HttpResponseBase]
Done = TypeVar("Done")
DEADLOCKS = ("40P01", "40001")  # deadlock detected, serialization failure

COUNTED = ("open", "mine", "unassigned", "waiting", "developers")


class DeskRequest(HttpRequest):
    """A request of somebody who is allowed in."""

    person: Person
    user: Account
    htmx: bool
    policy: Policy
    live_position: str
    rail_views: Sequence[RailPart]  # set by pages of the queue


def staff_only(*permissions: Permission) -> Callable[[View], View]:
    """Only for staff with one of these permissions: a visitor is asked to sign in, others are told that they may not."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not _may_come_in(request.person, permissions):
                raise NotAllowed
            return view(request, *args, **kwargs)

        guarded.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return guarded

    return decorate


def for_staff(view: View) -> View:
    """For everybody who works here, also whose role allows nothing: what is one's own."""
    return staff_only()(view)


def _may_come_in(person: Person, permissions: Sequence[Permission]) -> bool:
    """None named: whoever works here."""
    return any(person.may(permission) for permission in permissions) if permissions else person.is_staff


def for_everybody(view: View) -> View:
    """No sign-in: the view itself decides what is shown to whom."""
    view.permissions = None  # type: ignore[attr-defined]
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
    around = {"shell": shell(request, topics, about), "standing": standing_now(timezone.now())}
    if not is_ahead(request):
        return render(request, template, {**around, **context}, status=status)
    # What Django keeps to be said once stays for the page that somebody sees.
    page = render(request, template, {**around, **context, "messages": ()}, status=status)
    # What is announced from now on is heard when it is shown; what one wrote there meanwhile no cache would know.
    page["Cache-Control"] = "no-store"
    return page


def is_ahead(request: HttpRequest) -> bool:
    """Whether a browser only fetches what somebody may open next: nothing of it was seen by anybody."""
    asked = request.headers.get("X-By-Itself") == "ahead" or "prefetch" in request.headers.get("Sec-Purpose", "")
    return asked and request.method == "GET"


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
class Shell:
    """What stands around every page."""

    person: Person
    theme: str
    alarms: list[tuple[str, str]]
    rail: list[RailItem]
    live: LiveEnd
    login_url: str
    logout_url: str
    preferences_url: str
    quiet_url: str
    search_url: str  # empty for those who may not see tickets
    presence: ShownPresence
    bell: Bell
    setup: SetupNavigation | None  # on pages of set-up
    keys: str  # as `deeds.registry.keys_for`
    deeds_url: str


def shell(request: DeskRequest, topics: tuple[str, ...] = (), about: str = "") -> Shell:
    bell = bell_of(request, "" if is_ahead(request) else about)
    return Shell(
        person=request.person,
        theme=request.user.theme,
        alarms=_alarms(request),
        rail=_rail(request),
        live=live_end(
            [*SHELL_TOPICS, bell.topic, *topics],
            position=request.live_position,
            renew_url=reverse("desk:live_url"),
            shared=str(request.person.pk),
            visits_url=reverse("desk:visits"),
        ),
        login_url=reverse("account_login"),
        logout_url=reverse("account_logout"),
        preferences_url=reverse("desk:preferences"),
        quiet_url=reverse("desk:quiet_line"),
        search_url=reverse("desk:search") if request.person.may(Permission.SEE_TICKETS) else "",
        presence=shown_presence(request),
        bell=bell,
        setup=navigation_for(request.person, request.path),
        keys=keys_for(request.person),
        deeds_url=deeds_url(request.person),
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


def first_place(request: DeskRequest) -> str:
    """Where somebody begins whose role does not open the queue."""
    places = _rail(request)
    return places[0].url if places else reverse("desk:preferences")


def _rail(request: DeskRequest) -> list[RailItem]:
    """The places this person may go to; counters in one query, and one more for those who see mail."""
    counted, aside = counts(request), _troubles(request).set_aside
    counters = {"queue": counted["open"], "mine": counted["mine"], "developers": counted["developers"], "aside": aside}
    numbers = {f"go-{place}": number for place, number in counters.items()}
    return rail_of(request, request.person, numbers, {"go-queue": getattr(request, "rail_views", ())})
