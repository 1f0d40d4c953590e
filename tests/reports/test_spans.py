"""Long periods by month: nothing is lost or counted twice, and each month is a period of its own that lies within."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.reports.figures import Day, Volume
from mainstay.reports.periods import period_named
from mainstay.reports.spans import gathered, gathered_volumes, is_by_month, span_key, volumes_together

FIRST = date(2026, 1, 30)
a_history = st.lists(
    st.tuples(st.integers(0, 700), st.integers(1, 50), st.integers(0, 9000), st.integers(-9000, 9000)),
    min_size=1,
    unique_by=lambda told: told[0],
).map(lambda rows: [Day(FIRST + timedelta(days=ahead), n, mean, bank) for ahead, n, mean, bank in sorted(rows)])


@given(a_history)
def test_months_hold_the_same_as_their_days(days: list[Day]) -> None:
    shown = gathered(days)
    assert sum(one.n for one in shown) == sum(day.n for day in days)
    assert sum((one.mean or 0) * one.n for one in shown) == pytest.approx(sum((day.mean or 0) * day.n for day in days))
    assert shown[-1].bank == days[-1].bank
    assert [one.on for one in shown] == sorted({one.on for one in shown})
    if is_by_month(days):
        assert {one.on.day for one in shown} == {1}
    else:
        assert shown == days


def test_a_quarter_is_still_told_by_day() -> None:
    def days(*ahead: int) -> list[Day]:
        return [Day(FIRST + timedelta(days=n), 1, 1.0, 1) for n in ahead]

    assert not is_by_month(days(0, 91)) and is_by_month(days(0, 92))
    assert not is_by_month([])


def test_volumes_of_a_month_are_sums() -> None:
    days = [
        Volume(FIRST, 1, 2, 3, 4),
        Volume(FIRST + timedelta(days=1), 10, 20, 30, 40),
        Volume(date(2026, 9, 9), 5, 5, 5, 5),
    ]
    assert gathered_volumes(days) == [Volume(date(2026, 1, 1), 11, 22, 33, 44), Volume(date(2026, 9, 1), 5, 5, 5, 5)]
    assert volumes_together(FIRST, days) == Volume(FIRST, 16, 27, 38, 49)


@pytest.mark.parametrize(
    ("on", "period", "by_month", "key"),
    [
        (date(2026, 3, 5), "2026", False, "2026-03-05"),
        (date(2026, 3, 1), "2026", True, "2026-03"),
        (date(2026, 3, 1), "2026-03-10..2026-08-20", True, "2026-03-10..2026-03-31"),
        (date(2026, 8, 1), "2026-03-10..2026-08-20", True, "2026-08-01..2026-08-20"),
        (date(2026, 8, 1), "2026-03-10..2026-08-31", True, "2026-08"),
    ],
)
def test_each_row_is_a_period_of_its_own(on: date, period: str, by_month: bool, key: str) -> None:
    assert span_key(on, period_named(period), by_month=by_month) == key
    assert period_named(key).key == key
