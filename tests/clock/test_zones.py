from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mainstay.clock.zones import instant_of, jump_between, moment_at, offset_at, repeated_spans
from tests.clock.calendars import utc


@pytest.mark.parametrize(
    ("zone", "day", "seconds", "expected"),
    [
        ("Etc/UTC", "1970-01-01", 0, "1970-01-01 00:00"),
        ("Etc/UTC", "2026-11-20", 86_399, "2026-11-20 23:59:59"),
        ("Etc/UTC", "2026-11-20", 86_400, "2026-11-21 00:00"),
        ("Etc/UTC", "2026-11-20", 2 * 86_400 + 61, "2026-11-22 00:01:01"),
        ("Europe/Amsterdam", "2026-07-01", 9 * 3600, "2026-07-01 07:00"),
        ("Europe/Amsterdam", "2026-12-01", 9 * 3600 + 125, "2026-12-01 08:02:05"),
        ("Asia/Kathmandu", "2026-07-01", 9 * 3600, "2026-07-01 03:15"),
        # 29 March 2026: 02:00–03:00 is skipped at 01:00 UTC
        ("Europe/Amsterdam", "2026-03-29", 2 * 3600 - 1, "2026-03-29 00:59:59"),
        ("Europe/Amsterdam", "2026-03-29", 2 * 3600, "2026-03-29 01:00"),
        ("Europe/Amsterdam", "2026-03-29", 2 * 3600 + 1800, "2026-03-29 01:00"),
        ("Europe/Amsterdam", "2026-03-29", 3 * 3600, "2026-03-29 01:00"),
        ("Europe/Amsterdam", "2026-03-29", 3 * 3600 + 1, "2026-03-29 01:00:01"),
        # 25 October 2026: 02:00–03:00 is shown twice, the first time from 00:00 UTC
        ("Europe/Amsterdam", "2026-10-25", 2 * 3600 + 1800, "2026-10-25 00:30"),
        ("Europe/Amsterdam", "2026-10-25", 3 * 3600 - 1, "2026-10-25 00:59:59"),
        ("Europe/Amsterdam", "2026-10-25", 3 * 3600, "2026-10-25 02:00"),
        # a jump at midnight: 00:00–01:00 does not exist
        ("America/Sao_Paulo", "2017-10-15", 0, "2017-10-15 03:00"),
        # a whole day that does not exist
        ("Pacific/Apia", "2011-12-30", 12 * 3600, "2011-12-30 10:00"),
    ],
)
def test_the_instant_at_which_a_clock_first_shows_a_time(zone: str, day: str, seconds: int, expected: str) -> None:
    instant = instant_of(date.fromisoformat(day).toordinal(), seconds, ZoneInfo(zone))
    assert moment_at(instant) == utc(expected)


@pytest.mark.parametrize(
    ("zone", "year", "spans"),
    [
        ("Etc/UTC", 2026, []),
        ("Asia/Kathmandu", 2026, []),
        ("Europe/Amsterdam", 2026, [("2026-10-25 01:00", "2026-10-25 02:00")]),
        ("America/New_York", 2026, [("2026-11-01 06:00", "2026-11-01 07:00")]),
        ("Australia/Lord_Howe", 2026, [("2026-04-04 15:00", "2026-04-04 15:30")]),
    ],
)
def test_the_hours_that_a_clock_shows_twice(zone: str, year: int, spans: list[tuple[str, str]]) -> None:
    found = [(moment_at(start), moment_at(end)) for start, end in repeated_spans(year, ZoneInfo(zone))]
    assert found == [(utc(start), utc(end)) for start, end in spans]


def test_a_jump_on_the_last_day_of_the_year_belongs_to_that_year() -> None:
    # Bangladesh gave its summer time back on 31 December 2009 at 24:00.
    zone = ZoneInfo("Asia/Dhaka")
    spans = [(moment_at(start), moment_at(end)) for start, end in repeated_spans(2009, zone)]
    assert spans == [(utc("2009-12-31 17:00"), utc("2009-12-31 18:00"))]
    assert list(repeated_spans(2010, zone)) == []


def test_a_jump_on_the_first_day_of_the_year_belongs_to_that_year() -> None:
    # São Tomé went back to Greenwich time on 1 January 2019 at 02:00.
    zone = ZoneInfo("Africa/Sao_Tome")
    spans = [(moment_at(start), moment_at(end)) for start, end in repeated_spans(2019, zone)]
    assert spans == [(utc("2019-01-01 01:00"), utc("2019-01-01 02:00"))]
    assert list(repeated_spans(2018, zone)) == []


@pytest.mark.parametrize("early", range(1, 6))
@pytest.mark.parametrize("late", range(5))
def test_a_jump_is_found_to_the_second_from_wherever_the_search_begins(early: int, late: int) -> None:
    zone, expected = ZoneInfo("Europe/Amsterdam"), int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp())
    assert jump_between(expected - early, expected + late, zone) == expected
    assert (offset_at(expected - 1, zone), offset_at(expected, zone)) == (3600, 7200)


@pytest.mark.parametrize(
    ("zone", "jump", "day"),
    [
        ("Europe/Amsterdam", "2026-03-29 01:00", "2026-03-29"),
        ("Europe/Amsterdam", "2026-10-25 01:00", "2026-10-25"),
        ("Australia/Lord_Howe", "2026-10-03 15:30", "2026-10-04"),
        ("Australia/Lord_Howe", "2026-04-04 15:00", "2026-04-05"),
        ("Africa/Monrovia", "1972-01-07 00:44:30", "1972-01-07"),  # from an odd offset: 00:00:00 became 00:44:30
    ],
)
def test_every_second_around_a_jump_is_where_the_clock_first_shows_it(zone: str, jump: str, day: str) -> None:
    rules, at = ZoneInfo(zone), int(utc(jump).timestamp())
    first_shown: dict[datetime, int] = {}
    for instant in range(at - 5400, at + 5400):
        first_shown.setdefault(moment_at(instant).astimezone(rules).replace(tzinfo=None, fold=0), instant)
    midnight, ordinal = datetime.fromisoformat(day), date.fromisoformat(day).toordinal()
    first, last = (round((shown - midnight).total_seconds()) for shown in (min(first_shown), max(first_shown)))
    for seconds in range(max(first, 0), last):
        wall = midnight + timedelta(seconds=seconds)
        assert instant_of(ordinal, seconds, rules) == first_shown.get(wall, at), wall


@pytest.mark.parametrize("zone", ["Etc/UTC", "Europe/Amsterdam", "Asia/Kathmandu"])
def test_instants_and_offsets_are_whole_numbers_so_that_no_microsecond_is_lost(zone: str) -> None:
    # A float holds sixteen digits: positions of this century, in microseconds, have up to sixteen.
    rules = ZoneInfo(zone)
    assert {type(offset_at(0, rules)), type(instant_of(date(2026, 7, 1).toordinal(), 3600, rules))} == {int}
