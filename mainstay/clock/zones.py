"""Local clock time to instants and back over the jumps of a zone; instants are whole seconds since 1970 in UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def moment_at(instant: int) -> datetime:
    return EPOCH + timedelta(seconds=instant)


def instant_of(ordinal: int, seconds: int, zone: ZoneInfo) -> int:
    """When the zone's clock first shows `seconds` past midnight of the day with this ordinal.

    A time that the clock shows twice means its first showing; one that it skips means the moment of the jump.
    """
    ordinal, seconds = ordinal + seconds // DAY, seconds % DAY
    wall = (ordinal - _EPOCH_ORDINAL) * DAY + seconds
    day = date.fromordinal(ordinal)
    local = datetime(day.year, day.month, day.day, seconds // 3600, seconds // 60 % 60, seconds % 60, tzinfo=zone)
    first, second = _offset(local), _offset(local.replace(fold=1))
    if first < second:  # skipped: the clock jumps forward over this time
        return jump_between(wall - second, wall - first, zone)
    return wall - first


def repeated_spans(year: int, zone: ZoneInfo) -> Iterator[tuple[int, int]]:
    """The spans of a UTC year in which the zone's clock shows hours for the second time, in order."""
    first = (date(year, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY
    last = (date(year + 1, 1, 1).toordinal() - _EPOCH_ORDINAL) * DAY
    before = offset_at(first, zone)
    for midnight in range(first, last, DAY):
        after = offset_at(midnight + DAY, zone)
        if after < before:
            jump = jump_between(midnight, midnight + DAY, zone)
            yield jump, jump + before - after
        before = after


def jump_between(low: int, high: int, zone: ZoneInfo) -> int:
    """The first instant after `low`, up to `high`, with another offset than `low` has; one jump is assumed."""
    before = offset_at(low, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_at(middle, zone) == before:
            low = middle
        else:
            high = middle
    return high


def offset_at(instant: int, zone: ZoneInfo) -> int:
    return _offset(moment_at(instant).astimezone(zone))


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    if offset is None:  # never with a ZoneInfo; said for the type checker
        raise ValueError("a zone without an offset")
    return offset // timedelta(seconds=1)
