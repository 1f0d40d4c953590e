"""The screen on the wall: the few figures that a room reads from afar, and the signed addresses of screens without sign-in."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction

from mainstay.audit.actions import record_change
from mainstay.duty.queries import people_on_duty
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import age_seconds

from .errors import NoSuchBoard
from .figures import Brief, Forecast, Standing
from .forecast import forecast_of
from .measures import PROMISED
from .models import BoardLink
from .periods import month_at
from .queries import open_load, standing, tickets_behind

SALT = "mainstay.reports.board"
MOST_LINKS = 50


@dataclass(frozen=True)
class Oldest:
    """The ticket that has waited longest for its first answer, in business seconds."""

    number: int
    age_seconds: int
    target_seconds: int


@dataclass(frozen=True)
class Promised:
    """One promise: today, this month, the bank, and where the month is heading."""

    measure: str
    today: Brief
    month: Brief
    bank: int
    forecast: Forecast

    @property
    def is_tight(self) -> bool:
        """Kept by what is finished, but open tickets are over their target by more than is left."""
        return self.month.is_kept is True and self.bank < 0


@dataclass(frozen=True)
class Board:
    """What the wall shows; `on_duty` are names."""

    standing: Standing
    waiting: int
    oldest: Oldest | None
    open: int
    promised: tuple[Promised, ...]
    on_duty: tuple[str, ...]


def board_at(at: datetime, policy: Policy, *, viewer: Person) -> Board:
    """The board as this person may see it. Every figure by the function that the reports use."""
    now = standing(at, policy)
    return Board(
        standing=now,
        waiting=open_load("first_response", at).n,
        oldest=_oldest(viewer, at),
        open=open_load("resolution", at).n,
        promised=tuple(
            Promised(measure, now.today[measure], now.month[measure], now.bank[measure], forecast_of(measure, at=at))
            for measure in PROMISED
        ),
        on_duty=tuple(person.name for person in people_on_duty(at, away_after=policy.assignment.away_after)),
    )


def _oldest(viewer: Person, at: datetime) -> Oldest | None:
    ticket = tickets_behind(viewer, "first_response", month_at(at), is_open=True).first()
    if ticket is None:
        return None
    promise = ticket.promise
    age = age_seconds(promise, at, policy_of(promise.revision_id))
    return Oldest(ticket.number, age, promise.first_response_target_seconds)


# --- screens without sign-in ------------------------------------------------------------------------------------------


@transaction.atomic
def add_board_link(*, name: str, by: Person, at: datetime) -> BoardLink:
    """There is an address more for a screen. Raises NotAllowed."""
    if not by.may(Permission.PUBLISH_REPORTS):
        raise NotAllowed
    link = BoardLink.objects.create(name=name, by=by, made_at=at)
    record_change(by=by, at=at, noun="wallboard", subject=name, key=link.pk, before={}, after={"is_shown": True})
    return link


@transaction.atomic
def revoke_board_link(link: BoardLink, *, by: Person, at: datetime) -> None:
    """The screen shows nothing any more from its next reading on, within a minute. Raises NotAllowed."""
    if not by.may(Permission.PUBLISH_REPORTS):
        raise NotAllowed
    if BoardLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at, revoked_by=by):
        subject, key, shown = link.name, link.pk, {"is_shown": True}
        record_change(by=by, at=at, noun="wallboard", subject=subject, key=key, before=shown, after={})


def board_links_for(viewer: Person) -> list[BoardLink]:
    """The addresses that are in use; none for those who may not give them out."""
    if not viewer.may(Permission.PUBLISH_REPORTS):
        return []
    return list(BoardLink.objects.filter(revoked_at=None).select_related("by").order_by("-pk")[:MOST_LINKS])


def board_link_for(viewer: Person, pk: int) -> BoardLink | None:
    if not viewer.may(Permission.PUBLISH_REPORTS):
        return None
    return BoardLink.objects.filter(pk=pk).first()


def token_of(link: BoardLink) -> str:
    return signing.dumps(link.pk, salt=SALT)


def board_link_named(token: str) -> BoardLink:
    """The link of this address; raises NoSuchBoard for a forged one, a revoked one, and one whose maker sees no reports now."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NoSuchBoard from None
    links = BoardLink.objects.filter(pk=key, revoked_at=None)
    link = links.select_related("by__account", "by__organisation").first()
    if link is None or not link.by.may(Permission.SEE_REPORTS):
        raise NoSuchBoard
    return link
