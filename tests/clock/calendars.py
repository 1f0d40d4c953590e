"""Calendars that the tests of business time share."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from mainstay.clock.calendar import Calendar
from mainstay.clock.hours import Hours, read_interval

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def hours(*written: str) -> Hours:
    return tuple(read_interval(text) for text in written)


def calendar(
    zone: str = "Etc/UTC",
    closed: tuple[str, ...] = (),
    special: Mapping[str, tuple[str, ...]] | None = None,
    **weekly: tuple[str, ...],
) -> Calendar:
    """`calendar(mon=("09:00-17:00",))`: days that are not named stay closed."""
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (hours(*weekly.pop(day, ())) for day in DAYS)
    assert not weekly, f"no such weekday: {weekly}"
    return Calendar(
        zone,
        (monday, tuesday, wednesday, thursday, friday, saturday, sunday),
        frozenset(date.fromisoformat(day) for day in closed),
        {date.fromisoformat(day): hours(*written) for day, written in (special or {}).items()},
    )


def office(*written: str, zone: str = "Etc/UTC", **more: object) -> Calendar:
    """The same hours Monday to Friday."""
    return calendar(zone, **dict.fromkeys(DAYS[:5], written), **more)  # type: ignore[arg-type]


def always(zone: str = "Etc/UTC", **more: object) -> Calendar:
    return calendar(zone, **dict.fromkeys(DAYS, ("00:00-24:00",)), **more)  # type: ignore[arg-type]


def utc(text: str) -> datetime:
    """`2026-11-20 20:00` or with seconds, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
