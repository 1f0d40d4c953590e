"""A plain business calendar for the sample's tests: Monday to Friday 06:00–22:00 UTC, by walking the days."""

from datetime import UTC, datetime, time, timedelta

OPENS, CLOSES = time(6, tzinfo=UTC), time(22, tzinfo=UTC)


class WalkingCalendar:
    def _openings(self, start: datetime):
        day = start.astimezone(UTC).date()
        while True:
            if day.weekday() < 5:
                yield datetime.combine(day, OPENS), datetime.combine(day, CLOSES)
            day += timedelta(days=1)

    def elapsed(self, start: datetime, end: datetime) -> int:
        total = 0.0
        for opens, closes in self._openings(start):
            if opens >= end:
                return int(total)
            total += max(0.0, (min(closes, end) - max(opens, start)).total_seconds())
        raise AssertionError

    def due(self, start: datetime, seconds: int) -> datetime:
        left = timedelta(seconds=seconds)
        for opens, closes in self._openings(start):
            begins = max(opens, start)
            if begins < closes and begins + left <= closes:
                return begins + left
            left -= max(timedelta(0), closes - begins)
        raise AssertionError

    def is_open(self, at: datetime) -> bool:
        return any(o <= at < c for o, c in [next(self._openings(at))])

    def next_open(self, at: datetime) -> datetime:
        return next(max(o, at) for o, c in self._openings(at) if at < c)
