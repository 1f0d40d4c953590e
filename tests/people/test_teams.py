"""Teams: who works together, and what they take."""

from datetime import UTC, datetime

import pytest

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import ChangedMeanwhile, NotAllowed, TeamNameTaken
from mainstay.people.models import Team
from mainstay.people.queries import teams_for
from mainstay.people.teams import add_team, change_team, remove_team, seen_of
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def a_team(cast: Cast, name: str = "Locks") -> Team:
    keys = [cast.tess.pk, cast.tom.pk, cast.paula.pk]
    return add_team(name=name, members=keys, languages=["nl", "nl"], natures=["wiki"], by=cast.ada, at=AT)


def test_a_team_has_members_of_the_staff_only_and_takes_what_it_says(cast: Cast) -> None:
    team = a_team(cast)
    assert list(team.members.order_by("name")) == [cast.tess, cast.tom]  # Paula is a customer
    assert (team.languages, team.natures) == (["nl"], ["wiki"])
    assert list(cast.tess.teams.all()) == [team]


def test_each_change_stands_in_the_log_in_words(cast: Cast) -> None:
    team = a_team(cast)
    change_team(team, name="Locks", members=[cast.tess.pk], languages=["nl"], natures=[], by=cast.ada, at=AT)
    remove_team(team, by=cast.ada, at=AT)
    rows = SettingChange.objects.filter(noun="team").order_by("pk")
    assert [(row.before, row.after) for row in rows] == [
        ({}, {"name": "Locks", "members": ["Tess", "Tom"], "languages": ["nl"], "natures": ["wiki"]}),
        ({"members": ["Tess", "Tom"], "natures": ["wiki"]}, {"members": ["Tess"], "natures": []}),
        ({"name": "Locks", "members": ["Tess"], "languages": ["nl"], "natures": []}, {}),
    ]
    assert not Team.objects.exists()


def test_a_name_is_one_team(cast: Cast) -> None:
    a_team(cast)
    with pytest.raises(TeamNameTaken):
        a_team(cast, "LOCKS")
    doors = a_team(cast, "Doors")
    with pytest.raises(TeamNameTaken):
        change_team(doors, name="locks", members=[], by=cast.ada, at=AT)
    assert [team.name for team in teams_for(cast.tess)] == ["Doors", "Locks"]


def test_of_two_who_change_it_at_once_the_second_is_told(cast: Cast) -> None:
    team = a_team(cast)
    seen = fingerprint(seen_of(team))
    change_team(team, name="Locks", members=[cast.tess.pk], seen=seen, by=cast.ada, at=AT)
    with pytest.raises(ChangedMeanwhile):
        change_team(team, name="Locks", members=[], seen=seen, by=cast.ada, at=AT)
    assert list(team.members.all()) == [cast.tess]


@pytest.mark.parametrize("who", ["tess", "dev", "sue", "paula"])
def test_others_form_no_teams(cast: Cast, who: str) -> None:
    team = a_team(cast)
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        add_team(name="Mine", members=[], by=by, at=AT)
    with pytest.raises(NotAllowed):
        change_team(team, name="Mine", members=[], by=by, at=AT)
    with pytest.raises(NotAllowed):
        remove_team(team, by=by, at=AT)


def test_customers_see_no_teams(cast: Cast) -> None:
    a_team(cast)
    assert not teams_for(cast.paula).exists()
