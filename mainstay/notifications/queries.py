"""What somebody was told, and how they want to be told."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models.expressions import RawSQL
from django.utils.module_loading import import_string

from mainstay.history.prepared import Prepared
from mainstay.people.models import Person
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission

from .models import NoticeChoices, NoticeDefaults, Notification, PushSubscription
from .rules import gets_through, quiet_until

NEWEST = 50
DEFAULTED = ("by_mail", "by_push", "by_sound", "quiet_off_duty")
COUNTED_UP_TO = 100  # counters are capped: "99+"
UNREAD = """
select count(*) from (select from notifications_notification where person_id = %s and seen_at is null limit %s) capped
"""


def unread(person: Person) -> tuple[int, Notification | None]:
    """How many notices this person has not read, counted up to 100, and the newest of them with their choices; one query."""
    newest: Notification | None = _NEWEST_UNREAD.first(person.pk)
    return (newest.unread, newest) if newest else (0, None)  # type: ignore[attr-defined]


_NEWEST_UNREAD = Prepared(
    lambda person: (
        Notification.objects.filter(person=person, seen_at=None)
        .annotate(unread=RawSQL(UNREAD, [person, COUNTED_UP_TO]))  # noqa: S611 - the values are parameters
        .select_related("person__notice_choices")
        .order_by("-pk")[:1]
    ),
    int,
)


def notices_of(person: Person, before: int | None = None) -> list[Notification]:
    """The newest notices, or those that came before the one with this key; at most NEWEST."""
    mine = Notification.objects.filter(person=person)
    if before is not None:
        mine = mine.filter(pk__lt=before)
    return list(mine.order_by("-pk")[:NEWEST])


def notice_for(person: Person, pk: int) -> Notification | None:
    """One's own notice with this key; None otherwise, whoever's it is."""
    return Notification.objects.filter(person=person, pk=pk).first()


def choices_of(person: Person) -> NoticeChoices:
    """How this person wants to be told; who never chose gets the choices of their role, unsaved."""
    return NoticeChoices.objects.filter(person=person).first() or default_choices(person, defaults_by_role())


def is_said_aloud(notice: Notification, at: datetime) -> bool:
    """Whether a browser of the person may say so beyond its page, by a notification of the system or a sound."""
    choices = getattr(notice.person, "notice_choices", None)
    if choices is None or quiet_until(choices, at, zone_of(notice.person)) is None:
        return True
    return gets_through(choices, notice.urgency)


def default_choices(person: Person, defaults: Mapping[str, NoticeDefaults]) -> NoticeChoices:
    """As set-up says for their role; else those who work at the screen are told there, and a supervisor by mail as well."""
    if chosen := defaults.get(person.role):
        return NoticeChoices(person=person, **{name: getattr(chosen, name) for name in DEFAULTED})
    return NoticeChoices(person=person, by_mail=_leads(person.permissions))


def _leads(permissions: Collection[str]) -> bool:
    """Who plans the work and may not be at the screen."""
    return Permission.MANAGE_DUTY in permissions and Permission.MANAGE_DESK not in permissions


def defaults_by_role() -> dict[str, NoticeDefaults]:
    """What set-up says, by the key of the role; one query."""
    return {one.role: one for one in NoticeDefaults.objects.order_by("pk")}


def shown_defaults(roles: Mapping[str, Collection[str]]) -> dict[str, NoticeDefaults]:
    """How each of these roles (key → permissions) is told, unsaved where set-up says nothing."""
    known = defaults_by_role()
    return {
        key: known.get(key) or NoticeDefaults(role=key, by_mail=_leads(permissions))
        for key, permissions in roles.items()
    }


def subscriptions_of(person: Person) -> list[PushSubscription]:
    return list(PushSubscription.objects.filter(person=person).order_by("pk"))


def keys_on_duty(at: datetime) -> set[int]:
    """The keys of those who are on duty; asked only for people who want to be left alone otherwise."""
    on_duty: Iterable[Person] = import_string(settings.NOTICE_DUTY)(at)
    return {person.pk for person in on_duty}


def address_of(person: Person) -> str:
    """Where mail with notices goes: the address with which somebody of the desk signs in; empty for all others."""
    account = getattr(person, "account", None)
    return account.email if account is not None and account.is_active else ""
