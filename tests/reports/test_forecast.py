"""The forecast: honest about what it does not know, right about as often as it says, and clear about what would save it."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from mainstay.reports.figures import Average, OpenLoad
from mainstay.reports.forecast import (
    NEEDED_DAYS,
    DayBefore,
    arrivals_by_hour,
    costliest,
    expected_arrivals,
    forecast_of,
    foretold,
    savings_for,
)
from mainstay.reports.periods import month_of
from mainstay.tickets import actions
from tests.cast import Cast

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
        before=days(*[(10, 100)] * (NEEDED_DAYS - 1)),
        arrivals=100,
    )
    assert (told.bank, told.mean, told.known_days, told.needed_days) == (None, None, NEEDED_DAYS - 1, NEEDED_DAYS)


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


def test_a_desk_of_two_weeks_counts_two_weeks(cast: Cast) -> None:
    monday = datetime(2026, 11, 2, 9, 15, tzinfo=UTC)
    for week in (0, 1):
        for _ticket in range(3):
            cast.writes(cast.paula, monday + timedelta(weeks=week))
    assert arrivals_by_hour(monday + timedelta(weeks=2)) == {(0, 9): 3.0}


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
