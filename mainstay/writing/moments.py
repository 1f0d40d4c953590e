"""Moments at which a reply may leave, as people would choose them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(9)
SOONEST, FURTHEST = timedelta(minutes=1), timedelta(days=366)
MONDAY = 0


@dataclass(frozen=True)
class Morning:
    """Nine o'clock on a day of the customer's."""

    at: datetime
    is_tomorrow: bool


def mornings(at: datetime, zone: ZoneInfo) -> list[Morning]:
    """Tomorrow at nine where the customer is, and the next Monday when that is another day."""
    today = at.astimezone(zone).date()
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=(MONDAY - today.weekday() - 1) % 7 + 1)
    found = [Morning(_nine(tomorrow, zone), is_tomorrow=True)]
    return found if monday == tomorrow else [*found, Morning(_nine(monday, zone), is_tomorrow=False)]


def is_for_later(due_at: datetime, at: datetime) -> bool:
    return SOONEST <= due_at - at <= FURTHEST


def _nine(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
