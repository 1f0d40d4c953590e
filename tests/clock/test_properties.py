"""What must hold for business time whatever the calendar, and a slow count on the wall clock to compare with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mainstay.clock.calendar import Calendar
from mainstay.clock.hours import DAY, Hours, Interval, overlapping
from tests.clock.calendars import always, calendar, office, utc

ZONES = (
    "Etc/UTC",
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",  # summer time of half an hour
    "America/Sao_Paulo",  # jumps at midnight
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out a whole day
    "Africa/Casablanca",  # changes four times a year
)
CHANGES = [
    utc("2026-03-29 01:00"),
    utc("2026-10-25 01:00"),
    utc("2026-11-01 06:00"),
    utc("2026-04-04 15:00"),
    utc("2017-10-15 03:00"),
    utc("2018-02-18 02:00"),
    utc("2011-12-30 10:00"),
    utc("2026-02-15 02:00"),
    utc("2027-01-01 00:00"),
]
MINUTE = timedelta(minutes=1)


@st.composite
def day_hours(draw: st.DrawFn) -> Hours:
    quarters = draw(st.lists(st.integers(0, 120), max_size=6, unique=True).map(sorted))
    pairs = zip(quarters[::2], quarters[1::2], strict=False)
    found = [(start * 900, end * 900) for start, end in pairs if start < 96]
    hours = tuple(Interval(start, min(end, start + DAY)) for start, end in found)
    return hours if overlapping(hours) is None else hours[:1]


near_changes = st.builds(
    lambda change, minutes: change + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-3 * 1440, 3 * 1440)
)
moments = near_changes | st.datetimes(datetime(2005, 1, 1), datetime(2035, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
moments_with_parts = st.builds(lambda at, micro: at + timedelta(microseconds=micro), moments, st.integers(0, 999_999))
dates_near_changes = st.builds(
    lambda change, days: (change + timedelta(days=days)).date(), st.sampled_from(CHANGES), st.integers(-4, 4)
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = [draw(day_hours()) for _ in range(7)]
    week[draw(st.integers(0, 6))] = (Interval(9 * 3600, 17 * 3600),)
    return Calendar(
        draw(st.sampled_from(ZONES)),
        tuple(week),  # type: ignore[arg-type]
        draw(st.frozensets(dates_near_changes, max_size=4)),
        draw(st.dictionaries(dates_near_changes, day_hours(), max_size=4)),
    )


# Calendars that keep their tables between examples: most of the time goes into computing years.
KEPT = (
    office("06:00-22:00"),
    office("09:00-12:30", "13:00-17:15", zone="Europe/Amsterdam", closed=("2026-12-25", "2027-01-01")),
    always("America/New_York", closed=("2026-07-04",)),
    calendar(
        "Australia/Lord_Howe", special={"2026-04-05": ("01:00-03:00",)}, fri=("22:00-06:00",), sun=("00:00-24:00",)
    ),
    calendar("Africa/Casablanca", **dict.fromkeys(("mon", "wed", "fri", "sat", "sun"), ("20:00-04:00",))),
)
kept = st.sampled_from(KEPT)
some_seconds = st.integers(-60 * DAY, 60 * DAY)


def counted_on_the_wall_clock(it: Calendar, start: datetime, end: datetime) -> int:
    """Business seconds by looking at the clock every minute: each time of day that it shows inside the hours counts once."""
    zone, minutes, at = ZoneInfo(it.zone), 0, start
    while at < end:
        local = at.astimezone(zone)
        minutes += local.fold == 0 and shows_open(it, local)
        at += MINUTE
    return minutes * 60


def shows_open(it: Calendar, local: datetime) -> bool:
    seconds = local.hour * 3600 + local.minute * 60
    yesterday = local.date() - timedelta(days=1)
    return any(opening.start <= seconds < opening.end for opening in it.hours_on(local.date())) or any(
        opening.start <= seconds + DAY < opening.end for opening in it.hours_on(yesterday)
    )


@settings(max_examples=60, deadline=None)
@given(calendars(), near_changes, st.integers(0, 3 * 1440))
@example(always("Europe/Amsterdam"), utc("2026-10-24 12:00"), 2 * 1440)
@example(always("Europe/Amsterdam"), utc("2026-03-28 12:00"), 2 * 1440)
@example(always("Pacific/Apia"), utc("2011-12-29 12:00"), 2 * 1440)
def test_elapsed_is_what_the_wall_clock_shows(it: Calendar, start: datetime, minutes: int) -> None:
    end = start + minutes * MINUTE
    assert it.elapsed(start, end) == counted_on_the_wall_clock(it, start, end)


@settings(max_examples=150, deadline=None)
@given(calendars(), near_changes)
def test_open_is_what_the_wall_clock_shows(it: Calendar, at: datetime) -> None:
    local = at.astimezone(ZoneInfo(it.zone))
    if local.fold == 0:
        assert it.is_open(at) == shows_open(it, local)


@settings(max_examples=400, deadline=None)
@given(kept, moments_with_parts, some_seconds)
def test_elapsed_until_due_is_what_was_asked_for(it: Calendar, start: datetime, seconds: int) -> None:
    assert it.elapsed(start, it.due(start, seconds)) == seconds


@settings(max_examples=60, deadline=None)
@given(calendars(), moments_with_parts, some_seconds)
def test_elapsed_until_due_is_what_was_asked_for_in_any_calendar(it: Calendar, start: datetime, seconds: int) -> None:
    assert it.elapsed(start, it.due(start, seconds)) == seconds


@settings(max_examples=300, deadline=None)
@given(kept, moments, st.integers(1, 60 * DAY))
def test_due_is_the_first_such_second_forwards_and_the_last_backwards(
    it: Calendar, start: datetime, seconds: int
) -> None:
    second = timedelta(seconds=1)
    assert it.elapsed(start, it.due(start, seconds) - second) == seconds - 1
    assert it.elapsed(start, it.due(start, -seconds) + second) == 1 - seconds


@settings(max_examples=300, deadline=None)
@given(kept, moments, moments, moments)
def test_elapsed_adds_up_over_whole_seconds(it: Calendar, first: datetime, second: datetime, third: datetime) -> None:
    assert it.elapsed(first, second) + it.elapsed(second, third) == it.elapsed(first, third)


@settings(max_examples=300, deadline=None)
@given(kept, moments_with_parts, moments_with_parts, moments_with_parts)
def test_later_is_never_less(it: Calendar, start: datetime, one: datetime, other: datetime) -> None:
    sooner, later = sorted((one, other))
    assert it.elapsed(start, sooner) <= it.elapsed(start, later)
    assert it.elapsed(sooner, start) >= it.elapsed(later, start)
    assert 0 <= it.elapsed(sooner, later) <= round((later - sooner).total_seconds()) + 1


@settings(max_examples=300, deadline=None)
@given(kept, moments_with_parts, some_seconds, some_seconds)
def test_more_seconds_are_due_no_sooner(it: Calendar, start: datetime, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    # `due` cuts parts of a second, and "no seconds" does not: a second of play.
    assert it.due(start, fewer) <= it.due(start, more) + timedelta(seconds=1)


@settings(max_examples=200, deadline=None)
@given(kept, moments_with_parts, moments_with_parts)
def test_the_way_back_is_as_long(it: Calendar, start: datetime, end: datetime) -> None:
    assert it.elapsed(start, end) == -it.elapsed(end, start)


@settings(max_examples=100, deadline=None)
@given(kept, st.lists(st.tuples(moments_with_parts, moments_with_parts), max_size=8))
def test_many_at_once_are_the_same_as_one_by_one(it: Calendar, pairs: list[tuple[datetime, datetime]]) -> None:
    fresh = Calendar(it.zone, it.weekly, it.closed, it.special)
    assert it.elapsed_many(iter(pairs)) == [it.elapsed(start, end) for start, end in pairs]
    if len(pairs) < 3:
        assert fresh.elapsed_many(pairs) == it.elapsed_many(pairs)


@settings(max_examples=300, deadline=None)
@given(kept, moments_with_parts)
def test_the_next_opening_is_open_and_nothing_counts_before_it(it: Calendar, at: datetime) -> None:
    opens = it.next_open(at)
    assert opens >= at
    assert it.is_open(opens)
    assert it.elapsed(at, opens) == 0
    assert opens == at or not it.is_open(opens - timedelta(seconds=1))


@settings(max_examples=300, deadline=None)
@given(kept, moments_with_parts)
def test_the_next_closing_is_the_first_closed_moment_after_the_opening(it: Calendar, at: datetime) -> None:
    closes = it.next_close(at)
    if closes is None:
        assert all(it.is_open(at + timedelta(days=days)) for days in range(0, 4000, 100))
        return
    assert closes > it.next_open(at)
    assert not it.is_open(closes)
    assert it.is_open(closes - timedelta(microseconds=1))


@settings(max_examples=200, deadline=None)
@given(kept, st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.integers(-400, 400))
def test_working_days_there_and_back(it: Calendar, day: date, days: int) -> None:
    later = it.add_days(day, days)
    if days:
        assert it.is_workday(later)
        assert abs(it.days_between(day, later)) in (abs(days), abs(days) + 1)
    if it.is_workday(day):
        assert it.days_between(day, later) == days
        assert it.add_days(later, -days) == day


@settings(max_examples=100, deadline=None)
@given(kept, st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.integers(0, 20))
def test_openings_add_up_to_the_elapsed_time_in_a_zone_without_jumps(it: Calendar, day: date, days: int) -> None:
    fixed = Calendar("Asia/Kathmandu", it.weekly, it.closed)
    openings = fixed.openings(day, day + timedelta(days=days))
    for opens, closes in openings:
        assert fixed.elapsed(opens, closes) == (closes - opens).total_seconds()
        assert fixed.is_open(opens)
