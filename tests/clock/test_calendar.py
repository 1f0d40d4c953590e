from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mainstay.clock.calendar import Calendar
from mainstay.clock.errors import BadHours, NaiveTime, NeverOpens, OutOfCalendar, UnknownZone
from mainstay.clock.hours import Interval
from tests.clock.calendars import always, calendar, hours, office, utc

HOUR = 3600
DESK = office("06:00-22:00")


# --- the worked examples of the product: Monday to Friday 06:00–22:00 UTC ---


def test_five_hours_from_friday_evening_are_over_on_monday_morning() -> None:
    friday = utc("2026-11-20 20:00")
    assert DESK.due(friday, 5 * HOUR) == utc("2026-11-23 09:00")
    assert DESK.elapsed(friday, utc("2026-11-23 09:00")) == 5 * HOUR


def test_from_thursday_evening_to_friday_morning_are_five_hours_and_thirteen_with_the_night() -> None:
    thursday, friday = utc("2026-11-19 20:00"), utc("2026-11-20 09:00")
    assert DESK.elapsed(thursday, friday) == 5 * HOUR
    assert DESK.all_day().elapsed(thursday, friday) == 13 * HOUR


@pytest.mark.parametrize("zone", ["Etc/UTC", "UTC", "Etc/GMT"])
def test_summer_time_in_london_changes_nothing(zone: str) -> None:
    desk = office("06:00-22:00", zone=zone)
    for day in ("2026-03-27", "2026-03-30", "2026-07-06", "2026-10-26"):
        assert desk.next_open(utc(f"{day} 00:00")) == utc(f"{day} 06:00")
        assert desk.next_close(utc(f"{day} 12:00")) == utc(f"{day} 22:00")
    assert desk.elapsed(utc("2026-03-27 20:00"), utc("2026-03-30 09:00")) == 5 * HOUR


def test_what_is_opened_outside_hours_starts_at_the_next_opening() -> None:
    night = utc("2026-11-20 03:00")
    assert DESK.elapsed(night, utc("2026-11-20 05:59")) == 0
    assert DESK.elapsed(night, utc("2026-11-20 06:04")) == 240
    assert DESK.due(night, 300) == utc("2026-11-20 06:05")


# --- elapsed ---


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-11-20 21:59:59", "2026-11-20 22:00", 1),
        ("2026-11-20 22:00", "2026-11-23 06:00", 0),
        ("2026-11-20 22:00", "2026-11-23 06:00:01", 1),
        ("2026-11-20 06:00", "2026-11-20 22:00", 16 * HOUR),
        ("2026-11-16 00:00", "2026-11-23 00:00", 80 * HOUR),
        ("2026-01-01 00:00", "2027-01-01 00:00", 261 * 16 * HOUR),
        ("2026-11-23 09:00", "2026-11-20 20:00", -5 * HOUR),
        ("2026-12-31 21:00", "2027-01-01 07:00", 2 * HOUR),
        ("1969-12-31 23:00", "1970-01-01 07:00", HOUR),
    ],
)
def test_elapsed_counts_the_open_seconds(start: str, end: str, seconds: int) -> None:
    assert DESK.elapsed(utc(start), utc(end)) == seconds
    assert DESK.elapsed_many([(utc(start), utc(end))]) == [seconds]


def test_elapsed_takes_moments_of_any_zone() -> None:
    start = datetime(2026, 11, 20, 21, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    end = datetime(2026, 11, 20, 22, 0, tzinfo=timezone(timedelta(hours=1)))
    assert DESK.elapsed(start, end) == HOUR


def test_breaks_do_not_count() -> None:
    shop = calendar(mon=("09:00-12:30", "13:00-17:00"))
    assert shop.elapsed(utc("2026-11-16 12:00"), utc("2026-11-16 13:30")) == HOUR
    assert not shop.is_open(utc("2026-11-16 12:45"))


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    night = calendar(fri=("22:00-06:00",), closed=("2026-11-21",))
    assert night.elapsed(utc("2026-11-20 00:00"), utc("2026-11-22 00:00")) == 8 * HOUR
    assert night.is_open(utc("2026-11-21 05:59:59"))
    assert not night.is_open(utc("2026-11-21 06:00"))
    closed = calendar(fri=("22:00-06:00",), closed=("2026-11-20",))
    assert closed.elapsed(utc("2026-11-20 00:00"), utc("2026-11-22 00:00")) == 0


def test_a_night_shift_over_new_year_is_whole() -> None:
    night = calendar(thu=("22:00-06:00",))
    assert night.elapsed(utc("2026-12-31 00:00"), utc("2027-01-02 00:00")) == 8 * HOUR
    assert Calendar("Etc/UTC", night.weekly).is_open(utc("2027-01-01 03:00"))


def test_openings_of_different_days_that_overlap_count_once() -> None:
    both = calendar(fri=("22:00-06:00",), sat=("00:00-24:00",))
    assert both.elapsed(utc("2026-11-20 00:00"), utc("2026-11-23 00:00")) == 26 * HOUR


def test_closed_dates_do_not_count_and_special_days_replace_the_week() -> None:
    desk = office(
        "09:00-17:00",
        closed=("2026-12-25", "2026-12-26"),
        special={"2026-12-24": ("09:00-12:00",), "2026-12-26": ("10:00-11:00",), "2026-12-28": ()},
    )
    assert [len(desk.hours_on(date(2026, 12, day))) for day in (24, 25, 26, 27, 28, 29)] == [1, 0, 1, 0, 0, 1]
    assert desk.elapsed(utc("2026-12-24 00:00"), utc("2026-12-29 00:00")) == 4 * HOUR
    assert desk.next_open(utc("2026-12-26 11:00")) == utc("2026-12-29 09:00")


@dataclass(frozen=True)
class FirstOfJanuary:
    def dates_in(self, year: int) -> frozenset[date]:
        return frozenset({date(year, 1, 1)})


def test_closures_that_follow_a_rule_hold_for_every_year_and_yield_to_special_days() -> None:
    week = (hours("09:00-17:00"),) * 7
    desk = Calendar("Etc/UTC", week, closures=FirstOfJanuary(), special={date(2030, 1, 1): hours("09:00-10:00")})
    for year in (2001, 2026, 2041):
        assert not desk.is_workday(date(year, 1, 1))
        assert desk.elapsed(utc(f"{year}-01-01 00:00"), utc(f"{year}-01-03 00:00")) == 8 * HOUR
    assert desk.elapsed(utc("2030-01-01 00:00"), utc("2030-01-02 00:00")) == HOUR
    assert desk.all_day().elapsed(utc("2029-01-01 00:00"), utc("2029-01-02 00:00")) == 0
    assert desk.all_day().elapsed(utc("2030-01-01 00:00"), utc("2030-01-02 00:00")) == 24 * HOUR


# --- parts of a second ---


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        (0, 499_999, 0),
        (0, 500_000, 1),
        (500_000, 1_000_000, 1),
        (250_000, 700_000, 0),
        (0, 1_499_999, 1),
        (0, 1_500_000, 2),
    ],
)
def test_the_difference_is_rounded_halves_away_from_zero(start: int, end: int, seconds: int) -> None:
    ten = utc("2026-11-20 10:00")
    first, last = ten + timedelta(microseconds=start), ten + timedelta(microseconds=end)
    assert (DESK.elapsed(first, last), DESK.elapsed(last, first)) == (seconds, -seconds)
    assert DESK.elapsed_many([(first, last), (last, first)]) == [seconds, -seconds]


def test_many_at_once_may_begin_at_the_epoch_or_be_none() -> None:
    epoch = utc("1970-01-01 00:00")
    assert office("06:00-22:00").elapsed_many([(epoch, epoch), (epoch, epoch + timedelta(hours=7))]) == [0, HOUR]
    assert DESK.elapsed_many([]) == []


def test_many_at_once_may_lie_far_apart() -> None:
    """Either end of a pair may be in years that nobody has asked for yet."""
    near, past, future = utc("2026-11-20 12:00"), utc("1996-11-20 12:00"), utc("2056-11-20 12:00")
    pairs = [(near, near), (near, future), (near, near), (past, near), (future, past), (near, past)]
    assert office("06:00-22:00").elapsed_many(pairs) == [DESK.elapsed(*pair) for pair in pairs]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("05:59:59.1", "06:00:00.4", 0),
        ("06:00:00.6", "06:00:01", 0),
        ("21:59:59.4", "22:00:00.9", 1),
        ("22:00:00.1", "22:00:00.9", 0),
    ],
)
def test_parts_of_a_second_outside_the_hours_do_not_count(start: str, end: str, seconds: int) -> None:
    pair = utc(f"2026-11-20 {start}"), utc(f"2026-11-20 {end}")
    assert DESK.elapsed(*pair) == seconds
    assert DESK.elapsed_many([pair]) == [seconds]


def test_due_is_a_whole_second_with_halves_towards_the_start() -> None:
    half = utc("2026-11-20 10:00:00.5")
    assert DESK.due(half, 60) == utc("2026-11-20 10:01:00")
    assert DESK.due(half, -60) == utc("2026-11-20 09:59:01")
    assert DESK.due(utc("2026-11-20 10:00:00.500001"), 60) == utc("2026-11-20 10:01:01")
    assert DESK.due(utc("2026-11-20 10:00:00.499999"), -60) == utc("2026-11-20 09:59:00")
    assert DESK.due(utc("2026-11-20 10:00:00.6"), 60) == utc("2026-11-20 10:01:01")
    assert DESK.due(utc("2026-11-20 10:00:00.4"), -60) == utc("2026-11-20 09:59:00")
    assert DESK.due(utc("2026-11-20 10:00"), 0.6) == utc("2026-11-20 10:00:01")
    assert DESK.due(utc("2026-11-20 21:59:59.999999"), 0.000001) == utc("2026-11-20 22:00")
    assert DESK.due(utc("2026-11-23 06:00:00.000001"), -0.000001) == utc("2026-11-23 06:00")


def test_no_seconds_at_all_is_the_start_itself() -> None:
    night = datetime(2026, 11, 21, 3, 0, 0, 500_000, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert DESK.due(night, 0) == night
    assert DESK.due(night, 0).tzinfo is UTC


# --- due ---


@pytest.mark.parametrize(
    ("start", "seconds", "expected"),
    [
        ("2026-11-20 21:00", HOUR, "2026-11-20 22:00"),  # an opening's end, not the next one's start
        ("2026-11-20 21:00", HOUR + 1, "2026-11-23 06:00:01"),
        ("2026-11-21 12:00", 1, "2026-11-23 06:00:01"),
        ("2026-11-23 07:00", -HOUR, "2026-11-23 06:00"),  # going back: an opening's start, not the last one's end
        ("2026-11-23 07:00", -HOUR - 1, "2026-11-20 21:59:59"),
        ("2026-11-22 12:00", -1, "2026-11-20 21:59:59"),
    ],
)
def test_due_is_when_so_many_open_seconds_have_passed(start: str, seconds: int, expected: str) -> None:
    due = DESK.due(utc(start), seconds)
    assert due == utc(expected)
    assert DESK.elapsed(utc(start), due) == seconds


def test_due_reaches_over_years_in_both_directions() -> None:
    fresh = office("06:00-22:00")
    year = 261 * 16 * HOUR
    start = utc("2026-01-01 00:00")
    assert fresh.due(start, year) == utc("2026-12-31 22:00")
    assert office("06:00-22:00").due(utc("2027-01-01 00:00"), -year) == start.replace(hour=6)
    for years, expected in ((9, "2035-01-02 22:00"), (-9, "2016-12-30 06:00")):
        far = office("06:00-22:00").due(start, years * year)
        assert fresh.elapsed(start, far) == years * year
        assert far == utc(expected)


# --- summer time in zones that have it ---


@pytest.mark.parametrize("known", [("2010-06-03 12:00", "2026-06-01 12:00"), ("2026-06-01 12:00", "2042-06-03 12:00")])
@pytest.mark.parametrize(("make", "a_year"), [(office, 261 * 8 * HOUR), (always, 365 * 24 * HOUR)])
def test_years_that_were_asked_for_before_do_not_shorten_the_search(
    known: tuple[str, str], make: Callable[..., Calendar], a_year: int
) -> None:
    """Sixteen years with openings lie in the table already: that says nothing of whether there are more."""
    desk = make("09:00-17:00") if make is office else make()
    desk.elapsed(*map(utc, known))
    for years, expected in ((-3, 2023), (3, 2029)):
        there = desk.due(utc("2026-06-01 12:00"), years * a_year)
        assert there.year == expected
        assert desk.elapsed(utc("2026-06-01 12:00"), there) == years * a_year


def test_the_hour_that_the_clock_skips_is_no_business_time() -> None:
    day = always("Europe/Amsterdam")
    assert day.elapsed(utc("2026-03-28 23:00"), utc("2026-03-29 22:00")) == 23 * HOUR
    night = calendar("Europe/Amsterdam", sun=("02:30-10:00",))
    assert night.next_open(utc("2026-03-29 00:00")) == utc("2026-03-29 01:00")
    assert night.elapsed(utc("2026-03-29 00:00"), utc("2026-03-30 00:00")) == 7 * HOUR


def test_an_opening_in_skipped_hours_only_is_none() -> None:
    night = calendar("Europe/Amsterdam", sun=("02:10-02:50",))
    assert night.openings(date(2026, 3, 29), date(2026, 3, 29)) == []
    assert night.next_open(utc("2026-03-29 00:00")) == utc("2026-04-05 00:10")


def test_the_hour_that_the_clock_shows_twice_counts_once_and_is_open_both_times() -> None:
    day = always("Europe/Amsterdam")
    assert day.elapsed(utc("2026-10-24 22:00"), utc("2026-10-25 23:00")) == 24 * HOUR
    assert day.elapsed(utc("2026-10-25 00:00"), utc("2026-10-25 01:00")) == HOUR
    assert day.elapsed(utc("2026-10-25 01:00"), utc("2026-10-25 02:00")) == 0
    assert day.elapsed(utc("2026-10-25 01:30"), utc("2026-10-25 02:30")) == HOUR / 2
    assert all(day.is_open(utc(f"2026-10-25 0{hour}:30")) for hour in (0, 1, 2))
    assert day.due(utc("2026-10-25 00:30"), HOUR) == utc("2026-10-25 02:30")
    assert day.due(utc("2026-10-25 02:30"), -HOUR) == utc("2026-10-25 00:30")


def test_an_opening_ends_when_the_clock_first_shows_its_end() -> None:
    night = calendar("Europe/Amsterdam", sat=("22:00-02:30",), sun=("02:45-06:00",))
    openings = night.openings(date(2026, 10, 24), date(2026, 10, 25))
    assert openings == [
        (utc("2026-10-24 20:00"), utc("2026-10-25 00:30")),
        (utc("2026-10-25 00:45"), utc("2026-10-25 05:00")),
    ]
    assert night.elapsed(utc("2026-10-24 00:00"), utc("2026-10-26 00:00")) == 4.5 * HOUR + 3.25 * HOUR


def test_the_same_wall_clock_times_hold_in_winter_and_summer() -> None:
    shop = office("09:00-17:00", zone="America/New_York")
    assert shop.next_open(utc("2026-01-12 00:00")) == utc("2026-01-12 14:00")
    assert shop.next_open(utc("2026-07-13 00:00")) == utc("2026-07-13 13:00")
    assert shop.elapsed(utc("2026-03-06 00:00"), utc("2026-03-10 00:00")) == 2 * 8 * HOUR


# --- open, next opening, next closing ---


def test_an_opening_starts_with_its_first_second_and_ends_before_its_last() -> None:
    assert DESK.is_open(utc("2026-11-20 06:00"))
    assert not DESK.is_open(utc("2026-11-20 05:59:59.999999"))
    assert DESK.is_open(utc("2026-11-20 21:59:59.999999"))
    assert not DESK.is_open(utc("2026-11-20 22:00"))


def test_the_next_opening_of_an_open_moment_is_the_moment_itself() -> None:
    at = utc("2026-11-20 12:00:00.25")
    assert DESK.next_open(at.astimezone(ZoneInfo("Asia/Tokyo"))) == at
    assert DESK.next_open(at.astimezone(ZoneInfo("Asia/Tokyo"))).tzinfo is UTC
    assert DESK.next_open(utc("2026-11-20 22:00:00.25")) == utc("2026-11-23 06:00")


def test_the_next_closing_is_that_of_the_running_or_of_the_next_opening() -> None:
    assert DESK.next_close(utc("2026-11-20 12:00")) == utc("2026-11-20 22:00")
    assert DESK.next_close(utc("2026-11-20 22:00")) == utc("2026-11-23 22:00")
    assert DESK.next_close(utc("2026-11-21 12:00")) == utc("2026-11-23 22:00")


def test_openings_that_touch_close_once() -> None:
    shifts = calendar(fri=("22:00-06:00",), sat=("06:00-14:00",))
    assert shifts.next_close(utc("2026-11-20 23:00")) == utc("2026-11-21 14:00")


def test_a_desk_that_is_always_open_never_closes_and_says_so_every_time() -> None:
    day = always()
    assert [day.next_close(utc("2026-11-20 12:00")) for _ in range(3)] == [None, None, None]
    assert always().next_close(utc("9990-11-20 12:00")) is None


def test_an_always_open_desk_closes_on_a_named_date_even_years_ahead() -> None:
    assert always(closed=("2031-05-01",)).next_close(utc("2026-11-20 12:00")) == utc("2031-05-01 00:00")
    assert always(special={"2031-05-01": ("08:00-24:00",)}).next_close(utc("2026-11-20 12:00")) == utc(
        "2031-05-01 00:00"
    )


def test_the_last_opening_of_all_has_an_end() -> None:
    once = calendar(special={"2026-12-31": ("09:00-17:00",)})
    assert once.next_close(utc("2026-12-31 12:00")) == utc("2026-12-31 17:00")
    assert once.due(utc("2026-12-31 12:00"), 5 * HOUR) == utc("2026-12-31 17:00")


def test_openings_are_those_that_belong_to_the_days_both_included() -> None:
    night = calendar(thu=("22:00-06:00",), fri=("08:00-12:00", "06:00-08:00"))
    assert night.openings(date(2026, 11, 19), date(2026, 11, 20)) == [
        (utc("2026-11-19 22:00"), utc("2026-11-20 06:00")),
        (utc("2026-11-20 06:00"), utc("2026-11-20 08:00")),
        (utc("2026-11-20 08:00"), utc("2026-11-20 12:00")),
    ]
    assert night.openings(date(2026, 11, 20), date(2026, 11, 19)) == []
    assert night.openings(date(2026, 11, 21), date(2026, 11, 25)) == []


# --- working days ---


def test_days_are_counted_over_weekends_and_closed_dates() -> None:
    desk = office("09:00-17:00", closed=("2026-12-25",))
    assert desk.add_days(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert desk.add_days(date(2026, 12, 28), -1) == date(2026, 12, 24)
    assert desk.days_between(date(2026, 12, 24), date(2026, 12, 31)) == 4
    assert desk.add_days(date(2026, 1, 1), 2610) == date(2036, 1, 4)
    assert desk.add_days(date(2036, 1, 4), -2610) == date(2026, 1, 1)


def test_days_are_counted_to_the_rim_of_what_is_precomputed_and_over_it() -> None:
    assert office("09:00-17:00").add_days(date(2026, 1, 1), 260) == date(2026, 12, 31)
    assert office("09:00-17:00").add_days(date(2026, 1, 1), 261) == date(2027, 1, 1)
    assert office("09:00-17:00").add_days(date(2026, 12, 31), -260) == date(2026, 1, 1)
    assert office("09:00-17:00").add_days(date(2026, 12, 31), -261) == date(2025, 12, 31)


def test_from_a_closed_day_the_count_begins_at_the_next_working_day_in_that_direction() -> None:
    desk = office("09:00-17:00")
    saturday = date(2026, 11, 21)
    assert [desk.add_days(saturday, days) for days in (1, 0, -1)] == [date(2026, 11, 24), saturday, date(2026, 11, 19)]


def test_a_moment_keeps_its_time_of_day_over_a_change_of_the_clock() -> None:
    desk = office("09:00-17:00", zone="Europe/Amsterdam")
    friday = utc("2026-10-23 14:20:30.25")
    assert desk.add_days(friday, 1) == utc("2026-10-26 15:20:30.25")
    assert desk.add_days(friday, 0) == friday
    assert desk.add_days(friday.astimezone(ZoneInfo("Asia/Tokyo")), 0).tzinfo is UTC
    assert desk.add_days(utc("2026-10-26 15:00"), -1) == utc("2026-10-23 14:00")


def test_days_between_moments_are_those_of_their_local_dates() -> None:
    tokyo = office("09:00-17:00", zone="Asia/Tokyo")
    assert tokyo.days_between(utc("2026-11-16 14:00"), utc("2026-11-16 16:00")) == 1
    assert tokyo.days_between(utc("2026-11-16 16:00"), utc("2026-11-16 14:00")) == -1
    assert tokyo.days_between(utc("2026-12-31 14:00"), utc("2027-01-04 14:00")) == 2


# --- the 24-hour working day ---


def test_the_whole_day_variant_keeps_working_days_closed_dates_and_zone() -> None:
    desk = office(
        "09:00-17:00",
        zone="Asia/Tokyo",
        closed=("2026-11-19",),
        special={"2026-11-21": ("09:00-10:00",), "2026-11-20": ()},
    )
    days = desk.all_day()
    assert days.zone == "Asia/Tokyo"
    assert [days.hours_on(date(2026, 11, day)) == hours("00:00-24:00") for day in (18, 19, 20, 21, 22)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert days.elapsed(utc("2026-11-15 15:00"), utc("2026-11-22 15:00")) == 4 * 24 * HOUR


# --- what is refused ---


def test_naive_moments_are_refused_everywhere() -> None:
    naive, aware = datetime(2026, 11, 20, 12), utc("2026-11-20 12:00")
    for ask in (
        lambda: DESK.elapsed(naive, aware),
        lambda: DESK.elapsed(aware, naive),
        lambda: DESK.elapsed_many([(naive, naive)]),
        lambda: DESK.elapsed_many([(aware, naive)]),
        lambda: DESK.due(naive, 5),
        lambda: DESK.due(naive, 0),
        lambda: DESK.is_open(naive),
        lambda: DESK.next_open(naive),
        lambda: DESK.next_close(naive),
        lambda: DESK.add_days(naive, 1),
        lambda: DESK.add_days(naive, 0),
        lambda: DESK.days_between(naive, aware),
    ):
        with pytest.raises(NaiveTime, match="A moment needs its zone: write 2026-11-20T20:00Z"):
            ask()
    assert issubclass(NaiveTime, ValueError)


def test_a_calendar_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    never = calendar()
    at = utc("2026-11-20 12:00")
    assert never.elapsed(at, at + timedelta(days=9)) == 0
    assert not never.is_open(at)
    for ask in (
        lambda: never.due(at, 1),
        lambda: never.due(at, -1),
        lambda: never.next_open(at),
        lambda: never.next_close(at),
        lambda: never.add_days(date(2026, 11, 20), 1),
        lambda: never.add_days(date(2026, 11, 20), -1),
    ):
        with pytest.raises(NeverOpens, match="has no more openings in that direction"):
            ask()


def test_a_calendar_of_special_days_opens_on_them_however_far_and_never_after() -> None:
    rare = calendar(special={"1950-06-01": ("09:00-10:00",), "2090-06-01": ("09:00-10:00",)})
    at = utc("2026-11-20 12:00")
    assert rare.next_open(at) == utc("2090-06-01 09:00")
    assert rare.due(at, 1800) == utc("2090-06-01 09:30")
    assert rare.due(at, -1800) == utc("1950-06-01 09:30")
    assert (rare.due(at, HOUR), rare.due(at, -HOUR)) == (utc("2090-06-01 10:00"), utc("1950-06-01 09:00"))
    assert rare.add_days(date(2090, 6, 1), -1) == date(1950, 6, 1)
    assert rare.add_days(date(1950, 6, 1), 1) == date(2090, 6, 1)
    for ask in (
        lambda: rare.due(at, HOUR + 1),
        lambda: rare.due(at, -HOUR - 1),
        lambda: rare.next_open(utc("2090-06-01 10:00")),
    ):
        with pytest.raises(NeverOpens):
            ask()


@pytest.mark.parametrize("text", ["0001-06-01 12:00", "9998-06-01 12:00"])
def test_years_at_the_rim_of_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(OutOfCalendar, match="2 to 9997"):
        DESK.is_open(utc(text))


@pytest.mark.parametrize(("text", "is_open"), [("0002-01-01 12:00", True), ("9997-12-31 12:00", True)])
def test_the_first_and_the_last_year_can_be_asked_for(text: str, is_open: bool) -> None:
    assert office("06:00-22:00").is_open(utc(text)) is is_open


@pytest.mark.parametrize("seconds", [10**15, -(10**15), 10**12])
def test_a_length_that_leaves_the_calendar_is_refused_at_once(seconds: int) -> None:
    with pytest.raises(OutOfCalendar):
        DESK.due(utc("2026-11-20 12:00"), seconds)


def test_a_length_may_end_on_the_rim_and_not_past_it() -> None:
    a_day = 24 * HOUR
    assert always().due(utc("0002-01-01 00:00"), -365 * a_day) == utc("0001-01-01 00:00")
    assert always().due(utc("9997-12-31 00:00"), a_day - 1) == utc("9997-12-31 23:59:59")
    with pytest.raises(OutOfCalendar):
        always().due(utc("0002-01-01 00:00"), -365 * a_day - 1)
    with pytest.raises(OutOfCalendar):
        always().due(utc("9997-12-31 00:00"), a_day)


def test_the_last_years_can_be_left_towards_earlier_ones() -> None:
    desk, start = office("06:00-22:00"), utc("9990-06-01 12:00")
    assert desk.elapsed(start, desk.due(start, -3 * 10**8)) == -3 * 10**8
    with pytest.raises(OutOfCalendar):
        desk.due(start, 3 * 10**8)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe", "/etc/localtime", "Europe/\x00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UnknownZone, match="IANA"):
        office("09:00-17:00", zone=zone)


def test_overlapping_openings_and_weeks_of_other_lengths_are_refused() -> None:
    with pytest.raises(BadHours, match="overlap"):
        office("09:00-12:00", "11:00-17:00")
    with pytest.raises(BadHours, match="overlap"):
        calendar(special={"2026-11-20": ("09:00-12:00", "11:00-17:00")})
    with pytest.raises(BadHours, match="seven days"):
        Calendar("Etc/UTC", ((Interval(0, 60),),))  # type: ignore[arg-type]


# --- a value ---


def test_a_calendar_is_a_frozen_value() -> None:
    one, same, other = office("09:00-17:00"), office("09:00-17:00"), office("09:00-17:00", closed=("2026-12-25",))
    one.is_open(utc("2026-11-20 12:00"))
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    with pytest.raises(FrozenInstanceError):
        one.zone = "Asia/Tokyo"  # type: ignore[misc]
    with pytest.raises(TypeError):
        one.special[date(2026, 1, 1)] = ()  # type: ignore[index]


def test_the_special_days_are_the_calendars_own_copy() -> None:
    special = {date(2026, 11, 20): hours("09:00-10:00")}
    desk = Calendar("Etc/UTC", (hours(),) * 7, special=special)
    special.clear()
    assert desk.is_workday(date(2026, 11, 20))
