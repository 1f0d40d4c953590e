"""The policy as the public reads it: its sentences, hours, ways in and targets, in one language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from mainstay.clock.hours import Hours, written
from mainstay.policy.ahead import OddDay, ahead
from mainstay.policy.shape import Policy

SHOWN_DAYS_OFF = 8
MONTHS_AHEAD = 3


@dataclass(frozen=True)
class HoursRow:
    """One or several days in a row with the same hours; no hours: closed."""

    days: str
    hours: str


@dataclass(frozen=True)
class DayOff:
    on: object
    name: str
    hours: str


@dataclass(frozen=True)
class Way:
    """One way to reach the desk."""

    name: str
    text: str
    url: str


@dataclass(frozen=True)
class Aim:
    """What is aimed for on average; `about` is the nature and severity, empty for all that has no row of its own."""

    about: str
    first_response_seconds: int
    resolution_seconds: int


def hours_of(policy: Policy) -> list[HoursRow]:
    week = list(enumerate(policy.calendar.weekly))
    rows = []
    for hours, days in groupby(week, key=lambda day: tuple(sorted(day[1]))):
        numbers = [number for number, _hours in days]
        first, last = str(WEEKDAYS[numbers[0]]), str(WEEKDAYS[numbers[-1]])
        rows.append(HoursRow(first if first == last else f"{first} – {last}", _hours_text(hours)))
    return rows


def zone_of(policy: Policy, at: datetime) -> str:
    """The zone of the hours with its present difference from UTC: `Europe/Amsterdam (UTC+01:00)`."""
    name = policy.hours.zone
    if name.endswith("UTC"):
        return name
    difference = f"{at.astimezone(ZoneInfo(name)):%z}"
    return f"{name} (UTC{difference[:3]}:{difference[3:]})"


def days_off(policy: Policy, at: datetime, language: str) -> list[DayOff]:
    """The next days with other hours than the week has."""
    today = at.astimezone(ZoneInfo(policy.hours.zone)).date()
    found = ahead(policy, today, MONTHS_AHEAD).days[:SHOWN_DAYS_OFF]
    return [DayOff(day.on, _name(policy, day, language), _hours_text(day.open)) for day in found]


def ways_of(policy: Policy) -> Iterator[Way]:
    channels = policy.channels
    yield Way(_("E-mail"), channels.email.address, f"mailto:{channels.email.address}")
    for line in channels.telephone.numbers if channels.telephone else ():
        name = _("Call-back telephone, %(country)s") % {"country": line.country}
        yield Way(name, line.number, f"tel:{line.number.replace(' ', '')}")
    if channels.whatsapp:
        yield Way("WhatsApp", channels.whatsapp.link, channels.whatsapp.link)
    if channels.telegram:
        yield Way("Telegram", channels.telegram.link, channels.telegram.link)


def aims_of(policy: Policy, language: str) -> list[Aim]:
    """The averages aimed for: those for everything, then those that differ by nature and severity."""
    usual = Aim("", policy.targets.first_response, policy.targets.resolution)
    rows = [usual]
    for nature in policy.nature_keys:
        for severity in policy.severity_keys:
            target = policy.target(nature, severity)
            names = policy.name_of_nature(nature, language), policy.name_of_severity(severity, language)
            rows.append(Aim(", ".join(names), target.first_response_seconds, target.resolution_seconds))
    same = (usual.first_response_seconds, usual.resolution_seconds)
    return [usual, *(aim for aim in rows[1:] if (aim.first_response_seconds, aim.resolution_seconds) != same)]


def sentences_of(policy: Policy, language: str) -> dict[str, str]:
    """The policy's own sentences by their keys, in this language."""
    fields = type(policy.wording).model_fields
    return {key: policy.text(getattr(policy.wording, key), language) for key in fields}


def _hours_text(hours: Hours) -> str:
    return ", ".join(written(one).replace("-", "–") for one in hours) or _("closed")


def _name(policy: Policy, day: OddDay, language: str) -> str:
    names: Mapping[str, str] = day.names
    return names.get("") or (policy.text(names, language) if names else "")
