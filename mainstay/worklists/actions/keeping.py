"""Keep views: made, changed, removed. What is done to a shared one stands in the log of settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.live.announcing import announce
from mainstay.people.errors import NoSuchRole, NotAllowed
from mainstay.people.models import Person, Team
from mainstay.people.queries import role_with_key
from mainstay.people.states import Permission

from ..errors import NoAudience, NoSuchView, NoViewName, TooManyViews, ViewChangedMeanwhile, ViewNameTaken
from ..models import NAME_LENGTH, View
from ..queries import may_change, may_share
from ..rules import Shape
from ..states import Audience

NOUN = "view"
VIEWS_MAX = 100  # of one owner, and of all that are shared
QUEUE = "queue"


@dataclass(frozen=True)
class Sharing:
    """Whom a view is for: `role` is a role's key, `team` the key of a team, each with its audience only."""

    audience: str = Audience.OWNER.value
    role: str = ""
    team: int | None = None


OWN = Sharing()


@transaction.atomic
def add_view(*, name: str, shape: Shape, sharing: Sharing = OWN, by: Person, at: datetime) -> View:
    """The view is there. Raises NoViewName, ViewNameTaken, NoAudience, TooManyViews, and NotAllowed for a shared one."""
    if not by.may(Permission.SEE_TICKETS):
        raise NotAllowed
    view = View()
    _share(view, sharing, by)
    if View.objects.filter(owner=view.owner_id).count() >= VIEWS_MAX:
        raise TooManyViews
    _form(view, shape)
    _save(view, name, by, at)
    _record(view, {}, seen_of(view), by, at)
    return view


@transaction.atomic
def change_view(view: View, *, name: str, sharing: Sharing, seen: str = "", by: Person, at: datetime) -> View:
    """The view is called so and is for these. `seen`: the fingerprint of what its changer saw of it (`seen_of`)."""
    view, before = _held(view, seen, by)
    _share(view, sharing, by)
    _save(view, name, by, at)
    _record(view, before, seen_of(view), by, at)
    return view


@transaction.atomic
def reshape_view(view: View, *, shape: Shape, seen: str = "", by: Person, at: datetime) -> View:
    """The view shows this from now on. `seen` as for `change_view`."""
    view, before = _held(view, seen, by)
    _form(view, shape)
    _save(view, view.name, by, at)
    _record(view, before, seen_of(view), by, at)
    return view


@transaction.atomic
def remove_view(view: View, *, by: Person, at: datetime) -> None:
    """The view is gone; whoever has it open is told so. One that was removed already stays removed."""
    try:
        view, before = _held(view, "", by)
    except NoSuchView:
        return
    _record(view, before, {}, by, at)
    view.delete()
    announce(QUEUE)


def seen_of(view: View) -> dict[str, Any]:
    """The view as the log keeps it, and as whoever changes it saw it."""
    whom = {Audience.ROLE: view.role, Audience.TEAM: view.team.name if view.team else ""}.get(
        Audience(view.audience), ""
    )
    return {
        "name": view.name,
        "audience": str(view.audience),
        "for": whom,
        "terms": {key: list(values) for key, values in view.terms.items()},
        "order": str(view.order),
        "grouping": str(view.grouping),
        "columns": list(view.columns),
    }


def _held(view: View, seen: str, by: Person) -> tuple[View, dict[str, Any]]:
    found = View.objects.select_for_update(of=("self",)).select_related("changed_by", "team").filter(pk=view.pk).first()
    if found is None:
        raise NoSuchView
    if not may_change(found, by):
        raise NotAllowed
    before = seen_of(found)
    if seen and seen != fingerprint(before):
        raise ViewChangedMeanwhile(found.changed_by.name if found.changed_by else "")
    return found, before


def _share(view: View, sharing: Sharing, by: Person) -> None:
    """A view that is no longer shared is its changer's own."""
    audience = Audience(sharing.audience)
    if audience != Audience.OWNER and not may_share(by):
        raise NotAllowed
    view.audience, view.owner, view.role, view.team = audience, None, "", None
    if audience == Audience.OWNER:
        view.owner = by
    elif audience == Audience.ROLE:
        view.role = _role(sharing.role)
    elif audience == Audience.TEAM:
        view.team = Team.objects.filter(pk=sharing.team or 0).first()
        if view.team is None:
            raise NoAudience


def _role(key: str) -> str:
    try:
        return role_with_key(key).key
    except NoSuchRole:
        raise NoAudience from None


def _form(view: View, shape: Shape) -> None:
    view.terms = {key: list(values) for key, values in shape.terms.items()}
    view.order, view.grouping, view.columns = shape.order, shape.grouping, list(shape.columns)


def _save(view: View, name: str, by: Person, at: datetime) -> None:
    view.name = " ".join(name.replace("\x00", "").split())
    if not view.name or len(view.name) > NAME_LENGTH:
        raise NoViewName
    view.changed_at, view.changed_by = at, by
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise ViewNameTaken from None
    announce(QUEUE)


def _record(view: View, before: dict[str, Any], after: dict[str, Any], by: Person, at: datetime) -> None:
    """One's own views are one's own business; one that was shared, or is now, is everybody's."""
    was_shared = bool(before) and before["audience"] != Audience.OWNER
    is_shared = bool(after) and after["audience"] != Audience.OWNER
    if not (was_shared or is_shared):
        return
    record_change(
        by=by,
        at=at,
        noun=NOUN,
        subject=view.name,
        key=view.pk,
        before=before if was_shared else {},
        after=after if is_shared else {},
    )
