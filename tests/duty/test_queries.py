"""Who is on duty, until when, who comes next, and the roster by days of the reader's zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mainstay.duty import queries
from mainstay.duty.actions import add_absence, add_shift, leave_sign, set_presence
from mainstay.people.models import Person
from tests.cast import Cast

TODAY = date(2026, 11, 17)


@pytest.fixture
def all_seen(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.tom, cast.sue, cast.ada):
        leave_sign(person, at=now)


def plan(cast: Cast, person: Person, now: datetime, starts: int, ends: int, **more: Any) -> None:
    values = {"weekdays": range(7), "zone": "Etc/UTC", "valid_from": TODAY, **more}
    add_shift(person, starts=starts * 60, ends=ends * 60, by=cast.sue, at=now, **values)


def names(at: datetime) -> list[str]:
    return [person.name for person in queries.people_on_duty(at)]


@pytest.mark.usefixtures("all_seen")
def test_without_a_roster_whoever_is_here_is_on_duty(cast: Cast, now: datetime) -> None:
    assert names(now) == ["Ada", "Sue", "Tess", "Tom"]
    assert not queries.duty_at(now).has_roster
    leave_sign(cast.tess, at=now + timedelta(minutes=10))
    assert names(now + timedelta(minutes=16)) == ["Tess"]


@pytest.mark.usefixtures("all_seen")
def test_with_a_roster_only_those_with_a_shift(cast: Cast, now: datetime) -> None:
    plan(cast, cast.tess, now, 6, 14)
    plan(cast, cast.tom, now, 14, 22)
    assert names(now) == ["Tess"]
    assert queries.is_on_duty(cast.tess, now)
    assert not queries.is_on_duty(cast.tom, now)
    assert queries.duty_until(cast.tess, now) == datetime(2026, 11, 17, 14, 0, tzinfo=UTC)
    assert queries.duty_until(cast.tom, now) is None
    assert queries.next_on_duty(now) == (cast.tom, datetime(2026, 11, 17, 14, 0, tzinfo=UTC))


@pytest.mark.usefixtures("all_seen")
def test_a_roster_that_begins_tomorrow_or_has_ended_is_none_today(cast: Cast, now: datetime) -> None:
    plan(cast, cast.tess, now, 6, 14, valid_from=TODAY + timedelta(days=1), valid_until=TODAY + timedelta(days=2))
    assert not queries.duty_at(now).has_roster
    assert queries.duty_at(now + timedelta(days=1)).has_roster
    assert not queries.duty_at(now + timedelta(days=3)).has_roster


@pytest.mark.usefixtures("all_seen")
def test_absent_away_and_closed_accounts_are_not_on_duty(cast: Cast, now: datetime) -> None:
    for person in (cast.tess, cast.tom, cast.sue, cast.ada):
        plan(cast, person, now, 6, 22)
    add_absence(cast.tess, starts_at=now, ends_at=None, by=cast.tess, at=now)
    set_presence(cast.tom, "away", by=cast.tom, at=now)
    cast.ada.account.is_active = False
    cast.ada.account.save()
    assert names(now) == ["Sue"]


def test_nobody_comes_next_on_a_desk_without_shifts(cast: Cast, now: datetime) -> None:
    assert queries.next_on_duty(now) is None


def test_the_moment_costs_four_queries_however_many_people(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    plan(cast, cast.tess, now, 6, 14)
    with django_assert_num_queries(4):
        queries.duty_at(now)
    plan(cast, cast.tom, now, 6, 14)
    add_absence(cast.tom, starts_at=now, ends_at=None, by=cast.tom, at=now)
    with django_assert_num_queries(4):
        queries.duty_at(now)
    with django_assert_num_queries(4):
        queries.roster(TODAY, TODAY + timedelta(days=6), ZoneInfo("Etc/UTC"))


def test_the_roster_cuts_a_night_shift_at_the_readers_midnight(cast: Cast, now: datetime) -> None:
    plan(cast, cast.tess, now, 20, 4, weekdays=[1])
    row = next(
        row
        for row in queries.roster(TODAY, TODAY + timedelta(days=1), ZoneInfo("Europe/Amsterdam"))
        if row.person == cast.tess
    )
    utc = [[(start.hour, end.hour) for start, end in day.spans] for day in row.days]
    assert utc == [[(20, 23)], [(23, 4)]]  # Amsterdam's midnight is 23:00 UTC in November


def test_the_roster_shows_absences_on_each_day_they_cover(cast: Cast, now: datetime) -> None:
    plan(cast, cast.tess, now, 6, 14)
    add_absence(cast.tess, starts_at=now, ends_at=now + timedelta(days=1), reason="sick", by=cast.tess, at=now)
    row = next(
        row for row in queries.roster(TODAY, TODAY + timedelta(days=2), ZoneInfo("Etc/UTC")) if row.person == cast.tess
    )
    assert [bool(day.absence) for day in row.days] == [True, True, False]
    assert [[(s.hour, e.hour) for s, e in day.spans] for day in row.days] == [[(6, 10)], [(10, 14)], [(6, 14)]]


def test_a_roster_is_never_longer_than_two_months(cast: Cast) -> None:
    row = queries.roster(TODAY, date(2999, 1, 1), ZoneInfo("Etc/UTC"))[0]
    assert len(row.days) == 62


def test_who_may_open_a_shift_or_an_absence(cast: Cast, now: datetime) -> None:
    plan(cast, cast.tess, now, 6, 14)
    absence = add_absence(cast.tess, starts_at=now, ends_at=None, by=cast.tess, at=now)
    shift = cast.tess.shifts.get()
    assert queries.shift_for(cast.sue, shift.pk) == shift
    assert queries.shift_for(cast.tess, shift.pk) is None
    assert queries.absence_for(cast.tess, absence.pk) == absence
    assert queries.absence_for(cast.sue, absence.pk) == absence
    assert queries.absence_for(cast.tom, absence.pk) is None
