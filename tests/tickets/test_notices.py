"""What the desk writes by itself: hours in the reader's zone, an honest wait, never a promise for one problem."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from mainstay.clock.calendar import Calendar
from mainstay.clock.hours import read_interval
from mainstay.policy.reading import read_policy
from mainstay.tickets.notices import acknowledgement, opening_hours, opening_line, usual_wait
from tests.cast import POLICY, Cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
calendar = read_policy(POLICY.read_text(encoding="utf-8")).calendar


@pytest.mark.parametrize(
    ("zone", "hours"),
    [
        ("Etc/UTC", "Monday–Friday 06:00–22:00"),
        ("Europe/Amsterdam", "Monday–Friday 07:00–23:00"),
        ("America/New_York", "Monday–Friday 01:00–17:00"),
        ("Asia/Tokyo", "Monday–Friday 15:00–07:00"),
        ("Pacific/Honolulu", "Monday–Thursday 20:00–12:00, Sunday 20:00–12:00"),
    ],
)
def test_hours_are_told_in_the_readers_zone(zone: str, hours: str) -> None:
    assert opening_hours(calendar, ZoneInfo(zone), TUESDAY) == hours


def test_days_with_other_hours_stand_apart() -> None:
    long, short = (read_interval("08:00-12:00"), read_interval("13:00-17:00")), (read_interval("08:00-12:00"),)
    week = Calendar("Etc/UTC", (long, long, long, long, short, (), ()))
    told = opening_hours(week, ZoneInfo("Etc/UTC"), TUESDAY)
    assert told == "Monday–Thursday 08:00–12:00, 13:00–17:00, Friday 08:00–12:00"


def test_when_closed_the_next_opening_is_told() -> None:
    saturday = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
    assert "We open again on Monday 16 November, 06:00." in opening_line(calendar, ZoneInfo("Etc/UTC"), saturday)
    assert "again" not in opening_line(calendar, ZoneInfo("Etc/UTC"), TUESDAY)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (10, "1 minute"), (240, "4 minutes"), (5400, "2 hours"), (3000, "50 minutes"), (36000, "10 hours")],
)
def test_the_usual_wait_is_measured_or_not_told(seconds: int | None, words: str) -> None:
    assert words in usual_wait(seconds)
    assert bool(usual_wait(seconds)) == (seconds is not None)


def test_nothing_is_promised_for_one_problem(cast: Cast) -> None:
    ticket = cast.writes(cast.olaf, TUESDAY)
    with translation.override("en"):
        text = acknowledgement(ticket, TUESDAY).lower()
    for promise in ("we will answer", "within", "at the latest", "guarantee", "you will hear"):
        assert promise not in text
