"""On which dates an event of a calendar file takes place again (the rules of RFC 5545 that concern whole days).

Days are looked at one by one, so that a rule that never comes true ends all the same: the libraries for this go on to the
year 9999.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Rule:
    """How often: every `interval` years, months, weeks or days, on the days that fit; empty sets leave it to the first day.

    `weekdays` are pairs of an ordinal (0: each, -1: the last of its month or year) and a weekday, Monday 0.
    """

    frequency: str
    interval: int
    months: frozenset[int]
    month_days: frozenset[int]
    weekdays: frozenset[tuple[int, int]]
    week_starts: int

    def looked_at(self, first: date, last: date) -> Iterator[tuple[date, bool]]:
        """Each day from first to last that may fit, and whether it does."""
        for day in self._candidates(first, last):
            if first <= day <= last:
                yield day, self._fits(day, first)

    def _candidates(self, first: date, last: date) -> Iterator[date]:
        if self.frequency in ("WEEKLY", "DAILY"):
            yield from map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
            return
        for year in range(first.year, last.year + 1):
            for month in self._months_of(year, first):
                for day in range(1, monthrange(year, month)[1] + 1):
                    yield date(year, month, day)

    def _months_of(self, year: int, first: date) -> Sequence[int]:
        if self.frequency == "YEARLY":
            if (year - first.year) % self.interval:
                return ()
            only_first = not (self.months or self.month_days or self.weekdays)
            return sorted(self.months) or ([first.month] if only_first else range(1, 13))
        passed = (year - first.year) * 12 - first.month
        months = sorted(self.months) or range(1, 13)
        return [month for month in months if (passed + month) % self.interval == 0]

    def _has_turn(self, day: date, first: date) -> bool:
        """Whether the interval comes to this day; years and months were counted when the candidates were made."""
        if self.frequency == "DAILY":
            return (day - first).days % self.interval == 0
        return self.frequency != "WEEKLY" or (self._week(day) - self._week(first)) % self.interval == 0

    def _fits(self, day: date, first: date) -> bool:
        if not self._has_turn(day, first):
            return False
        if self.months and day.month not in self.months:
            return False
        in_month = monthrange(day.year, day.month)[1]
        if self.month_days and not self.month_days & {day.day, day.day - in_month - 1}:
            return False
        if self.weekdays:
            return any(self._is_weekday(day, in_month, *wanted) for wanted in self.weekdays)
        if self.month_days or self.frequency == "DAILY":
            return True
        return day.weekday() == first.weekday() if self.frequency == "WEEKLY" else day.day == first.day

    def _is_weekday(self, day: date, in_month: int, ordinal: int, weekday: int) -> bool:
        if day.weekday() != weekday or ordinal == 0:
            return day.weekday() == weekday
        if self.frequency == "YEARLY" and not self.months:
            place, length = day.timetuple().tm_yday, date(day.year, 12, 31).timetuple().tm_yday
        else:
            place, length = day.day, in_month
        return ordinal in ((place - 1) // 7 + 1, -((length - place) // 7 + 1))

    def _week(self, day: date) -> int:
        return (day.toordinal() - 1 - self.week_starts) // 7  # day 1 of the calendar was a Monday


def read_rule(parts: Mapping[str, Sequence[object]]) -> Rule | None:
    """The rule of these parts, as written in an RRULE; None for one that whole days can't follow. Raises ValueError."""
    parts = {key.upper(): values for key, values in parts.items()}
    frequency = str(parts["FREQ"][0]).upper()
    interval = int(str(parts.get("INTERVAL", [1])[0]))
    weekdays = frozenset(_weekday(str(value).upper()) for value in parts.get("BYDAY", ()))
    if frequency not in FREQUENCIES or interval < 1 or not parts.keys() <= KNOWN:
        return None
    if frequency in ("WEEKLY", "DAILY") and any(ordinal for ordinal, _weekday in weekdays):
        return None
    return Rule(
        frequency,
        interval,
        frozenset(int(str(value)) for value in parts.get("BYMONTH", ())),
        frozenset(int(str(value)) for value in parts.get("BYMONTHDAY", ())),
        weekdays,
        WEEKDAYS.index(str(parts.get("WKST", ["MO"])[0]).upper()),
    )


def _weekday(text: str) -> tuple[int, int]:
    """`4TH`, `-1FR` or `MO`."""
    return int(text[:-2] or 0), WEEKDAYS.index(text[-2:])
