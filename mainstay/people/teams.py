"""Teams: colleagues who work together, and what they take."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint

from .administering import take_turn
from .errors import ChangedMeanwhile, NoSuchTeam, TeamNameTaken
from .models import Person, Team
from .queries import staff_members


@transaction.atomic
def add_team(
    *,
    name: str,
    members: Collection[int],
    languages: Collection[str] = (),
    natures: Collection[str] = (),
    by: Person | None,
    at: datetime,
) -> Team:
    """The team is there. `members` are keys of persons; who is not of the staff is left out. Raises TeamNameTaken."""
    by = take_turn(by)
    team = Team()
    _set(team, name, members, languages, natures)
    record_change(by=by, at=at, noun="team", subject=team.name, key=team.pk, before={}, after=seen_of(team))
    return team


@transaction.atomic
def change_team(
    team: Team,
    *,
    name: str,
    members: Collection[int],
    languages: Collection[str] = (),
    natures: Collection[str] = (),
    seen: str = "",
    by: Person | None,
    at: datetime,
) -> Team:
    """The team is so. `seen` as for `roles.change_role`. Raises TeamNameTaken and ChangedMeanwhile."""
    by = take_turn(by)
    found = Team.objects.select_for_update().filter(pk=team.pk).first()
    if found is None:
        raise NoSuchTeam
    team = found
    before = seen_of(team)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    _set(team, name, members, languages, natures)
    record_change(by=by, at=at, noun="team", subject=team.name, key=team.pk, before=before, after=seen_of(team))
    return team


@transaction.atomic
def remove_team(team: Team, *, by: Person | None, at: datetime) -> None:
    """The team is gone; its members stay what they are."""
    by = take_turn(by)
    found = Team.objects.select_for_update().filter(pk=team.pk).first()
    if found is None:
        return
    record_change(by=by, at=at, noun="team", subject=found.name, key=found.pk, before=seen_of(found), after={})
    found.delete()


def seen_of(team: Team) -> dict[str, Any]:
    """The team as the log keeps it, and as whoever changes it saw it."""
    return {
        "name": team.name,
        "members": [str(person) for person in team.members.order_by("name", "pk")],
        "languages": list(team.languages),
        "natures": list(team.natures),
    }


def _set(team: Team, name: str, members: Collection[int], languages: Collection[str], natures: Collection[str]) -> None:
    team.name = " ".join(name.split())[:60]
    team.languages, team.natures = list(dict.fromkeys(languages)), list(dict.fromkeys(natures))
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        raise TeamNameTaken from None
    team.members.set(staff_members().filter(pk__in=list(members)))
