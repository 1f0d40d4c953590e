"""The hours of a day: intervals of local time, which may run past midnight."""

import re
from dataclasses import dataclass
from itertools import pairwise

from .errors import BadHours

DAY = 86_400
_WRITTEN = re.compile(r"(\d{2}):([0-5]\d)\s*[-–]\s*(\d{2}):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, order=True)
class Interval:
    """From `start` up to, not including, `end`: seconds of the local clock since midnight of the day it belongs to.

    An end after 86,400 lies on the next day: 22:00–06:00 belongs to the day on which it starts.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < DAY:
            raise BadHours("An opening starts between 00:00 and 23:59.")
        if not self.start < self.end <= self.start + DAY:
            raise BadHours("An opening ends after its start, at most 24 hours later.")


Hours = tuple[Interval, ...]
WHOLE_DAY: Hours = (Interval(0, DAY),)


def read_interval(text: str) -> Interval:
    """`06:00-22:00` as an interval; an end at or before the start is on the next day, `24:00` is the end of the day."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise BadHours(f"“{text}” is not an opening: write it like 06:00-22:00, hours with two digits.")
    from_hour, from_minute, to_hour, to_minute = (int(part) for part in written.groups())
    start, end = from_hour * 3600 + from_minute * 60, to_hour * 3600 + to_minute * 60
    if start >= DAY:
        raise BadHours(f"“{text}” starts past the end of the day: an opening starts between 00:00 and 23:59.")
    if end > DAY:
        raise BadHours(f"“{text}” ends past 24:00: write 22:00-06:00 for an opening that runs into the next day.")
    if start == end:
        raise BadHours(f"“{text}” has no length: write 00:00-24:00 for the whole day, or leave it out to stay closed.")
    return Interval(start, end if end > start else end + DAY)


def overlapping(hours: Hours) -> tuple[Interval, Interval] | None:
    """The first two intervals of one day that share time; None when they only touch or lie apart."""
    for earlier, later in pairwise(sorted(hours)):
        if later.start < earlier.end:
            return earlier, later
    return None


def written(interval: Interval) -> str:
    """The interval as the policy file writes it: `06:00-22:00`, `22:00-06:00`, `00:00-24:00`."""
    end = interval.end if interval.end <= DAY else interval.end - DAY
    return f"{_clock(interval.start)}-{_clock(end)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"
