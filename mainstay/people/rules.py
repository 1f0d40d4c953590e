"""Pure questions about addresses, languages and links of invitations."""

from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.crypto import constant_time_compare, salted_hmac

from .models import Invitation, Person

EMAIL = "email"
PHONE = "phone"
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # of a telephone number with its country (ITU-T E.164)


def canonical_email(address: str) -> str:
    """The stored form of an e-mail address: trimmed, lower case, without a trailing dot.

    Exact comparison only: no Unicode folding, since it would join addresses that different people own.
    """
    return address.strip().lower().rstrip(".")[:320]


def canonical_number(number: str) -> str:
    """The stored form of a telephone number, `+31201234567`; empty when it is none, or bears no country."""
    text = number.strip().replace("\u2060", "")
    international = text.startswith("+") or text.startswith("00")
    digits = "".join(sign for sign in text if sign in "0123456789").removeprefix("" if text.startswith("+") else "00")
    rest = text.lstrip("+").translate(str.maketrans("", "", "0123456789 \u00a0-./()"))
    if rest or not international or not FEWEST_DIGITS <= len(digits) <= MOST_DIGITS:
        return ""
    return f"+{digits}"


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


def invitation_token(invitation: Invitation) -> str:
    """The secret part of the link: made of what only the desk knows, so that no table holds it. 256 bits."""
    value = f"{invitation.pk}:{invitation.nonce}"
    return salted_hmac("mainstay.people.invitation", value, algorithm="sha256").hexdigest()


def why_over(invitation: Invitation | None, token: str, at: datetime) -> str:
    """Why this link can't be used: unknown, used, withdrawn or expired; empty when it can. A wrong token learns nothing."""
    if invitation is None or not constant_time_compare(invitation_token(invitation), token):
        return "unknown"
    if invitation.accepted_at is not None:
        return "used"
    if invitation.withdrawn_at is not None:
        return "withdrawn"
    return "expired" if invitation.expires_at <= at else ""


@cache
def _known_zones() -> set[str]:
    """Asked for each page: reading the list anew would take longer than most queries (5 ms)."""
    return available_timezones()
