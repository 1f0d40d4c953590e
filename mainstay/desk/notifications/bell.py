"""The bell in the frame of every page: how many notices are unread, and the newest of them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from mainstay.notifications.actions import mark_read
from mainstay.notifications.models import Notification
from mainstay.notifications.queries import is_said_aloud, unread
from mainstay.notifications.rules import topic_of


@dataclass(frozen=True)
class Bell:
    """`count` goes up to 100; `newest` is None when all are read. It `is_aloud` outside of one's quiet hours, `has_sound` when
    one wants that, too."""

    count: int
    newest: Notification | None
    is_aloud: bool
    has_sound: bool
    topic: str
    url: str
    list_url: str


def bell_of(request: HttpRequest, about: str = "") -> Bell:
    """The bell of whoever asks. What they were told about the page they open (`about`, as `ticket:42`) is read with it.

    One query; three more when there was something to mark.
    """
    person: Any = request.person  # type: ignore[attr-defined]
    count, newest = unread(person)
    if about and count and mark_read(person, at=timezone.now(), subject=about):
        count, newest = unread(person)
    is_aloud = newest is not None and is_said_aloud(newest, timezone.now())
    choices = getattr(newest.person, "notice_choices", None) if newest else None
    return Bell(
        count,
        newest,
        is_aloud=is_aloud,
        has_sound=is_aloud and choices is not None and choices.by_sound,
        topic=topic_of(person.pk),
        url=reverse("desk:bell"),
        list_url=reverse("desk:notifications"),
    )
