"""Pure questions about notices: who gets them away from the screen, when the next mail may go, where a subject is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from .models import NoticeChoices
from .states import Urgency

MAIL_AGAIN_AFTER = timedelta(minutes=5)


def is_left_alone(choices: NoticeChoices, *, is_on_duty: bool) -> bool:
    """Whether this person is told on screen only, for now."""
    return choices.quiet_off_duty and not is_on_duty


def gets_through(choices: NoticeChoices, urgency: int) -> bool:
    """Whether a notice of this urgency reaches the person in their quiet hours all the same."""
    return choices.urgent_when_quiet and urgency >= Urgency.HIGH


def quiet_until(choices: NoticeChoices, at: datetime, zone: ZoneInfo) -> datetime | None:
    """The end of the quiet hours that this moment lies in; None outside of them.

    On the person's own clock; quiet hours that end before they begin last over midnight, those that end when they begin are
    none.
    """
    begins, ends = choices.quiet_from, choices.quiet_until
    if begins is None or ends is None or begins == ends:
        return None
    local = at.astimezone(zone)
    is_over_midnight = ends < begins
    clock = local.time().replace(tzinfo=None)
    is_quiet = (clock >= begins or clock < ends) if is_over_midnight else begins <= clock < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if is_over_midnight and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=zone)


def next_mail_at(mailed_at: datetime | None, at: datetime) -> datetime:
    """When the next mail with notices may be written: at most one in five minutes; what comes meanwhile is collected."""
    return max(at, mailed_at + MAIL_AGAIN_AFTER) if mailed_at else at


def path_of(subject: str) -> str:
    """The page of what a notice is about; the list of notices where there is none."""
    kind, _colon, key = subject.partition(":")
    page = settings.NOTICE_PLACES.get(kind)
    return reverse(page, args=[key]) if page and key.isdecimal() else reverse(settings.NOTICE_PLACES[""])


def url_of(subject: str) -> str:
    """The same with the desk's own address before it, for those who are elsewhere."""
    return f"{settings.SITE_URL}{path_of(subject)}"


def topic_of(person_key: int) -> str:
    """What open browsers of this person listen to."""
    return f"person:{person_key}"
