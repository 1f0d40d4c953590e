"""Why a figure is what it is: the course of a ticket cut at every opening and closing, each piece with what it counts. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstay.policy.shape import Policy

from .course import Course, Span
from .states import With

DAY = timedelta(days=1)
MOST_PIECES = 2000  # of a ticket that lay about for years: what comes after is told in one piece


@dataclass(frozen=True)
class Piece:
    """A stretch of time with one party, wholly within the hours or wholly outside them.

    `seconds` are the business seconds that it adds to the figure: the pieces' sum is the figure, to the second.
    """

    whom: With
    start: datetime
    end: datetime
    is_open: bool
    seconds: int


def pieces_of(course: Course, policy: Policy, until: datetime) -> list[Piece]:
    """The ticket's time from its opening to `until`, in order."""
    calendar, opened_at = policy.calendar, course.spans[0].start
    pieces: list[Piece] = []
    for span in course.spans:
        end = min(span.end or until, until)
        for since, to, is_open in _cut(span, end, policy):
            start, stop = (since, to) if len(pieces) < MOST_PIECES else (pieces[-1].end, until)
            counts = span.whom != With.NOBODY
            seconds = calendar.elapsed(opened_at, stop) - calendar.elapsed(opened_at, start) if counts else 0
            pieces.append(Piece(span.whom, start, stop, is_open, seconds))
            if stop == until:
                return pieces
    return pieces


def _cut(span: Span, end: datetime, policy: Policy) -> Iterator[tuple[datetime, datetime, bool]]:
    """The span up to `end`, cut where the desk opens and closes."""
    at = span.start
    openings = policy.calendar.openings((span.start - DAY).date(), (end + DAY).date()) if span.start < end else []
    for opens, closes in openings:
        if closes <= at or opens >= end:
            continue
        if at < opens:
            yield at, opens, False
        start, at = max(at, opens), min(closes, end)
        yield start, at, True
    if at < end:
        yield at, end, False


@dataclass(frozen=True)
class Stretch:
    """A part of one day, in minutes since its midnight."""

    since: float
    until: float

    @property
    def width(self) -> float:
        return self.until - self.since


@dataclass(frozen=True)
class Drawn(Stretch):
    """A piece, or the part of it that lies on this day."""

    whom: With
    is_open: bool


@dataclass(frozen=True)
class DrawnDay:
    """One day with the desk's hours on it and the ticket's pieces."""

    midnight: datetime
    hours: tuple[Stretch, ...]
    pieces: tuple[Drawn, ...]


def days_of(pieces: list[Piece], policy: Policy, *, most: int) -> list[DrawnDay]:
    """The days on which the ticket's time counted, from its first one on, at most so many; in UTC."""
    if not pieces:
        return []
    days: list[DrawnDay] = []
    midnight = pieces[0].start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < pieces[-1].end:
        drawn = tuple(
            Drawn(_minutes(piece.start, midnight), _minutes(piece.end, midnight), piece.whom, piece.is_open)
            for piece in pieces
            if piece.start < midnight + DAY and piece.end > midnight
        )
        hours = tuple(
            Stretch(_minutes(opens, midnight), _minutes(closes, midnight))
            for opens, closes in policy.calendar.openings((midnight - DAY).date(), (midnight + DAY).date())
            if closes > midnight and opens < midnight + DAY
        )
        if hours or not days:
            days.append(DrawnDay(midnight, hours, drawn))
        if len(days) == most:
            break
        midnight += DAY
    return days


def _minutes(at: datetime, midnight: datetime) -> float:
    return min(max((at - midnight) / timedelta(minutes=1), 0.0), 1440.0)
