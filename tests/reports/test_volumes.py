"""Hours of the week on another clock: only where that clock differs by the same whole hours all through the period."""

from zoneinfo import ZoneInfo

import pytest

from mainstay.reports.periods import period_named
from mainstay.reports.volumes import hour_moved, whole_hours_in


@pytest.mark.parametrize(
    ("zone", "period", "hours"),
    [
        ("Etc/UTC", "2026", 0),
        ("Europe/London", "2026-11", 0),
        ("Europe/Amsterdam", "2026-11", 1),
        ("Europe/Amsterdam", "2026-07", 2),
        ("Europe/Amsterdam", "2026-10", None),  # the clocks change on the 25th
        ("Europe/Amsterdam", "2026-10-25", None),
        ("Europe/Amsterdam", "2026", None),
        ("America/New_York", "2026-12", -5),
        ("Asia/Tokyo", "2026", 9),
        ("Asia/Kolkata", "2026-11", None),  # half past
        ("Asia/Kathmandu", "2026-11", None),
        ("America/St_Johns", "2026-12", None),
    ],
)
def test_a_clock_that_is_whole_hours_away(zone: str, period: str, hours: int | None) -> None:
    assert whole_hours_in(ZoneInfo(zone), period_named(period)) == hours


def test_hours_move_round_the_week_and_back() -> None:
    assert hour_moved(6, 23, 2) == (0, 1)
    assert hour_moved(0, 0, -5) == (6, 19)
    for by in range(-14, 15):
        moved = {hour_moved(day, hour, by) for day in range(7) for hour in range(24)}
        assert len(moved) == 7 * 24
        assert hour_moved(*hour_moved(2, 13, by), -by) == (2, 13)
