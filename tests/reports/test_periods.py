"""Periods as people write them, and those that are refused with a sentence."""

import pytest

from mainstay.reports.errors import BadPeriod
from mainstay.reports.periods import is_month, month_of, months_before, period_named


@pytest.mark.parametrize(
    ("text", "start", "end", "key"),
    [
        ("2026-10", "2026-10-01", "2026-11-01", "2026-10"),
        ("2026-1", "2026-01-01", "2026-02-01", "2026-01"),
        ("2026-12", "2026-12-01", "2027-01-01", "2026-12"),
        ("2026-10-05", "2026-10-05", "2026-10-06", "2026-10-05"),
        ("2026-W41", "2026-10-05", "2026-10-12", "2026-W41"),
        ("2026-w1", "2025-12-29", "2026-01-05", "2026-W01"),
        ("2026-Q4", "2026-10-01", "2027-01-01", "2026-Q4"),
        ("2024", "2024-01-01", "2025-01-01", "2024"),
        ("2026-10-05..2026-10-18", "2026-10-05", "2026-10-19", "2026-10-05..2026-10-18"),
        (" 2026-10-05 .. 2026-10-05 ", "2026-10-05", "2026-10-06", "2026-10-05..2026-10-05"),
        ("2199-12", "2199-12-01", "2200-01-01", "2199-12"),
    ],
)
def test_periods_that_are_understood(text: str, start: str, end: str, key: str) -> None:
    found = period_named(text)
    assert (found.start.isoformat(), found.end.isoformat(), found.key) == (
        f"{start}T00:00:00+00:00",
        f"{end}T00:00:00+00:00",
        key,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13",
        "2026-00",
        "-2026-10",
        "2026-10-32",
        "2026-W54",
        "2026-Q5",
        "1999-12",
        "2200-01",
        "99999",
        "2026-10-18..2026-10-05",
        "2010-01-01..2026-01-01",
        "2026-10..2026-11",
        "..",
        "2026-10-05..",
        "٢٠٢٦-١٠",
        "2026-1000000000000",
        "2026-10\x00",
        "0001-01-01",
        "1" * 5000,
    ],
)
def test_periods_that_are_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(BadPeriod, match="Write a month like"):
        period_named(text)


def test_only_a_calendar_month_is_one() -> None:
    assert is_month(period_named("2026-10"))
    assert not any(is_month(period_named(text)) for text in ("2026", "2026-Q4", "2026-10-01", "2026-10-01..2026-10-31"))


def test_the_months_before_a_month() -> None:
    assert [month.key for month in months_before(month_of("2026-02"), 3)] == ["2026-01", "2025-12", "2025-11"]
