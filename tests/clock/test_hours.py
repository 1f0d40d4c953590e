import pytest

from mainstay.clock.errors import BadHours
from mainstay.clock.hours import DAY, Interval, overlapping, read_interval, written
from tests.clock.calendars import hours


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("06:00-22:00", 6 * 3600, 22 * 3600),
        ("00:00-24:00", 0, DAY),
        ("22:00-06:00", 22 * 3600, DAY + 6 * 3600),
        ("22:00-24:00", 22 * 3600, DAY),
        ("22:00-00:00", 22 * 3600, DAY),
        ("23:59-23:58", 86_340, DAY + 86_280),
        (" 09:15 – 17:45 ", 33_300, 63_900),
        ("00:00-00:01", 0, 60),
    ],
)
def test_hours_are_read_as_they_are_written(text: str, start: int, end: int) -> None:
    assert read_interval(text) == Interval(start, end)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write it like 06:00-22:00"),
        ("6:00-22:00", "two digits"),
        ("06:00", "write it like"),
        ("06:00-22:60", "write it like"),
        ("06:60-22:00", "write it like"),
        ("٠٦:٠٠-٢٢:٠٠", "write it like"),
        ("06:00-22:00-23:00", "write it like"),
        ("06:00-24:01", "past 24:00"),
        ("06:00-25:00", "past 24:00"),
        ("24:00-06:00", "starts past the end of the day"),
        ("30:00-06:00", "starts past the end of the day"),
        ("09:00-09:00", "no length"),
        ("00:00-00:00", "no length"),
    ],
)
def test_hours_that_make_no_sense_are_refused_with_the_right_way_to_write_them(text: str, said: str) -> None:
    with pytest.raises(BadHours, match=said):
        read_interval(text)


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (DAY, DAY + 60), (60, 60), (60, 59), (60, DAY + 61)])
def test_an_interval_lies_in_its_day_and_lasts_a_day_at_most(start: int, end: int) -> None:
    with pytest.raises(BadHours):
        Interval(start, end)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, DAY), (DAY - 1, 2 * DAY - 1)])
def test_the_longest_and_shortest_intervals_are_allowed(start: int, end: int) -> None:
    assert Interval(start, end).end == end


@pytest.mark.parametrize(
    ("openings", "pair"),
    [
        ((), None),
        (("09:00-12:00", "13:00-17:00"), None),
        (("09:00-12:00", "12:00-17:00"), None),
        (("13:00-17:00", "09:00-12:01"), None),
        (("09:00-12:01", "12:00-17:00"), ("09:00-12:01", "12:00-17:00")),
        (("12:00-17:00", "09:00-12:01"), ("09:00-12:01", "12:00-17:00")),
        (("08:00-18:00", "09:00-10:00"), ("08:00-18:00", "09:00-10:00")),
        (("06:00-07:00", "22:00-06:30"), None),
    ],
)
def test_openings_of_a_day_overlap_when_they_share_time(
    openings: tuple[str, ...], pair: tuple[str, str] | None
) -> None:
    assert overlapping(hours(*openings)) == (pair and hours(*pair))


@pytest.mark.parametrize("text", ["06:00-22:00", "00:00-24:00", "22:00-06:00", "22:15-24:00", "00:05-00:10"])
def test_an_interval_is_written_as_it_was_read(text: str) -> None:
    assert written(read_interval(text)) == text
