"""Moments in words, in the zone of the person who reads."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from mainstay.ui.moments import exact_moment, short_moment

NOW = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english_in_amsterdam():
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Amsterdam")):
        yield


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "17 Nov"),  # 23:30 there, and it is half past midnight here: another day
        (timedelta(days=300), "22 Jan"),
        (timedelta(days=365), "18 Nov 2025"),
        (timedelta(minutes=-5), "00:35"),
    ],
)
def test_a_moment_is_told_the_shorter_the_nearer_it_is(ago, text):
    assert short_moment(NOW - ago, NOW) == text


def test_the_same_day_is_told_by_the_hour():
    assert short_moment(NOW - timedelta(hours=3), NOW - timedelta(hours=1)) == "21:30"


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Amsterdam", "Wed 18 Nov 2026, 00:30 CET"),
        ("Etc/UTC", "Tue 17 Nov 2026, 23:30 UTC"),
        ("Europe/Istanbul", "Wed 18 Nov 2026, 02:30 UTC+03"),
    ],
)
def test_the_exact_moment_names_its_zone(zone, text):
    with timezone.override(ZoneInfo(zone)):
        assert exact_moment(NOW) == text
