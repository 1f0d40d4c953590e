"""Believable times: business time backwards, people's office hours, shifts."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.sample.company import TECHNICIANS
from mainstay.sample.moments import arrival, awake_from, earlier, is_awake, last_open, on_shift, shift_moment
from tests.sample.fake_calendar import WalkingCalendar

CALENDAR = WalkingCalendar()
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "seconds", "opened"),
    [
        ("2026-11-24 15:00", 3600, "2026-11-24 14:00"),
        ("2026-11-24 06:30", 3600, "2026-11-23 21:30"),
        ("2026-11-23 07:00", 2 * 3600, "2026-11-20 21:00"),  # Monday morning reaches back to Friday
        ("2026-11-22 12:00", 3600, "2026-11-20 21:00"),  # on a Sunday
    ],
)
def test_earlier_counts_business_time_backwards(now: str, seconds: int, opened: str) -> None:
    assert earlier(CALENDAR, at(now), seconds) == at(opened)


@given(MOMENTS, st.integers(1, 200 * 3600))
def test_from_that_moment_exactly_so_much_business_time_passes(now: datetime, seconds: int) -> None:
    assert CALENDAR.elapsed(earlier(CALENDAR, now, seconds), now) == seconds


@given(MOMENTS)
def test_the_last_open_moment_is_open_and_not_later(now: datetime) -> None:
    moment = last_open(CALENDAR, now)
    assert moment <= now
    assert CALENDAR.is_open(moment)


@pytest.mark.parametrize(
    ("zone", "moment", "awake"),
    [
        ("Asia/Tokyo", "2026-11-24 01:00", True),
        ("Asia/Tokyo", "2026-11-24 15:00", False),
        ("America/New_York", "2026-11-24 15:00", True),
        ("America/New_York", "2026-11-24 08:00", False),
        ("Europe/Berlin", "2026-11-22 10:00", False),  # a Sunday
        ("Australia/Sydney", "2026-11-22 23:00", True),  # Monday morning there
    ],
)
def test_people_are_awake_by_their_own_clock(zone: str, moment: str, awake: bool) -> None:
    assert is_awake(zone, at(moment)) is awake


@given(MOMENTS, st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Sydney"]))
def test_a_sleeper_writes_on_the_next_weekday_morning(moment: datetime, zone: str) -> None:
    later = awake_from(Random(1), zone, moment)
    assert is_awake(zone, later)
    assert timedelta(0) <= later - moment <= timedelta(days=4)


@given(st.integers(0, 10_000))
def test_arrivals_keep_office_hours_and_bounds(seed: int) -> None:
    since, until = at("2026-10-13 15:00"), at("2026-11-24 15:00")
    moment = arrival(Random(seed), "Asia/Almaty", since, until)
    assert since <= moment <= until
    assert is_awake("Asia/Almaty", moment)


@given(MOMENTS)
def test_staff_act_while_open_and_somebody_is_on_shift(moment: datetime) -> None:
    acting = shift_moment(Random(1), CALENDAR, TECHNICIANS, moment)
    assert acting >= moment
    assert CALENDAR.is_open(acting)
    assert on_shift(TECHNICIANS, acting)
