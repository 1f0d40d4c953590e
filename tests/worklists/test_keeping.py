"""Views are kept, shared with whom they should be, and never lost under somebody's hands."""

from datetime import datetime

import pytest

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Team
from mainstay.worklists.actions import Sharing, add_view, change_view, remove_view, reshape_view, seen_of
from mainstay.worklists.errors import (
    NoAudience,
    NoSuchView,
    NoViewName,
    TooManyViews,
    ViewChangedMeanwhile,
    ViewNameTaken,
)
from mainstay.worklists.models import View
from mainstay.worklists.queries import view_for, views_for
from mainstay.worklists.rules import Shape, shape_of
from tests.cast import Cast

SHAPE = Shape({"state": ("new", "open"), "severity": ("critical",)}, "opened", "nature", ("who", "tags"))
EVERYBODY = Sharing("everybody")


def names(person: object) -> list[str]:
    return [view.name for view in views_for(person)]  # type: ignore[arg-type]


def test_a_view_keeps_what_is_shown(cast: Cast, now: datetime) -> None:
    view = add_view(name="  Critical   ones ", shape=SHAPE, by=cast.tess, at=now)
    view.refresh_from_db()
    assert (view.name, shape_of(view)) == ("Critical ones", SHAPE)
    assert names(cast.tess) == ["Critical ones"]
    assert names(cast.tom) == []
    assert not SettingChange.objects.filter(noun="view").exists()  # one's own business


def test_a_shared_view_is_for_its_audience_and_in_the_log(cast: Cast, now: datetime) -> None:
    team = Team.objects.create(name="North")
    team.members.add(cast.tom)
    add_view(name="All", shape=SHAPE, sharing=EVERYBODY, by=cast.sue, at=now)
    add_view(name="Dev", shape=SHAPE, sharing=Sharing("role", role="developer"), by=cast.sue, at=now)
    north = add_view(name="North", shape=SHAPE, sharing=Sharing("team", team=team.pk), by=cast.sue, at=now)
    assert (names(cast.tess), names(cast.dev), names(cast.tom)) == (["All"], ["All", "Dev"], ["All", "North"])
    assert SettingChange.objects.filter(noun="view").count() == 3
    with pytest.raises(NoSuchView):
        view_for(cast.tess, north.pk)
    assert view_for(cast.sue, north.pk) == north  # who keeps shared views sees them all


def test_a_team_that_is_gone_shows_its_view_to_nobody(cast: Cast, now: datetime) -> None:
    team = Team.objects.create(name="North")
    team.members.add(cast.tom)
    view = add_view(name="North", shape=SHAPE, sharing=Sharing("team", team=team.pk), by=cast.sue, at=now)
    team.delete()
    assert names(cast.tom) == names(cast.tess) == []
    assert view_for(cast.sue, view.pk).team is None


def test_only_who_keeps_shared_views_shares_and_changes_them(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        add_view(name="x", shape=SHAPE, sharing=EVERYBODY, by=cast.tess, at=now)
    view = add_view(name="x", shape=SHAPE, sharing=EVERYBODY, by=cast.sue, at=now)
    for verb in (
        lambda: reshape_view(view, shape=Shape({}), by=cast.tess, at=now),
        lambda: change_view(view, name="y", sharing=EVERYBODY, by=cast.tess, at=now),
        lambda: remove_view(view, by=cast.tess, at=now),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert View.objects.get().name == "x"


def test_nobody_changes_a_colleague_s_own_view(cast: Cast, now: datetime) -> None:
    view = add_view(name="x", shape=SHAPE, by=cast.tess, at=now)
    with pytest.raises(NotAllowed):
        remove_view(view, by=cast.ada, at=now)
    with pytest.raises(NoSuchView):
        view_for(cast.ada, view.pk)


def test_who_comes_second_is_told_and_may_save_again(cast: Cast, now: datetime) -> None:
    view = add_view(name="x", shape=SHAPE, sharing=EVERYBODY, by=cast.sue, at=now)
    seen = fingerprint(seen_of(view))
    reshape_view(view, shape=Shape({"state": ("open",)}), seen=seen, by=cast.ada, at=now)
    with pytest.raises(ViewChangedMeanwhile, match="Ada has changed this view"):
        reshape_view(view, shape=Shape({}), seen=seen, by=cast.sue, at=now)
    view.refresh_from_db()
    reshape_view(view, shape=Shape({}), seen=fingerprint(seen_of(view)), by=cast.sue, at=now)
    view.refresh_from_db()
    assert shape_of(view).terms == {}
    logged = SettingChange.objects.order_by("-pk")[0]
    assert (logged.by_name, logged.before["terms"], logged.after["terms"]) == ("Sue", {"state": ["open"]}, {})


def test_a_removed_view_is_gone_for_who_still_has_it(cast: Cast, now: datetime) -> None:
    view = add_view(name="x", shape=SHAPE, sharing=EVERYBODY, by=cast.sue, at=now)
    stale = View.objects.get()
    remove_view(view, by=cast.sue, at=now)
    remove_view(stale, by=cast.sue, at=now)
    with pytest.raises(NoSuchView):
        reshape_view(stale, shape=SHAPE, by=cast.sue, at=now)
    assert SettingChange.objects.order_by("-pk")[0].after == {}


def test_names_and_audiences_that_are_none(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    add_view(name="Mine", shape=SHAPE, by=cast.tess, at=now)
    add_view(name="mine", shape=SHAPE, by=cast.tom, at=now)
    with pytest.raises(ViewNameTaken):
        add_view(name="MINE", shape=SHAPE, by=cast.tess, at=now)
    for name in ("", "  ", "\x00", "x" * 61):
        with pytest.raises(NoViewName):
            add_view(name=name, shape=SHAPE, by=cast.tess, at=now)
    for sharing in (Sharing("role", role="king"), Sharing("team", team=12345), Sharing("team")):
        with pytest.raises(NoAudience):
            add_view(name="x", shape=SHAPE, sharing=sharing, by=cast.sue, at=now)
    monkeypatch.setattr("mainstay.worklists.actions.keeping.VIEWS_MAX", 1)
    with pytest.raises(TooManyViews):
        add_view(name="x", shape=SHAPE, by=cast.tess, at=now)


def test_shared_no_more_it_is_its_changers_own(cast: Cast, now: datetime) -> None:
    view = add_view(name="x", shape=SHAPE, sharing=EVERYBODY, by=cast.sue, at=now)
    change_view(view, name="x", sharing=Sharing(), by=cast.ada, at=now)
    assert (names(cast.ada), names(cast.tess)) == (["x"], [])
    assert SettingChange.objects.order_by("-pk")[0].after == {}
