"""Pure questions about notices: who gets them away from the screen, when the next mail may go, where a subject is."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from .models import NoticeChoices

MAIL_AGAIN_AFTER = timedelta(minutes=5)


def is_left_alone(choices: NoticeChoices, *, is_on_duty: bool) -> bool:
    """Whether this person is told on screen only, for now."""
    return choices.quiet_off_duty and not is_on_duty


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
