"""Pure arithmetic of the roster: when shifts run, whether two collide, who is here, and why somebody is not on duty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from mainstay.clock.calendar import Calendar, zone_named
from mainstay.clock.hours import Hours, Interval

from .models import Absence, Presence, Shift
from .states import Here, Missing

YEAR = timedelta(days=366)
HORIZON_DAYS = 8  # how far ahead an end of duty is looked for: who is on duty for longer has none in sight
SHOWN_DAYS = 62  # of a roster at once, at most
Spans = list[tuple[datetime, datetime]]


# --- shifts -----------------------------------------------------------------------------------------------------------


def spans_of(shift: Shift, first: date, last: date) -> Spans:
    """Start and end of the shift on each of its days from `first` to `last`, both included, in UTC."""
    until = min(last, shift.valid_until) if shift.valid_until else last
    since = max(first, shift.valid_from)
    if since > until:
        return []
    return calendar_of(shift.zone, tuple(shift.weekdays), shift.starts, shift.ends).openings(since, until)


@lru_cache(maxsize=500)
def calendar_of(zone: str, weekdays: tuple[int, ...], starts: int, ends: int) -> Calendar:
    """The weekly pattern of a shift as a calendar of the clock, which knows about zones and their jumps."""
    hours: Hours = (Interval(starts * 60, ends * 60),)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        hours if day in weekdays else () for day in range(7)
    )
    return Calendar(zone=zone, weekly=(monday, tuesday, wednesday, thursday, friday, saturday, sunday))


def local_day(shift: Shift, at: datetime) -> date:
    return at.astimezone(zone_named(shift.zone)).date()


def collision(shift: Shift, others: Iterable[Shift]) -> tuple[Shift, datetime] | None:
    """The first other shift that runs at the same time as this one, and when; looked for over a year and a day.

    A year holds every constellation of two weekly patterns in zones that change their clocks at different times.
    """
    for other in others:
        first = max(shift.valid_from, other.valid_from) - timedelta(days=2)
        mine, theirs = (spans_of(one, first, first + YEAR) for one in (shift, other))
        if shared := _shared(mine, theirs):
            return other, shared
    return None


def _shared(mine: Spans, theirs: Spans) -> datetime | None:
    """The first moment in both; each list is in order and does not overlap itself."""
    i = j = 0
    while i < len(mine) and j < len(theirs):
        start, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
        if start < end:
            return start
        if mine[i][1] <= theirs[j][1]:
            i += 1
        else:
            j += 1
    return None


def duty_spans(shifts: Iterable[Shift], absences: Iterable[Absence], first: date, last: date) -> Spans:
    """When somebody is planned to be on duty: all their shifts, those that touch as one, without their absences."""
    spans = _joined(span for shift in shifts for span in spans_of(shift, first, last))
    for absence in absences:
        spans = [part for span in spans for part in _without(span, absence)]
    return spans


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> Spans:
    joined: Spans = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _without(span: tuple[datetime, datetime], absence: Absence) -> Spans:
    start, end = span
    gone_at, back_at = absence.starts_at, absence.ends_at
    before = (start, min(end, gone_at))
    after = (max(start, back_at), end) if back_at else (end, end)
    return [part for part in (before, after) if part[0] < part[1]]


def days_around(at: datetime) -> tuple[date, date]:
    """The days, of whatever zone, whose shifts can run at this moment or begin within the horizon."""
    day = at.astimezone(UTC).date()
    return day - timedelta(days=2), day + timedelta(days=HORIZON_DAYS)


# --- who is here ------------------------------------------------------------------------------------------------------


def said_state(presence: Presence | None, at: datetime) -> Here:
    """What somebody says of themselves: away until a moment that has passed is here again."""
    if presence is None or (presence.until is not None and presence.until <= at):
        return Here.HERE
    return Here(presence.state)


def is_silent(presence: Presence | None, at: datetime, away_after: int) -> bool:
    """Whether somebody gave no sign in the last `away_after` seconds."""
    seen = presence.last_seen_at if presence else None
    return seen is None or at - seen > timedelta(seconds=away_after)


@dataclass(frozen=True)
class Standing:
    """One person's duty at a moment: on duty when `missing` is empty. `since` is when they went missing, where that is known.

    `until` is when their duty ends, and `next_at` when it begins again; None where that is not in sight. `seen_at` is their
    last sign.
    """

    missing: Missing | None
    since: datetime | None = None
    until: datetime | None = None
    next_at: datetime | None = None
    seen_at: datetime | None = None


def standing_of(
    *,
    may_work: bool,
    spans: Spans | None,
    absences: Sequence[Absence],
    presence: Presence | None,
    at: datetime,
    away_after: int,
) -> Standing:
    """How somebody stands at this moment. `spans` is None on a desk without shifts: there, who is here is on duty."""
    running = next(((start, end) for start, end in spans if start <= at < end), None) if spans is not None else None
    next_at = next((start for start, _end in spans if start > at), None) if spans is not None else None
    missing, since = _missing(may_work, running, spans, absences, presence, at, away_after)
    until = _in_sight(running[1], at) if running and missing is None else None
    return Standing(missing, since, until, next_at, presence.last_seen_at if presence else None)


def _missing(
    may_work: bool,
    running: tuple[datetime, datetime] | None,
    spans: Spans | None,
    absences: Sequence[Absence],
    presence: Presence | None,
    at: datetime,
    away_after: int,
) -> tuple[Missing | None, datetime | None]:
    """The weightiest reason first: what somebody wrote down, then the roster, then what was seen."""
    if not may_work:
        return Missing.LEFT, None
    absence = next((one for one in absences if one.starts_at <= at and (one.ends_at is None or at < one.ends_at)), None)
    if absence is not None:
        return Missing.ABSENT, absence.starts_at
    said = said_state(presence, at)
    if presence is not None and said != Here.HERE:
        return (Missing.OFF if said == Here.OFF else Missing.AWAY), presence.since
    if spans is not None and running is None:
        ended = [end for _start, end in spans if end <= at]
        return Missing.NO_SHIFT, max(ended, default=None)
    if is_silent(presence, at, away_after):
        return Missing.SILENT, presence.last_seen_at if presence else None
    return None, None


def _in_sight(end: datetime, at: datetime) -> datetime | None:
    return end if end < at + timedelta(days=HORIZON_DAYS - 2) else None
