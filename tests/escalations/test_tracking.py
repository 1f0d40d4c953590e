"""Moments as trackers write them."""

from datetime import UTC, datetime

import pytest

from mainstay.escalations.tracking import moment_told

TEN = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-11-17T10:00:00Z", "2026-11-17 10:00:00 UTC", "2026-11-17T11:00:00.000+0100", "2026-11-17T10:00:00+00:00"],
)
def test_each_way_of_writing_is_the_same_moment(text: str) -> None:
    assert moment_told(text) == TEN


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-17T10:00:00", None, 1_763_000_000, "9" * 400])
def test_what_is_no_moment_with_a_zone_is_none(text: object) -> None:
    assert moment_told(text) is None
