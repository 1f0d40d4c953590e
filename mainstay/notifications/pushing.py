"""Notices in browsers, also when no page of ours is open: subscribe one, send to it, forget those that are gone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from mainstay.jobs.queue import enqueue
from mainstay.lib.fetching import NotFetched
from mainstay.lib.fetching.posting import post_bytes
from mainstay.lib.fetching.targets import read_url
from mainstay.people.models import Person
from mainstay.people.rules import language_of

from .actions import PUSH
from .errors import NotABrowser
from .models import Notification, PushSubscription
from .push_key import push_key
from .rules import url_of
from .states import Urgency
from .webpush import authorization, encrypted, read_public_key, read_secret

BROWSERS_MAX = 10  # of one person; the one that was reached longest ago makes room
KEPT_SECONDS = 3600  # for so long a push service holds a notice for a browser that is away
GIVE_UP_AFTER = timedelta(hours=1)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 15, 900
GONE = (404, 410)
TAKEN = range(200, 300)
LATER = (408, 425, 429)

Post = Callable[[str, bytes, dict[str, str]], tuple[int, dict[str, str]]]


@transaction.atomic
def subscribe(
    person: Person, *, endpoint: str, public_key: str, secret: str, browser: str, at: datetime
) -> PushSubscription:
    """This browser is told what this person is told, and nobody else; raises NotABrowser."""
    try:
        if read_url(endpoint).scheme != "https" or len(endpoint) > 1000:
            raise NotABrowser
    except NotFetched:
        raise NotABrowser from None
    read_public_key(public_key)
    read_secret(secret)
    found, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": person,
            "public_key": public_key,
            "secret": secret,
            "browser": browser[:60],
            "made_at": at,
            "reached_at": None,
        },
    )
    mine = PushSubscription.objects.filter(person=person).order_by("-made_at", "-pk")
    PushSubscription.objects.filter(pk__in=[one.pk for one in mine[BROWSERS_MAX:]]).delete()
    return found


def unsubscribe(person: Person, *, endpoint: str = "", pk: int | None = None) -> bool:
    """This browser of this person is told no more; whether it was."""
    mine = PushSubscription.objects.filter(person=person)
    number, _by_model = (mine.filter(pk=pk) if pk is not None else mine.filter(endpoint=endpoint)).delete()
    return bool(number)


def push(notice: int, subscription: int, *, at: datetime, attempts: int = 1, post: Post = post_bytes) -> None:
    """One attempt to push a notice to a browser, unless it was read meanwhile; a browser that is gone is forgotten.

    What may pass is tried again with growing waits, for an hour at most.
    """
    found = PushSubscription.objects.filter(pk=subscription).select_related("person__account").first()
    told = Notification.objects.filter(pk=notice, seen_at=None).first()
    if found is None or told is None or told.person_id != found.person_id or not found.person.is_staff:
        return
    outcome = _attempt(found, told, post)
    if outcome.is_gone:
        found.delete()
    elif outcome.is_taken:
        PushSubscription.objects.filter(pk=found.pk).update(reached_at=at)
    elif outcome.is_worth_another and at - told.at < GIVE_UP_AFTER:
        wait = max(outcome.wait_seconds, min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS))
        enqueue(PUSH, at=at + timedelta(seconds=wait), notice=notice, subscription=subscription, attempts=attempts + 1)


@dataclass(frozen=True)
class _Answer:
    status: int  # 0 when there was none
    wait_seconds: int = 0

    @property
    def is_taken(self) -> bool:
        return self.status in TAKEN

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    @property
    def is_worth_another(self) -> bool:
        return self.status == 0 or self.status in LATER or self.status >= 500


def _attempt(found: PushSubscription, told: Notification, post: Post) -> _Answer:
    headers = {
        "Authorization": authorization(found.endpoint, push_key(), _contact()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high" if told.urgency == Urgency.HIGH else "normal",
    }
    content = encrypted(payload(found.person, told), found.public_key, found.secret)
    try:
        status, answered = post(found.endpoint, content, headers)
    except NotFetched:
        return _Answer(0)
    after = answered.get("retry-after", "")
    return _Answer(status, min(int(after), LONGEST_WAIT_SECONDS) if after.isdecimal() else 0)


def payload(person: Person, told: Notification) -> bytes:
    """What the browser shows, in the person's language: the sentence, and where it leads. Nothing that a customer wrote."""
    offered = tuple(key for key, _name in settings.LANGUAGES)
    with translation.override(language_of(person, offered, settings.LANGUAGE_CODE)):
        words = {
            "title": told.sentence,
            "body": _("Notice from the support desk"),
            "url": url_of(told.subject),
            "tag": told.subject or told.kind,
        }
    return json.dumps(words, ensure_ascii=False).encode()


def _contact() -> str:
    """Where a push service finds whoever sends too much."""
    if settings.SITE_URL.startswith("https://"):
        return str(settings.SITE_URL)
    return f"mailto:postmaster@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"
