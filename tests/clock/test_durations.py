import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.clock.durations import read_duration, short_duration
from mainstay.clock.errors import BadDuration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5m", 300),
        ("5h", 18_000),
        ("1h30m", 5400),
        ("90m", 5400),
        ("14d", 1_209_600),
        ("1d1h1m1s", 90_061),
        ("45s", 45),
        ("300", 300),
        ("0", 0),
        ("0m", 0),
        (" 5m ", 300),
        ("999999999999", 999_999_999_999),
    ],
)
def test_durations_are_read_as_they_are_written(text: str, seconds: int) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", " ", "m", "5x", "-5m", "1.5h", "5m1h", "5 m", "5M", "٥m", "²", "1000000000m", "1000000000000"]
)
def test_other_lengths_are_refused(text: str) -> None:
    with pytest.raises(BadDuration, match="is not a length of time: write it like 5m"):
        read_duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (59, "59s"),
        (60, "1m"),
        (5400, "1h30m"),
        (18_000, "5h"),
        (86_400, "1d"),
        (90_061, "1d1h1m1s"),
        (-300, "-5m"),
    ],
)
def test_seconds_are_written_the_shortest_way(seconds: int, text: str) -> None:
    assert short_duration(seconds) == text


@given(st.integers(0, 10**9))
def test_what_is_written_is_read_again(seconds: int) -> None:
    assert read_duration(short_duration(seconds)) == seconds
