"""What tickets can be filtered by: each field once, with the values it takes and the rows that it keeps.

Values are text, as they stand in an address. Several values of one field: any of them; several fields: all of them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast, Substr

from mainstay.entitlement.states import Outcome
from mainstay.notifications.models import Notification
from mainstay.people.models import Person, Team
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_of, revision_keys
from mainstay.promises.rules import stamp
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import ASKED_OF, filled_in
from mainstay.tickets.states import ACTIVE, State

VALUES_MAX = 20  # of one field
ME, NOBODY, NONE, TEAM = "me", "nobody", "none", "team-"
YES, NO = "yes", "no"
ANY, FIRST_RESPONSE, RESOLUTION = "any", "first_response", "resolution"
TODAY = "today"
# Business time for what waits for us, calendar time for everything else.
WAITED = {"15m": 15 * 60, "30m": 30 * 60, "1h": 3600, "2h": 2 * 3600, "4h": 4 * 3600, "8h": 8 * 3600, "24h": 24 * 3600}
SPANS = {
    "1h": timedelta(hours=1),
    "4h": timedelta(hours=4),
    "1d": timedelta(days=1),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
LATELY = {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90)}


@dataclass(frozen=True)
class Looking:
    """Who looks, when, and in which zone their days begin."""

    viewer: Person
    at: datetime
    zone: ZoneInfo


Where = Callable[[Sequence[str], Looking], Q]


@dataclass(frozen=True)
class Field:
    """`accepts` says whether a value may stand in an address; `is_single` fields have one value at most.

    What a field that `moves` keeps depends on the moment, or on the zone of who looks.
    """

    key: str
    accepts: Callable[[str, Policy], bool]
    where: Where
    is_single: bool = False
    moves: bool = False


# --- values -----------------------------------------------------------------------------------------------------------


def _one_of(*values: str) -> Callable[[str, Policy], bool]:
    return lambda value, _policy: value in values


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


def _key_or(*words: str) -> Callable[[str, Policy], bool]:
    return lambda value, _policy: value in words or _is_key(value)


def _assignee(value: str, _policy: Policy) -> bool:
    return value in (ME, NOBODY) or _is_key(value.removeprefix(TEAM))


def _written_like(pattern: str) -> Callable[[str, Policy], bool]:
    form = re.compile(pattern, re.ASCII | re.IGNORECASE)
    return lambda value, _policy: form.fullmatch(value) is not None


def _day(value: str, _policy: Policy) -> bool:
    try:
        return 1970 <= date.fromisoformat(value).year <= 9000
    except ValueError:
        return False


# --- rows -------------------------------------------------------------------------------------------------------------


def _in(column: str) -> Where:
    return lambda values, _looking: Q(**{f"{column}__in": list(values)})


def _keys_in(column: str) -> Where:
    """By key, or without any."""

    def where(values: Sequence[str], _looking: Looking) -> Q:
        found = Q(**{f"{column}__in": [int(value) for value in values if value != NONE]})
        return found | Q(**{f"{column}__isnull": True}) if NONE in values else found

    return where


def _assigned(values: Sequence[str], looking: Looking) -> Q:
    people = [looking.viewer.pk] if ME in values else []
    people += [int(value) for value in values if _is_key(value)]
    teams = [int(value.removeprefix(TEAM)) for value in values if value.startswith(TEAM)]
    found = Q(assignee__in=people)
    if teams:
        members = Team.members.through.objects.filter(team__in=teams)
        found |= Q(assignee__in=members.order_by().values("person"))
    return found | Q(assignee=None) if NOBODY in values else found


def _asleep(values: Sequence[str], _looking: Looking) -> Q:
    return Q(is_asleep=YES in values)


def _tagged(values: Sequence[str], _looking: Looking) -> Q:
    bearing = Ticket.tags.through.objects.filter(tag__in=[int(value) for value in values])
    return Q(pk__in=bearing.order_by().values("ticket"))


def _filled(values: Sequence[str], _looking: Looking) -> Q:
    """Several values of one custom field: any of them; several custom fields: all of them."""
    of_field: dict[str, Q] = {}
    for value in values:
        key = value.partition(ASKED_OF)[0]
        of_field[key] = of_field.get(key, Q(pk=None)) | filled_in(value)
    found = Q()
    for part in of_field.values():
        found &= part
    return found


def _unread(values: Sequence[str], looking: Looking) -> Q:
    """With a notice about it that the viewer has not read."""
    notices = Notification.objects.filter(
        person=looking.viewer, seen_at=None, subject__regex=r"^ticket:[0-9]{1,18}$"
    ).order_by()
    numbers = notices.annotate(number=Cast(Substr("subject", 8), BigIntegerField())).values("number")
    return Q(number__in=numbers)


def _over(values: Sequence[str], looking: Looking) -> Q:
    """Not finished, and older than the average aimed for, under the ticket's own policy."""
    measures = (FIRST_RESPONSE, RESOLUTION) if ANY in values else tuple(values)
    found = Q(pk=None)
    for measure in measures:
        is_open = Q(promise__first_responded_at=None) if measure == FIRST_RESPONSE else Q()
        found |= is_open & _before_now(partial(_is_past, f"promise__{measure}_target_seconds"), looking)
    return Q(state__in=ACTIVE, promise__excluded="", promise__resolved_at=None) & found


def _is_past(target: str, present: int) -> Q:
    return Q(promise__opened_stamp__lt=present - F("promise__paused_seconds") - F(target))


def _waits_for_us(values: Sequence[str], looking: Looking) -> Q:
    """Without a first answer, or with a later question, for so long in business time."""
    seconds = WAITED[values[0]]

    def long_ago(present: int) -> Q:
        asked = Q(promise__asked_stamp__lt=present - seconds)
        first = Q(promise__opened_stamp__lt=present - seconds - F("promise__paused_seconds"))
        return asked | (first & Q(promise__first_responded_at=None))

    return Q(state__in=ACTIVE, promise__excluded="", promise__resolved_at=None) & _before_now(long_ago, looking)


def _before_now(question: Callable[[int], Q], looking: Looking) -> Q:
    """The question under each policy that ever was, with its own stamp of this moment."""
    found = Q(pk=None)
    for key in revision_keys():
        found |= Q(promise__revision=key) & question(stamp(looking.at, policy_of(key)))
    return found


def _older_than(column: str, **more: object) -> Where:
    return lambda values, looking: Q(**{f"{column}__lt": looking.at - SPANS[values[0]]}, **more)


def _lately(column: str) -> Where:
    def where(values: Sequence[str], looking: Looking) -> Q:
        if values[0] == TODAY:
            return Q(**{f"{column}__gte": _morning(looking.at.astimezone(looking.zone).date(), looking.zone)})
        return Q(**{f"{column}__gte": looking.at - LATELY[values[0]]})

    return where


def _from(column: str) -> Where:
    return lambda values, looking: Q(**{f"{column}__gte": _morning(date.fromisoformat(values[0]), looking.zone)})


def _until(column: str) -> Where:
    """The day itself is in."""

    def where(values: Sequence[str], looking: Looking) -> Q:
        return Q(**{f"{column}__lt": _morning(date.fromisoformat(values[0]) + timedelta(days=1), looking.zone)})

    return where


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


# --- the fields, in the order in which they are offered ---------------------------------------------------------------

_FIELDS = (
    Field("state", _one_of(*State.values), _in("state")),
    Field("severity", lambda value, policy: policy.has_severity(value), _in("severity")),
    Field("nature", lambda value, policy: policy.has_nature(value), _in("nature")),
    Field("assignee", _assignee, _assigned),
    Field("over", _one_of(ANY, FIRST_RESPONSE, RESOLUTION), _over, is_single=True, moves=True),
    Field("waiting", _one_of(*WAITED), _waits_for_us, is_single=True, moves=True),
    Field("age", _one_of(*SPANS), _older_than("opened_at", state__in=ACTIVE), is_single=True, moves=True),
    Field("idle", _one_of(*SPANS), _older_than("touched_at"), is_single=True, moves=True),
    Field("unread", _one_of(YES), _unread, is_single=True),
    Field("asleep", _one_of(YES, NO), _asleep, is_single=True),
    Field("organisation", _key_or(NONE), _keys_in("organisation")),
    Field("person", _key_or(), _keys_in("person")),
    Field(
        "country",
        _written_like("[a-z]{2}"),
        lambda values, _looking: Q(organisation__country__in=[v.upper() for v in values]),
    ),
    Field("language", _written_like("[a-z]{2,3}(-[a-z0-9]{2,8})?"), _in("language")),
    Field("product", _key_or(NONE), _keys_in("product")),
    Field("tag", _key_or(), _tagged),
    Field("field", _written_like(rf"[0-9]{{1,18}}{ASKED_OF}.{{0,200}}"), _filled),
    Field("channel", lambda value, _policy: value in settings.CHANNELS, _in("channel")),
    Field("entitlement", _one_of(*Outcome.values), _in("entitlement")),
    Field("opened", _one_of(TODAY, *LATELY), _lately("opened_at"), is_single=True, moves=True),
    Field("changed", _one_of(TODAY, *LATELY), _lately("touched_at"), is_single=True, moves=True),
    Field("opened_from", _day, _from("opened_at"), is_single=True, moves=True),
    Field("opened_to", _day, _until("opened_at"), is_single=True, moves=True),
    Field("changed_from", _day, _from("touched_at"), is_single=True, moves=True),
    Field("changed_to", _day, _until("touched_at"), is_single=True, moves=True),
)
FIELDS: dict[str, Field] = {field.key: field for field in _FIELDS}
