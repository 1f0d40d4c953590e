"""Signs of people: what a request says of who sits there, and what the shell shows of one's own presence.

A sign is stored at most once a minute and process. Its answer is kept in the session, so that no page asks the database
for what its own corner shows; set in another browser, it is seen here within a minute.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.duty.actions import SIGN_SECONDS, leave_sign
from mainstay.duty.models import Presence
from mainstay.duty.rules import said_state
from mainstay.duty.states import Here
from mainstay.duty.words import presence_in_words
from mainstay.people.models import Person

KEPT = "presence"
_stored: dict[int, datetime] = {}  # person → when this process last stored a sign of them


@dataclass(frozen=True)
class Choice:
    """One thing to say of oneself; `value` is read by the view `presence`."""

    value: str
    label: str
    icon: str
    is_now: bool


@dataclass(frozen=True)
class ShownPresence:
    """One's own presence as the rail shows it; `word` is empty while one is here."""

    state: str
    word: str
    icon: str
    url: str
    sign_url: str
    choices: list[Choice]


def note_sign(request: HttpRequest, person: Person) -> None:
    """Whoever does something is here. Parts that the page reads again by itself are no sign: it may lie open unattended."""
    now = timezone.now()
    last = _stored.get(person.pk)
    if not person.is_staff or not _is_by_hand(request):
        return
    if last is not None and timedelta(0) <= now - last < timedelta(seconds=SIGN_SECONDS):
        return
    keep(request, leave_sign(person, at=now))
    _stored[person.pk] = now


def keep(request: HttpRequest, presence: Presence) -> None:
    """The session knows this presence; written only when it is another one."""
    until = presence.until.isoformat() if presence.until else ""
    if request.session.get(KEPT, [Here.HERE.value, ""]) != [presence.state, until]:
        request.session[KEPT] = [presence.state, until]


def shown_presence(request: HttpRequest) -> ShownPresence:
    state, until = request.session.get(KEPT, [Here.HERE.value, ""])
    kept = Presence(state=state, until=datetime.fromisoformat(until) if until else None)
    now = said_state(kept, timezone.now())
    return ShownPresence(
        state=now.value,
        word="" if now == Here.HERE else presence_in_words(now, kept.until),
        icon=ICONS[now],
        url=reverse("desk:presence"),
        sign_url=reverse("desk:presence_sign"),
        choices=[
            Choice("here", _("Here"), ICONS[Here.HERE], now == Here.HERE),
            Choice("away:15", _("Away for 15 minutes"), ICONS[Here.AWAY], False),
            Choice("away:60", _("Away for an hour"), ICONS[Here.AWAY], False),
            Choice("away", _("Away"), ICONS[Here.AWAY], now == Here.AWAY),
            Choice("off", _("Off duty"), ICONS[Here.OFF], now == Here.OFF),
        ],
    )


ICONS = {Here.HERE: "circle-check", Here.AWAY: "coffee", Here.OFF: "moon"}


def _is_by_hand(request: HttpRequest) -> bool:
    if request.headers.get("X-By-Itself"):
        return False
    if request.method not in ("GET", "HEAD"):
        return True
    return "HX-Request" not in request.headers and "text/html" in request.headers.get("Accept", "text/html")
