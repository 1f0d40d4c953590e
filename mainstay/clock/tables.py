"""Keeps the precomputed openings of one calendar, and makes them longer when other years are asked for."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock

from .errors import NeverOpens, OutOfCalendar
from .openings import Table, Year, table_of
from .zones import DAY, EPOCH, moment_at

FIRST_YEAR, LAST_YEAR = 1, 9998  # a year needs its neighbours, so the instants of 2 to 9997 can be asked for
PATIENCE = 12  # years without any opening after which a calendar counts as closed for good


class Tables:
    """The newest table of a calendar. A table in use is never changed, a longer one takes its place: threads may share.

    `year_of` computes a year, `named` are the years in which the calendar names dates of its own.
    """

    def __init__(self, year_of: Callable[[int], Year], named: frozenset[int]) -> None:
        self._year_of = year_of
        self._last_named = max(named, default=FIRST_YEAR)
        self._first_named = min(named, default=LAST_YEAR)
        self._years: dict[int, Year] = {}
        self._newest: Table | None = None
        self._growing = Lock()

    def holding(self, low: int, high: int) -> Table:
        """A table in which every instant from `low` to `high` can be asked for."""
        newest = self._newest
        if newest is not None and newest.since <= low and high < newest.until:
            return newest
        return self.covering(moment_at(low).year - 1, moment_at(high).year + 1)

    def covering(self, first_year: int, last_year: int) -> Table:
        """A table of at least these years; the outer two are margins, since openings may reach over New Year."""
        if first_year < FIRST_YEAR or last_year > LAST_YEAR:
            raise OutOfCalendar
        with self._growing:
            newest = self._newest
            if newest is not None:
                if newest.first_year <= first_year and last_year <= newest.last_year:
                    return newest
                first_year, last_year = min(first_year, newest.first_year), max(last_year, newest.last_year)
            years = [self._kept(year) for year in range(first_year, last_year + 1)]
            self._newest = table_of(years, first_year, new_year(first_year + 1), new_year(last_year))
            return self._newest

    def later(self, table: Table) -> Table:
        """A table that goes on after this one; raises NeverOpens when there is nothing more to come."""
        last = table.last_year
        opened = table.edges[-1] if table.edges else table.since
        if last >= self._last_named and new_year(last) - opened > PATIENCE * 366 * DAY:
            raise NeverOpens
        # Twice as long each time, so that far dates take few steps; the year behind LAST_YEAR is refused by `covering`.
        wanted = last + max(1, last - table.first_year)
        return self.covering(table.first_year, wanted if last == LAST_YEAR else min(wanted, LAST_YEAR))

    def earlier(self, table: Table) -> Table:
        """A table that begins before this one; raises NeverOpens when there was nothing before."""
        first = table.first_year
        opened = table.edges[0] if table.edges else table.until
        if first <= self._first_named and opened - new_year(first) > PATIENCE * 366 * DAY:
            raise NeverOpens
        wanted = first - max(1, table.last_year - first)
        return self.covering(wanted if first == FIRST_YEAR else max(wanted, FIRST_YEAR), table.last_year)

    def _kept(self, year: int) -> Year:
        if year not in self._years:
            self._years[year] = self._year_of(year)
        return self._years[year]


def new_year(year: int) -> int:
    """The instant at which this year begins in UTC."""
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH).days * DAY
