"""What operators mean: days, states, parts; pure but for what tickets are."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from mainstay.entitlement.states import Outcome
from mainstay.people.models import Person
from mainstay.tickets.states import ACTIVE, State

DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
AGO = re.compile(r"(\d{1,4})([dwmy])")
DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}

IS: dict[str, Q] = {
    "open": Q(state__in=ACTIVE),
    "new": Q(state=State.NEW),
    "waiting": Q(state=State.WAITING),
    "developers": Q(state=State.DEVELOPERS),
    "resolved": Q(state=State.RESOLVED),
    "closed": Q(state__in=[State.RESOLVED, State.CLOSED]),
    "asleep": Q(is_asleep=True),
    "unassigned": Q(assignee=None),
    "refused": Q(entitlement=Outcome.REFUSED),
}
ME, NOBODY = "me", "nobody"


def state_asked(value: str, asker: Person) -> Q | None:
    """What `is:` asks for; None for what it does not know."""
    return Q(assignee=asker) if value == "mine" else IS.get(value)


def days_meant(value: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """The first moment of the day, month or year that is meant, and the first one after it; None for what is none."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    named = {"today": today, "yesterday": today - timedelta(days=1)}.get(value)
    if named is not None:
        return named, named + timedelta(days=1)
    if ago := AGO.fullmatch(value):
        first = today - timedelta(days=int(ago[1]) * DAYS[ago[2]])
        return first, first + timedelta(days=1)
    found = DAY.fullmatch(value)
    return _calendar(found, zone) if found else None


def _calendar(found: re.Match[str], zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    year, month, day = int(found[1]), found[2], found[3]
    try:
        first = datetime(year, int(month or 1), int(day or 1), tzinfo=zone)
        if day:
            return first, first + timedelta(days=1)
        if month:
            later = first + timedelta(days=32)
            return first, later.replace(day=1)
        return first, first.replace(year=year + 1)
    except (ValueError, OverflowError):
        return None
