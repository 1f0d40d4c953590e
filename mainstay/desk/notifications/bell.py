"""The bell in the frame of every page: how many notices are unread, and the newest of them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from mainstay.notifications.actions import mark_read
from mainstay.notifications.models import Notification
from mainstay.notifications.queries import unread
from mainstay.notifications.rules import topic_of


@dataclass(frozen=True)
class Bell:
    """`count` goes up to 100; `newest` is None when all are read."""

    count: int
    newest: Notification | None
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
    return Bell(count, newest, topic_of(person.pk), reverse("desk:bell"), reverse("desk:notifications"))
