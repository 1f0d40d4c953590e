"""The forecast: honest about what it does not know, right about as often as it says, and clear about what would save it."""

from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from random import Random
from time import tzset
from zoneinfo import ZoneInfo

import pytest

from mainstay.policy.reading import read_policy
from mainstay.reports import forecast
from mainstay.reports.figures import Average, Forecast, OpenLoad
from mainstay.reports.forecast import (
    NEEDED_DAYS,
    DayBefore,
    _spread_each,
    _times_each_hour,
    arrivals_by_hour,
    costliest,
    expected_arrivals,
    forecast_of,
    foretold,
    savings_for,
)
from mainstay.reports.periods import month_of
from mainstay.tickets import actions
from tests.cast import POLICY, Cast

NOVEMBER = month_of("2026-11")
MIDDLE = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
TARGET = 300
NONE_OPEN = OpenLoad(0, 0, 0)


def average(n: int, bank: int) -> Average:
    return Average(n, TARGET - bank / n if n else None, TARGET if n else None, None, None, None, 0, bank)


def days(*sums: tuple[int, int]) -> list[DayBefore]:
    return [DayBefore(date(2026, 10, 1) + timedelta(days=place), n, saved) for place, (n, saved) in enumerate(sums)]


def test_too_few_days_give_no_band() -> None:
    told = foretold(
        "first_response",
        month=NOVEMBER,
        at=MIDDLE,
        average=average(10, 500),
        load=NONE_OPEN,
        before=days(*[(10, 100)] * 9),
        arrivals=100,
    )
    assert told == Forecast("first_response", NOVEMBER.end, known_days=9, needed_days=10)
    assert (told.bank, told.mean, told.arrivals, told.is_kept) == (None, None, None, None)


def test_days_that_are_all_alike_leave_only_a_narrow_band() -> None:
    told = foretold(
        "first_response",
        month=NOVEMBER,
        at=MIDDLE,
        average=average(100, 1000),
        load=NONE_OPEN,
        before=days(*[(10, 100)] * 20),
        arrivals=100,
    )
    assert told.bank is not None and told.mean is not None
    assert (told.bank.low, told.bank.middle, told.bank.high) == (2000, 2000, 2000)
    assert told.mean.middle == TARGET - 2000 / 200
    assert told.is_kept is True and told.savings == ()


def test_a_month_that_will_be_broken_is_told_with_what_would_save_it() -> None:
    told = foretold(
        "first_response",
        month=NOVEMBER,
        at=MIDDLE,
        average=average(100, -6000),
        load=NONE_OPEN,
        before=days(*[(10, 0)] * 20),
        arrivals=100,
    )
    assert told.is_kept is False
    assert [(one.within_seconds, one.answers) for one in told.savings] == [(60, 25), (120, 34), (180, 50)]


def test_open_tickets_that_are_over_already_are_in_it() -> None:
    over = OpenLoad(n=2, over_seconds=900, over_n=2, age_seconds=1500, target_seconds=600)
    told = foretold(
        "first_response",
        month=NOVEMBER,
        at=MIDDLE,
        average=average(10, 500),
        load=over,
        before=days(*[(10, 0)] * 20),
        arrivals=0,
    )
    assert told.bank is not None and told.bank.middle == -400


def told_of(
    so_far: Average,
    load: OpenLoad = NONE_OPEN,
    before: list[DayBefore] | None = None,
    arrivals: float = 40,
) -> Forecast:
    """Without `before`: ten days, half of them 10 tickets and half 30, each of which saved 200 seconds in all."""
    usual = days(*[(10, 200), (30, 200)] * 5) if before is None else before
    return foretold(
        "first_response", month=NOVEMBER, at=MIDDLE, average=so_far, load=load, before=usual, arrivals=arrivals
    )


def test_every_figure_of_a_forecast_by_hand() -> None:
    """One ticket saved 10 s. 5 are open, 2 of them 900 s over: 3000 - 900 + (40 + 3) x 10 at the end, of 100 tickets.

    A day of 10 saved 100 s more than expected and came 10 tickets short of the usual 20; a day of 30 the other way round:
    10 x (100² + 100²) / 9 is a day's variance. Two such days are to come, learnt from ten; an open ticket's own variance is
    the mean of 100²/10 and 100²/30.
    """
    told = told_of(average(55, 3000), OpenLoad(n=5, over_seconds=900, over_n=2))
    a_day, one = 200_000 / 9, (1000 + 1000 / 3) / 2
    away = 1.2816 * sqrt(2 * a_day + 2**2 * a_day / 10 + 3 * one)
    assert told.bank is not None and told.mean is not None and told.arrivals is not None
    assert (told.measure, told.until) == ("first_response", NOVEMBER.end)
    assert (told.known_days, told.needed_days) == (10, NEEDED_DAYS)
    assert astuple(told.bank) == pytest.approx((2530 - away, 2530, 2530 + away))
    assert astuple(told.mean) == pytest.approx((274.7 - away / 100, 274.7, 274.7 + away / 100))
    swing = 1.2816 * sqrt(40 + 40**2 / 200)  # of a count, and of a rate learnt from 200
    assert astuple(told.arrivals) == pytest.approx((40 - swing, 40, 40 + swing))
    assert told.is_kept is True


def test_neither_a_mean_nor_a_number_of_tickets_falls_below_nothing() -> None:
    told = told_of(average(2, 540), before=days(*[(10, 2500), (10, 3500)] * 5), arrivals=1)
    assert told.mean is not None and told.mean.low == 0 < told.mean.middle
    assert told.arrivals is not None and told.arrivals.low == 0


def test_a_band_across_zero_can_go_either_way() -> None:
    found = told_of(average(60, -400))
    assert found.bank is not None and found.bank.middle == 0 and found.is_kept is None
    away = round(found.bank.high)
    assert told_of(average(60, -400 - away - 1)).is_kept is False
    assert told_of(average(60, -400 + away + 1)).is_kept is True
    even = days(*[(10, 0)] * 10)
    assert [told_of(average(60, bank), before=even).is_kept for bank in (-1, 0)] == [False, True]


def test_a_band_that_ends_at_zero_is_not_broken_yet() -> None:
    found = told_of(average(60, -400))
    assert found.bank is not None
    told = told_of(replace(average(60, 0), bank=-400 - found.bank.high))
    assert told.bank is not None and told.bank.high == 0 and told.is_kept is None


def test_a_month_without_answers_aims_at_what_the_policy_says(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = read_policy(POLICY.read_text(encoding="utf-8"))
    asked = []
    monkeypatch.setattr(forecast, "policy_in_force", lambda at: asked.append(at) or policy)
    for measure, target in (("first_response", 5 * 60), ("resolution", 5 * 3600)):
        told = foretold(
            measure,
            month=NOVEMBER,
            at=MIDDLE,
            average=average(0, 0),
            load=NONE_OPEN,
            before=days(*[(10, 0)] * 10),
            arrivals=1,
        )
        assert told.mean is not None and told.mean.middle == target
    assert asked == [MIDDLE, MIDDLE]


def test_the_spread_of_one_ticket_is_judged_by_the_number_of_its_day() -> None:
    assert _spread_each(days((10, 200), (40, 200)), 10) == (100**2 / 10 + 200**2 / 40) / 2


def test_each_hour_of_the_week_is_counted_as_often_as_it_began() -> None:
    monday = datetime(2026, 11, 16, 7, 0, tzinfo=UTC)
    had = _times_each_hour(monday, monday + timedelta(days=7, hours=2))
    assert (had[0, 6], had[0, 7], had[0, 8], had[0, 9], had[6, 23]) == (1, 2, 2, 1, 1)
    assert had.total() == 7 * 24 + 2


def test_answers_that_would_save_a_month_are_whole_and_enough() -> None:
    # Each within a fifth of seven seconds, a second, saves six.
    assert [(one.within_seconds, one.answers) for one in savings_for(-12, 7)] == [(1, 2), (3, 3), (4, 4)]
    assert [one.answers for one in savings_for(-12.5, 7)] == [3, 4, 5]
    assert [one.answers for one in savings_for(-0.5, 7)] == [1, 1, 1]


@pytest.mark.parametrize("bank", [0, 1, 5000])
def test_a_bank_that_is_not_below_zero_needs_no_saving(bank: float) -> None:
    assert savings_for(bank, TARGET) == ()


def test_four_of_five_months_end_within_the_band() -> None:
    """Plays 400 months of days that vary as whole days do: busy or calm, quick or slow, with now and then a very late one."""
    rng = Random(4)

    def one_day() -> tuple[int, int]:
        n = max(1, round(rng.gauss(40, 9)))
        pace = rng.gauss(0, 25)
        saved = sum(round(TARGET - min(rng.lognormvariate(5.3, 0.8) + pace, 7200)) for _ in range(n))
        return n, saved

    within = 0
    for _month in range(400):
        past, left = [one_day() for _ in range(40)], [one_day() for _ in range(12)]
        so_far = [one_day() for _ in range(10)]
        n, bank = sum(day[0] for day in so_far), sum(day[1] for day in so_far)
        told = foretold(
            "first_response",
            month=NOVEMBER,
            at=MIDDLE,
            average=average(n, bank),
            load=NONE_OPEN,
            before=days(*past),
            arrivals=12 * sum(day[0] for day in past) / len(past),
        )
        assert told.bank is not None
        within += told.bank.low <= bank + sum(day[1] for day in left) <= told.bank.high
    assert 0.75 <= within / 400 <= 0.87


def test_arrivals_follow_the_hours_of_the_week() -> None:
    by_hour = {(0, 9): 6.0, (0, 10): 3.0, (4, 9): 2.0}
    monday = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
    assert expected_arrivals(by_hour, monday, monday + timedelta(hours=1)) == 3.0 + 1.5
    assert expected_arrivals(by_hour, monday, monday + timedelta(days=7)) == 6.0 + 3.0 + 2.0
    assert expected_arrivals(by_hour, monday, monday) == 0
    quarter = datetime(2026, 11, 16, 9, 40, 30, 250, tzinfo=UTC)
    assert expected_arrivals(by_hour, quarter, quarter + timedelta(minutes=15)) == pytest.approx(1.5)
    # The part of an hour that is left brings its own part, to the microsecond.
    late = datetime(2026, 11, 16, 9, 59, 30, 500_000, tzinfo=UTC)
    assert expected_arrivals({(0, 9): 3600.0}, late, late + timedelta(hours=1)) == pytest.approx(29.5)
    # What the clock on somebody's wall shows does not matter.
    assert expected_arrivals(by_hour, monday.astimezone(ZoneInfo("Asia/Kolkata")), monday + timedelta(hours=1)) == 4.5


def test_the_hours_of_the_week_are_those_of_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monday = datetime(2026, 11, 16, 9, tzinfo=UTC)
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Kolkata")
        tzset()
        found = expected_arrivals({(0, 9): 3.0}, monday, monday + timedelta(hours=1))
    tzset()
    assert found == 3.0


def test_a_desk_of_two_weeks_counts_two_weeks(cast: Cast) -> None:
    monday = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
    for week in (0, 1):
        for _ticket in range(3):
            cast.writes(cast.paula, monday + timedelta(weeks=week))
    assert arrivals_by_hour(monday + timedelta(weeks=2)) == {(0, 9): 3.0}


def test_what_came_more_than_eight_weeks_ago_is_forgotten(cast: Cast) -> None:
    now = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    for ago in (timedelta(weeks=8, seconds=1), timedelta(weeks=8), timedelta(weeks=1)):
        cast.writes(cast.paula, now - ago)
    assert arrivals_by_hour(now) == {(0, 9): 2 / 8}


def test_the_forecast_of_a_desk_with_a_history(cast: Cast) -> None:
    first = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
    for day in range(21):
        at = first + timedelta(days=day)
        if at.weekday() < 5:
            for minutes in (2, 4, 6):
                ticket = cast.writes(cast.paula, at)
                actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=at + timedelta(minutes=minutes))
    told = forecast_of("first_response", at=MIDDLE)
    assert told.known_days == 15 and told.bank is not None and told.arrivals is not None
    # Eleven working days are left in November, three tickets on each at four minutes; ten of its days were alike.
    assert told.arrivals.middle == pytest.approx(33)
    assert told.bank.middle == pytest.approx(10 * 180 + 33 * 60)
    assert told.is_kept is True


def test_the_tickets_that_cost_most_come_first_and_only_for_those_who_may(cast: Cast) -> None:
    morning = datetime(2026, 11, 16, 6, 0, tzinfo=UTC)
    late, later = cast.writes(cast.paula, morning + timedelta(minutes=10)), cast.writes(cast.paula, morning)
    cast.writes(cast.paula, morning + timedelta(minutes=28))
    at = morning + timedelta(minutes=30)
    assert [(one.ticket, one.over_seconds) for one in costliest(cast.sue, "first_response", at=at)] == [
        (later, 25 * 60),
        (late, 15 * 60),
    ]
    assert costliest(cast.dev, "first_response", at=at) == []


def test_a_month_in_which_nothing_was_is_or_will_be_has_no_forecast(cast: Cast) -> None:
    told = foretold(
        "first_response",
        month=month_of("2026-11"),
        at=datetime(2026, 11, 30, 23, 30, tzinfo=UTC),
        average=Average(0, None, None, None, None, None, 0, 0),
        load=OpenLoad(0, 0, 0),
        before=days(*[(3, 300)] * 12),
        arrivals=0.0,
    )
    assert (told.known_days, told.bank, told.mean, told.savings) == (12, None, None, ())


def test_a_target_of_a_second_is_saved_only_by_what_is_quicker() -> None:
    assert [(one.within_seconds, one.answers) for one in savings_for(-10, 1)] == [(0, 10), (0, 10)]
