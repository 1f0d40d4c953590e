"""Verbs of the set-up: add, change and remove a tracker. Each is written down, and never with a secret."""

import secrets
import ssl
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.live.announcing import announce
from mainstay.people.models import Person
from mainstay.people.states import Permission

from ..asking import read_address
from ..errors import WrongSetUp
from ..models import Tracker, TrackerCall, TrackerEvent, TrackerHook
from ..rules import check_may
from ..sealing import seal
from ..states import CallState, HookState, TrackerDeed

TOPIC = "trackers"
SETTABLE = ("address", "project", "user", "issue_type", "allows_private", "extra_ca")
# With one of these changed the token would go to somebody else: it must be typed again.
DECIDES_WHO_GETS_THE_TOKEN = frozenset({"address", "user", "allows_private", "extra_ca"})


@transaction.atomic
def add_tracker(
    *, kind: str, name: str, token: str, hook_secret: str = "", by: Person, at: datetime, **fields: Any
) -> Tracker:
    """The tracker can be asked and may tell us; without a secret for its webhook we make one."""
    check_may(by, Permission.MANAGE_DESK)
    if kind not in settings.TRACKERS:
        raise WrongSetUp("kind", _("That kind of tracker is not part of this desk."))
    name = " ".join(name.split())
    if not name:
        raise WrongSetUp("name", _("Give it a name."))
    if Tracker.objects.filter(name=name, removed_at=None).exists():
        raise WrongSetUp("name", _("A tracker of that name is there already."))
    tracker = Tracker(kind=kind, name=name, created_at=at, **_settable(fields))
    _check(tracker)
    if not token.strip():
        raise WrongSetUp("token", _("Without a token nothing can be asked there."))
    tracker.sealed_token = seal(_one_line("token", token))
    tracker.sealed_hook_secret = seal(_hook_secret(hook_secret) or secrets.token_urlsafe(32))
    tracker.save()
    _write(tracker, TrackerDeed.ADDED, by, at, {}, _told(tracker))
    return tracker


@transaction.atomic
def change_tracker(
    tracker: Tracker, *, token: str = "", hook_secret: str = "", by: Person, at: datetime, **fields: Any
) -> Tracker:
    """The set-up is as given; an empty secret stays as it was."""
    check_may(by, Permission.MANAGE_DESK)
    tracker = _locked(tracker)
    before, told = {field: getattr(tracker, field) for field in SETTABLE}, _told(tracker)
    for field, value in _settable(fields).items():
        setattr(tracker, field, value)
    _check(tracker)
    changed = {field for field, value in before.items() if getattr(tracker, field) != value}
    if not token and changed & DECIDES_WHO_GETS_THE_TOKEN:
        raise WrongSetUp("token", _("Type the token again: with these changes it goes elsewhere, or is another one."))
    if token:
        tracker.sealed_token = seal(_one_line("token", token))
        changed.add("token")
    if hook_secret:
        tracker.sealed_hook_secret = seal(_hook_secret(hook_secret))
        changed.add("hook_secret")
    tracker.save()
    _write(tracker, TrackerDeed.CHANGED, by, at, told, _told(tracker), sorted(changed))
    return tracker


@transaction.atomic
def remove_tracker(tracker: Tracker, *, by: Person, at: datetime) -> None:
    """Nothing is asked there any more and nothing is taken in; the secrets are gone. Issues stay as links."""
    check_may(by, Permission.MANAGE_DESK)
    tracker = _locked(tracker)
    told = _told(tracker)
    gone = _("%(name)s was removed.") % {"name": tracker.name}
    TrackerCall.objects.filter(tracker=tracker, state=CallState.QUEUED).update(
        state=CallState.FAILED, trouble=gone, settled_at=at, next_at=None
    )
    TrackerHook.objects.filter(tracker=tracker, state=HookState.WAITING).update(
        state=HookState.FAILED, trouble=gone, settled_at=at
    )
    tracker.sealed_token = tracker.sealed_hook_secret = ""
    tracker.removed_at = at
    tracker.save()
    _write(tracker, TrackerDeed.REMOVED, by, at, told, {})


def _settable(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - set(SETTABLE)
    if unknown:
        raise TypeError(f"a tracker has no {', '.join(sorted(unknown))}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _check(tracker: Tracker) -> None:
    tracker.address = tracker.address.rstrip("/")
    read_address(tracker.address)
    tracker.project = tracker.project.strip("/")
    if not tracker.project or not tracker.project.isprintable():
        raise WrongSetUp("project", _("Name the project."))
    if not (tracker.user.isprintable() and tracker.issue_type.isprintable()):
        raise WrongSetUp("user", _("Write it in one line."))
    if tracker.extra_ca:
        try:
            ssl.create_default_context(cadata=tracker.extra_ca)
        except (ssl.SSLError, ValueError):
            raise WrongSetUp("extra_ca", _("These are no certificates in PEM.")) from None


def _hook_secret(text: str) -> str:
    text = _one_line("hook_secret", text)
    if text and len(text) < 16:
        raise WrongSetUp("hook_secret", _("Take at least 16 characters: whoever guesses it can write here."))
    return text


def _one_line(field: str, text: str) -> str:
    text = text.strip()
    if not text.isascii() or any(ord(letter) < 32 for letter in text):
        raise WrongSetUp(field, _("A secret is one line of plain letters, digits and signs."))
    return text


def _locked(tracker: Tracker) -> Tracker:
    return Tracker.objects.select_for_update().get(pk=tracker.pk, removed_at=None)


def _told(tracker: Tracker) -> dict[str, Any]:
    """The set-up for the log of settings, which keeps of the secrets only that there are some."""
    return {
        "kind": tracker.kind,
        **{field: getattr(tracker, field) for field in SETTABLE},
        "token": tracker.sealed_token,
        "hook_secret": tracker.sealed_hook_secret,
    }


def _write(
    tracker: Tracker,
    kind: TrackerDeed,
    by: Person,
    at: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
    fields: list[str] | None = None,
) -> None:
    TrackerEvent.objects.create(tracker=tracker, kind=kind, by_name=by.name, at=at, fields=fields or [])
    subject, key = tracker.name, tracker.pk
    record_change(by=by, at=at, noun="tracker", subject=subject, key=key, before=before, after=after)
    announce(TOPIC)
