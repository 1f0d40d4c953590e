"""Believable times: when people in their country write, and when staff on a shift act."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Protocol
from zoneinfo import ZoneInfo

from mainstay.sample.company import Staff

FIRST_HOUR, LAST_HOUR = 7, 20
# Weights of the local hours 7 to 20: a morning peak, a dip at noon, a long afternoon.
HOUR_WEIGHTS = (3, 8, 13, 14, 12, 7, 8, 11, 11, 10, 7, 3, 2, 1)


class Calendar(Protocol):
    """What the plan asks of business time; `mainstay.clock.Calendar` answers it."""

    def elapsed(self, start: datetime, end: datetime) -> int: ...
    def due(self, start: datetime, seconds: int) -> datetime: ...
    def is_open(self, at: datetime) -> bool: ...
    def next_open(self, at: datetime) -> datetime: ...


def earlier(calendar: Calendar, at: datetime, seconds: int) -> datetime:
    """The latest moment from which `seconds` of business time pass until `at` (sought 60 days back at most)."""
    near, far = 0, 60 * 24 * 3600
    while near < far:
        middle = (near + far) // 2
        if calendar.elapsed(at - timedelta(seconds=middle), at) >= seconds:
            far = middle
        else:
            near = middle + 1
    return at - timedelta(seconds=near)


def last_open(calendar: Calendar, now: datetime) -> datetime:
    """`now` while the desk is open, else its last open second."""
    return now if calendar.is_open(now) else earlier(calendar, now, 1)


def is_awake(zone: str, at: datetime) -> bool:
    """Whether somebody in that zone is likely to write: a weekday, between seven and nine in the evening."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 5 and FIRST_HOUR <= local.hour <= LAST_HOUR


def awake_from(rng: Random, zone: str, at: datetime) -> datetime:
    """`at` when people in that zone are awake, else some time after breakfast on their next weekday."""
    if is_awake(zone, at):
        return at
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.hour < FIRST_HOUR else local.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    morning = datetime.combine(day, time(8, 5), tzinfo=ZoneInfo(zone))
    return (morning + timedelta(seconds=rng.randint(0, 80 * 60))).astimezone(UTC)


def arrival(rng: Random, zone: str, since: datetime, until: datetime) -> datetime:
    """A moment between the two at which somebody in that zone writes, in their office hours."""
    days = (until - since).days + 2
    for _ in range(1000):
        day = (since + timedelta(days=rng.randrange(days))).astimezone(ZoneInfo(zone)).date()
        hour = rng.choices(range(FIRST_HOUR, LAST_HOUR + 1), HOUR_WEIGHTS)[0]
        local = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), tzinfo=ZoneInfo(zone))
        at = local.astimezone(UTC)
        if local.weekday() < 5 and since <= at <= until:
            return at
    raise ValueError("no office hours between the two moments")


def odd_arrival(rng: Random, since: datetime, until: datetime) -> datetime:
    """A moment at which hardly anybody works: any hour of any day, weekends and nights included."""
    return since + timedelta(seconds=rng.randrange(int((until - since).total_seconds())))


def on_shift(team: Sequence[Staff], at: datetime) -> list[Staff]:
    """Those of the team whose shift covers that moment."""
    return [one for one in team if one.shift[0] <= at.astimezone(UTC).hour < one.shift[1]]


def shift_moment(rng: Random, calendar: Calendar, team: Sequence[Staff], at: datetime) -> datetime:
    """`at` when the desk is open and somebody of the team is there, else a little after both are next true.

    A team whose shifts lie outside the opening hours is taken to come at opening.
    """
    moment = at
    for _ in range(72):
        opening = calendar.next_open(moment)
        if opening > moment:
            moment = opening + timedelta(seconds=rng.randint(90, 1500))
        if on_shift(team, moment):
            return moment
        moment = moment.replace(minute=0, second=0) + timedelta(hours=1, seconds=rng.randint(90, 1500))
    return calendar.next_open(at)


def quantiles(rng: Random, anchors: Sequence[tuple[float, float, int]]) -> list[float]:
    """Values drawn band by band, lowest first: (low, high, how many). Bands keep a mean steady from seed to seed."""
    return sorted(rng.uniform(low, high) for low, high, many in anchors for _ in range(many))
