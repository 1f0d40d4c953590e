"""Which rules there are, what they would have matched, and what they did."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from babel import Locale
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.catalogue.models import Product
from mainstay.people.models import Person, Team
from mainstay.people.queries import assignable_staff
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force
from mainstay.tickets.models import CustomField, Tag, Ticket, TicketEvent, TicketQuerySet
from mainstay.tickets.queries import ASKED_OF
from mainstay.tickets.states import FieldKind
from mainstay.tickets.values import YES

from .models import Rule, Run
from .rules import FIXED, NOBODY, OPEN, SHUT, Condition, filter_for
from .states import BY_THE_CLOCK, KINDS, Field, Match, When

HEARD_AGAIN_AFTER = 3.0  # seconds: so old may be what a process knows of which events any rule listens to
PREVIEW_DAYS = 30
PREVIEW_EVENTS = 60_000  # the newest so many are looked at
PREVIEW_SHOWN = 14


def rules_for(viewer: Person) -> QuerySet[Rule]:
    """The rules this person may see: all for who administers the desk, none for others."""
    rules = Rule.objects.select_related("author", "answer").order_by("place", "pk")
    return rules if viewer.may(Permission.MANAGE_DESK) else rules.none()


def rule_for(viewer: Person, pk: int) -> Rule | None:
    return rules_for(viewer).filter(pk=pk).first() if pk < 2**63 else None


def runs_for(viewer: Person, rule: Rule | None = None) -> QuerySet[Run]:
    """What rules did, newest first; of one, or of all."""
    runs = Run.objects.select_related("ticket", "rule").order_by("-pk")
    if rule is not None:
        runs = runs.filter(rule=rule)
    return runs if viewer.may(Permission.MANAGE_DESK) else runs.none()


# --- what is listened to ----------------------------------------------------------------------------------------------


class _Heard:
    """The kinds of events that any rule listens to, as this process knew them last."""

    def __init__(self) -> None:
        self.kinds: frozenset[str] = frozenset()
        self.until = 0.0


@cache
def _heard() -> _Heard:
    return _Heard()


def is_heard(kind: str) -> bool:
    """Whether a rule that is on may listen to events of this kind: one query every few seconds, however many happen."""
    heard = _heard()
    if time.monotonic() >= heard.until:
        whens = Rule.objects.filter(is_on=True).exclude(when__in=BY_THE_CLOCK).order_by().values_list("when", flat=True)
        heard.kinds = frozenset(kind for when in set(whens) for kind in KINDS[when])
        heard.until = time.monotonic() + HEARD_AGAIN_AFTER
    return kind in heard.kinds


def forget_what_is_heard() -> None:
    """The next event asks the database again; other processes do so within seconds."""
    _heard().until = 0.0


def rules_woken_by(event: TicketEvent) -> list[Rule]:
    """The rules that are on and listen to such an event, in their order; not those switched on after it."""
    whens = [when for when, kinds in KINDS.items() if event.kind in kinds]
    woken = Rule.objects.select_related("author__account__custom_role", "answer").filter(
        is_on=True, when__in=whens, since__lte=event.at
    )
    return list(woken.order_by("place", "pk"))


# --- the preview ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Preview:
    """What a rule would have met. `looked_at` events or open tickets were looked at, of the time since `since` (None: now);
    `shown` are the newest of `matched` tickets; `is_partial` when that is less than 30 days."""

    looked_at: int
    since: datetime | None
    is_partial: bool
    matched: int
    shown: Sequence[Ticket]


def preview(when: str, match: str, conditions: Sequence[Condition], at: datetime) -> Preview:
    """The tickets that would have been met within 30 days, by what is known of them today. Nothing is done.

    Looked at are the newest 60,000 events at most, so that it is quick on any desk. A rule that goes by the clock is asked
    of the tickets that are open now.
    """
    policy = policy_in_force(at)
    asked = filter_for(conditions, Match(match), is_open=policy.calendar.is_open(at))
    tickets = Ticket.objects.order_by("-number")
    if when in BY_THE_CLOCK:
        return _preview_of(tickets.active().count(), None, False, tickets.active().filter(asked))
    newest = TicketEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    since = at - timedelta(days=PREVIEW_DAYS)
    oldest = (
        TicketEvent.objects.filter(pk__gt=newest - PREVIEW_EVENTS).order_by("pk").values_list("at", flat=True).first()
    )
    is_partial = newest > PREVIEW_EVENTS and oldest is not None and oldest > since
    woken = TicketEvent.objects.filter(kind__in=KINDS[When(when)], at__gte=since, pk__gt=newest - PREVIEW_EVENTS)
    met = list(woken.order_by("-pk").values_list("ticket_id", flat=True))
    return _preview_of(len(met), oldest if is_partial else since, is_partial, tickets.filter(asked, pk__in=set(met)))


def _preview_of(looked_at: int, since: datetime | None, is_partial: bool, met: TicketQuerySet) -> Preview:
    keys = list(met.values_list("pk", flat=True))
    shown = Ticket.objects.as_rows().filter(pk__in=keys[:PREVIEW_SHOWN]).order_by("-number")
    return Preview(looked_at, since, is_partial, len(keys), list(shown))


# --- the choices of conditions ----------------------------------------------------------------------------------------


def choices_of(field: str, policy: Policy) -> list[tuple[str, str]]:
    """The values that a condition on this field may ask for, with their words; empty for those that are typed."""
    choices = _CHOICES.get(field)
    if choices is not None:
        return choices(policy, get_language() or policy.languages.default)
    return [(key, str(word)) for key, word in FIXED.get(field, ())]


def _languages(policy: Policy, language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language, sep="-").languages
    return [(key, names.get(key, key)) for key in policy.languages.offered]


def _custom() -> Iterator[tuple[str, str]]:
    """Of each custom field its choices, or its tick; of every other, whether it is filled in."""
    for field in CustomField.objects.order_by("place", "pk"):
        key = f"{field.pk}{ASKED_OF}"
        if field.kind == FieldKind.CHECKBOX:
            yield f"{key}{YES}", _("%(field)s: yes") % {"field": field.name}
            continue
        for choice in field.choices:
            yield f"{key}{choice}", f"{field.name}: {choice}"
        yield key, _("%(field)s is filled in") % {"field": field.name}


_CHOICES: dict[str, Callable[[Policy, str], list[tuple[str, str]]]] = {
    Field.NATURE: lambda policy, language: [(key, policy.name_of_nature(key, language)) for key in policy.nature_keys],
    Field.SEVERITY: lambda policy, language: [
        (key, policy.name_of_severity(key, language)) for key in policy.severity_keys
    ],
    Field.CHANNEL: lambda _policy, _language: [("email", _("E-mail"))],
    Field.LANGUAGE: _languages,
    Field.ASSIGNEE: lambda _policy, _language: [
        (NOBODY, _("nobody")),
        *((str(one.pk), one.name) for one in assignable_staff()),
    ],
    Field.TAG: lambda _policy, _language: [
        (str(pk), name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")
    ],
    Field.TEAM: lambda _policy, _language: [
        (str(pk), name) for pk, name in Team.objects.order_by("name", "pk").values_list("pk", "name")
    ],
    Field.CUSTOM: lambda _policy, _language: list(_custom()),
    Field.PRODUCT: lambda _policy, _language: [(str(one.pk), str(one)) for one in Product.objects.order_by("model")],
    Field.HOURS: lambda _policy, _language: [(OPEN, _("the desk is open")), (SHUT, _("the desk is closed"))],
}
