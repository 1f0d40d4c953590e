"""Pure questions about addresses and languages."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from .models import Person

EMAIL = "email"


def canonical_email(address: str) -> str:
    """The stored form of an e-mail address: trimmed, lower case, without a trailing dot.

    Exact comparison only: no Unicode folding, since it would join addresses that different people own.
    """
    return address.strip().lower().rstrip(".")[:320]


def language_of(person: Person | None, offered: tuple[str, ...], default: str) -> str:
    """The person's language when it is offered, else the default: `nl-BE` counts as `nl`."""
    wanted = (person.language if person else "").lower().split("-")[0]
    return wanted if wanted in offered else default


def zone_of(person: Person | None) -> ZoneInfo:
    """The person's own zone, else the organisation's, else UTC."""
    if person is None:
        return ZoneInfo("Etc/UTC")
    name = person.zone or (person.organisation.zone if person.organisation else "")
    return ZoneInfo(name) if name in _known_zones() else ZoneInfo("Etc/UTC")


@cache
def _known_zones() -> set[str]:
    """Asked for each page: reading the list anew would take longer than most queries (5 ms)."""
    return available_timezones()
