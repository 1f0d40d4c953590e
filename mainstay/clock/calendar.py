"""Business time over a calendar of weekly hours, closed dates and special days in one zone.

How it works: the openings of whole years are precomputed as sorted instants with the business seconds up to each, and
every question is a binary search in them, never a walk over days. A year is computed when it is first asked for.

What counts: the real seconds between opening and closing. Hours that the clock skips do not exist; during hours that it
shows twice a calendar is open both times but counts once, so that a day of 00:00–24:00 never counts more than 24 hours.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Protocol, overload
from zoneinfo import ZoneInfo

from .errors import BadHours, NaiveTime, OutOfCalendar, UnknownZone
from .hours import WHOLE_DAY, Hours, overlapping
from .openings import MICRO, Span, Year
from .tables import FIRST_YEAR, LAST_YEAR, PATIENCE, Tables, new_year
from .zones import DAY, EPOCH, instant_of, moment_at, repeated_spans

HALF = MICRO // 2
Week = tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]


class Closures(Protocol):
    """Closed dates that follow a rule for every year, such as the public holidays of a country."""

    def dates_in(self, year: int) -> frozenset[date]: ...


@dataclass(frozen=True)
class Calendar:
    """When business time runs. `weekly` is Monday to Sunday; a special day replaces whatever else holds for its date.

    Moments go in with their zone (NaiveTime otherwise) and come out in UTC.
    """

    zone: str
    weekly: Week
    closed: frozenset[date] = frozenset()
    special: Mapping[date, Hours] = field(default_factory=dict, hash=False)
    closures: Closures | None = None
    _zone: ZoneInfo = field(init=False, repr=False, compare=False)
    _tables: Tables = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise BadHours("A week has the hours of seven days, Monday first.")
        if any(overlapping(hours) for hours in (*self.weekly, *self.special.values())):
            raise BadHours("The openings of one day overlap.")
        object.__setattr__(self, "special", MappingProxyType(dict(self.special)))
        object.__setattr__(self, "_zone", zone_named(self.zone))
        object.__setattr__(self, "_tables", Tables(self._year_of, frozenset(day.year for day in self.special)))

    # --- how long, and until when ---

    def elapsed(self, start: datetime, end: datetime) -> int:
        """Whole business seconds from start to end, negative when the end lies before the start.

        Parts of a second are kept until the end; then the difference is rounded, halves away from zero.
        """
        first, first_micro = _split(start)
        last, last_micro = _split(end)
        table = self._tables.holding(min(first, last), max(first, last))
        return _rounded(table.position(last, last_micro) - table.position(first, first_micro))

    def elapsed_many(self, pairs: Iterable[tuple[datetime, datetime]]) -> list[int]:
        """`elapsed` of each pair, in their order: for reports over very many tickets."""
        result = []
        since, until = 0, 0
        counted: list[int] = []
        bases: list[int] = []
        for start, end in pairs:
            # `_split`, `Table.position` and `_rounded` by hand: as calls they would take twice the time.
            try:
                began, ended = start - EPOCH, end - EPOCH
            except TypeError:
                raise NaiveTime from None
            first, last = began.days * DAY + began.seconds, ended.days * DAY + ended.seconds
            if not (since <= first < until and since <= last < until):
                table = self._tables.holding(min(first, last), max(first, last))
                since, until, counted, bases = table.since, table.until, table.counted, table.bases
            i, j = bisect_right(counted, first), bisect_right(counted, last)
            away = (bases[j] + last) * MICRO + ended.microseconds if j & 1 else bases[j] * MICRO
            away -= (bases[i] + first) * MICRO + began.microseconds if i & 1 else bases[i] * MICRO
            result.append((away + HALF) // MICRO if away >= 0 else -((HALF - away) // MICRO))
        return result

    def due(self, start: datetime, seconds: float) -> datetime:
        """The whole second at which so many business seconds have passed since start; raises NeverOpens or OutOfCalendar.

        Where one opening's end and the next one's start are the same business instant, this is the end. Negative
        seconds go back in time, and then it is the start. No seconds at all is the start itself, to the microsecond.
        """
        instant, micro = _split(start)
        away = round(seconds * MICRO)
        if away == 0:
            return start.astimezone(UTC)
        if not new_year(FIRST_YEAR) <= instant + away // MICRO < new_year(LAST_YEAR):
            raise OutOfCalendar  # known at once, since business time never passes faster than time
        table = self._tables.holding(instant, instant)
        # Halves are rounded towards the start: so `elapsed(start, due(start, d))` is d for parts of a second, too.
        if away > 0:
            while (wanted := table.position(instant, micro) + away) > table.end_position:
                table = self._tables.later(table)
            return moment_at((table.earliest_at(wanted) + HALF - 1) // MICRO)
        while (wanted := table.position(instant, micro) + away) < 0:
            table = self._tables.earlier(table)
        return moment_at((table.latest_at(wanted) + HALF) // MICRO)

    # --- open or closed ---

    def is_open(self, at: datetime) -> bool:
        """Whether the moment lies in an opening; an opening's start does, its end does not."""
        instant, _micro = _split(at)
        return self._tables.holding(instant, instant).edge_after(instant)[1]

    def next_open(self, at: datetime) -> datetime:
        """The moment itself when it is open, else the start of the next opening; raises NeverOpens."""
        instant, _micro = _split(at)
        table = self._tables.holding(instant, instant)
        while (found := table.edge_after(instant))[0] is None:
            table = self._tables.later(table)
        edge, is_open = found
        return at.astimezone(UTC) if is_open or edge is None else moment_at(edge)

    def next_close(self, at: datetime) -> datetime | None:
        """The end of the opening that runs now, or of the next one when it is closed; None when no end is in sight.

        Openings that touch are one: an overnight shift that a day shift follows closes after the day shift. An end
        is looked for over 12 years: a desk that is open day and night has none.
        """
        opened, _micro = _split(self.next_open(at))
        table = self._tables.holding(opened, opened)
        horizon = min(moment_at(opened).year + PATIENCE, LAST_YEAR)
        edge, _is_open = table.edge_after(opened)
        # An edge in the margin is no end yet: the year after may go on without a break.
        while edge is None or edge >= table.until:
            if table.last_year >= horizon:
                return None
            table = self._tables.covering(table.first_year, table.last_year + 1)
            edge, _is_open = table.edge_after(opened)
        return moment_at(edge)

    def openings(self, from_date: date, to_date: date) -> list[tuple[datetime, datetime]]:
        """Start and end of each opening that belongs to a day from `from_date` to `to_date`, both days included."""
        days = range(from_date.toordinal(), to_date.toordinal() + 1)
        return [(moment_at(start), moment_at(end)) for day in days for start, end in self._spans_on(day)]

    # --- working days ---

    def is_workday(self, day: date) -> bool:
        """Whether any opening belongs to this day."""
        return bool(self.hours_on(day))

    @overload
    def add_days(self, start: datetime, days: int) -> datetime: ...
    @overload
    def add_days(self, start: date, days: int) -> date: ...
    def add_days(self, start: date, days: int) -> date:
        """So many working days later, or earlier; a moment keeps its time of day in the calendar's zone.

        From a day that is none, the count begins at the nearest working day in the direction of counting. No days at
        all is the start itself. Raises NeverOpens.
        """
        if not isinstance(start, datetime):
            return date.fromordinal(self._workday(start.toordinal(), days))
        _split(start)
        if days == 0:
            return start.astimezone(UTC)
        local = start.astimezone(self._zone)
        since_midnight = local.hour * 3600 + local.minute * 60 + local.second
        instant = instant_of(self._workday(local.toordinal(), days), since_midnight, self._zone)
        return moment_at(instant) + timedelta(microseconds=local.microsecond)

    def days_between(self, start: date, end: date) -> int:
        """Working days after `start`, up to and including `end`; negative when the end lies before the start."""
        first, last = self._local_day(start), self._local_day(end)
        workdays = self._tables.covering(min(first, last).year, max(first, last).year).workdays
        return bisect_right(workdays, last.toordinal()) - bisect_right(workdays, first.toordinal())

    # --- of the calendar itself ---

    def hours_on(self, day: date) -> Hours:
        """The hours that belong to this date: a special day's own, none on a closed date, else those of the week."""
        if day in self.special:
            return self.special[day]
        if day in self.closed or (self.closures is not None and day in self.closures.dates_in(day.year)):
            return ()
        return self.weekly[day.weekday()]

    def all_day(self) -> "Calendar":
        """The same working days, each open 00:00–24:00: for the figure that stands beside the business time."""
        monday, tuesday, wednesday, thursday, friday, saturday, sunday = map(_widened, self.weekly)
        return Calendar(
            zone=self.zone,
            weekly=(monday, tuesday, wednesday, thursday, friday, saturday, sunday),
            closed=self.closed,
            special={day: _widened(hours) for day, hours in self.special.items()},
            closures=self.closures,
        )

    # --- precomputed ---

    def _year_of(self, year: int) -> Year:
        days = range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
        workdays = [day for day in days if self.is_workday(date.fromordinal(day))]
        openings = [span for day in workdays for span in self._spans_on(day)]
        return Year(openings, workdays, tuple(repeated_spans(year, self._zone)))

    def _spans_on(self, ordinal: int) -> list[Span]:
        """The day's openings as instants; one that lies wholly in skipped hours is none."""
        hours = sorted(self.hours_on(date.fromordinal(ordinal)))
        spans = [(instant_of(ordinal, it.start, self._zone), instant_of(ordinal, it.end, self._zone)) for it in hours]
        return [(start, end) for start, end in spans if start < end]

    def _workday(self, ordinal: int, days: int) -> int:
        """The working day so many after this day, or before it; both as ordinals."""
        if days == 0:
            return ordinal
        year = date.fromordinal(ordinal).year
        table = self._tables.covering(year, year)
        if days > 0:
            while (index := bisect_left(table.workdays, ordinal) + days) >= len(table.workdays):
                table = self._tables.later(table)
        else:
            while (index := bisect_right(table.workdays, ordinal) - 1 + days) < 0:
                table = self._tables.earlier(table)
        return table.workdays[index]

    def _local_day(self, day: date) -> date:
        """A date as it is, a moment's date in the calendar's zone."""
        if isinstance(day, datetime):
            _split(day)
            return day.astimezone(self._zone).date()
        return day


def zone_named(name: str) -> ZoneInfo:
    """The zone of the IANA list with this name; raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a relative path, or the name of a folder of zones
        raise UnknownZone(f"“{name}” is not a zone of the IANA list, such as Etc/UTC or Europe/Amsterdam.") from None


def _widened(hours: Hours) -> Hours:
    return WHOLE_DAY if hours else ()


def _split(at: datetime) -> tuple[int, int]:
    """Whole seconds since 1970 in UTC, and the microseconds beside them."""
    try:
        since = at - EPOCH
    except TypeError:
        raise NaiveTime from None
    return since.days * DAY + since.seconds, since.microseconds


def _rounded(microseconds: int) -> int:
    """Whole seconds, halves away from zero."""
    return (microseconds + HALF) // MICRO if microseconds >= 0 else -((HALF - microseconds) // MICRO)
