"""Verbs of the set-up: add, change, start, pause and remove a mailbox. Each is written down, and never with a secret."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.audit.actions import record_change
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission

from ..models import Mailbox, MailboxEvent
from .errors import WrongSetUp
from .rules import check_set_up
from .sealing import nothing_is_sealed, seal
from .states import Auth, MailboxDeed

TOPIC = "mailboxes"
# A person changes these; a name is for good, since raw mails bear it.
SETTABLE = frozenset(
    {
        *("address", "host", "port", "security", "extra_ca", "user", "auth", "client_id", "token_url"),
        *("folder", "reads_sent", "sent_folder", "after_intake", "target_folder", "since"),
    }
)
# With one of these changed, the secret would go to somebody else: it must be typed again.
DECIDES_WHO_GETS_THE_SECRET = frozenset(
    {"host", "port", "security", "extra_ca", "user", "auth", "token_url", "client_id"}
)
# With one of these changed, it is another mailbox, or more of it. (A folder's position knows the folder's name.)
DECIDES_WHAT_IS_READ = frozenset({"host", "port", "user", "since"})


@transaction.atomic
def add_mailbox(
    *, name: str, secret: str, client_secret: str = "", by: Person | None, at: datetime, **fields: Any
) -> Mailbox:
    """The mailbox is set up and paused; nothing is read in it before it is started."""
    _allow(by)
    if Mailbox.objects.filter(name=name).exists():
        raise WrongSetUp("name", _("A mailbox of that name is there already."))
    mailbox = Mailbox(name=name, **_settable(fields))
    check_set_up(mailbox)
    if not secret:
        raise WrongSetUp("secret", _("Without a password or token nobody can sign in."))
    _seal(mailbox, secret, client_secret)
    mailbox.save()
    _write_down(mailbox, MailboxDeed.ADDED, by, at, {}, _told(mailbox))
    return mailbox


@transaction.atomic
def change_mailbox(
    mailbox: Mailbox, *, secret: str = "", client_secret: str = "", by: Person | None, at: datetime, **fields: Any
) -> Mailbox:
    """The set-up is as given; an empty secret stays as it was. Who fetches begins anew within seconds.

    Another folder, or an earlier date, is read from its beginning; what is known already is recognised.
    """
    _allow(by)
    mailbox = _locked(mailbox)
    before, told = {field: getattr(mailbox, field) for field in SETTABLE}, _told(mailbox)
    for field, value in _settable(fields).items():
        setattr(mailbox, field, value)
    check_set_up(mailbox)
    changed = {field for field, value in before.items() if getattr(mailbox, field) != value}
    if not secret and changed & DECIDES_WHO_GETS_THE_SECRET:
        raise WrongSetUp("secret", _("Type the secret again: with these changes it goes elsewhere, or is another one."))
    _seal(mailbox, secret, client_secret)
    if changed & DECIDES_WHAT_IS_READ:
        mailbox.positions.all().delete()
    _begin_anew(mailbox, at)
    mailbox.save()
    written = sorted(changed | ({"secret"} if secret else set()))
    _write_down(mailbox, MailboxDeed.CHANGED, by, at, told, _told(mailbox), fields=written)
    return mailbox


@transaction.atomic
def resume_mailbox(mailbox: Mailbox, *, by: Person | None, at: datetime) -> Mailbox:
    """Mail is fetched from it from now on."""
    return _set_active(mailbox, True, by, at)


@transaction.atomic
def pause_mailbox(mailbox: Mailbox, *, by: Person | None, at: datetime) -> Mailbox:
    """Nothing is fetched from it; its position is kept."""
    return _set_active(mailbox, False, by, at)


@transaction.atomic
def remove_mailbox(mailbox: Mailbox, *, by: Person | None, at: datetime) -> None:
    """The set-up with its secrets is gone. The mails that came from it stay, here and there."""
    _allow(by)
    mailbox = _locked(mailbox)
    _write_down(mailbox, MailboxDeed.REMOVED, by, at, _told(mailbox), {})
    mailbox.delete()


@transaction.atomic
def keep_renewed_token(mailbox: Mailbox, token: str) -> None:
    """The provider handed out another refresh token: it takes the place of the old one. The set-up stays the same."""
    Mailbox.objects.filter(pk=mailbox.pk, version=mailbox.version).update(sealed_secret=seal(token, may_make_key=False))


def _set_active(mailbox: Mailbox, is_active: bool, by: Person | None, at: datetime) -> Mailbox:
    _allow(by)
    mailbox = _locked(mailbox)
    if mailbox.is_active != is_active:
        told, mailbox.is_active = _told(mailbox), is_active
        _begin_anew(mailbox, at)
        mailbox.save()
        _write_down(mailbox, MailboxDeed.RESUMED if is_active else MailboxDeed.PAUSED, by, at, told, _told(mailbox))
    return mailbox


def _begin_anew(mailbox: Mailbox, at: datetime) -> None:
    mailbox.version += 1
    mailbox.watched_from = at
    mailbox.last_problem, mailbox.last_problem_at, mailbox.needs_person = "", None, False


def _settable(fields: dict[str, Any]) -> dict[str, Any]:
    unknown = fields.keys() - SETTABLE
    if unknown:
        raise TypeError(f"a mailbox has no {', '.join(sorted(unknown))}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _seal(mailbox: Mailbox, secret: str, client_secret: str) -> None:
    """While anything is sealed, a missing key is never replaced by a new one: the old secrets would be lost unnoticed."""
    if any(letter in secret + client_secret for letter in "\r\n\x00"):
        raise WrongSetUp("secret", _("A secret is one line."))
    may_make_key = nothing_is_sealed()
    if secret:
        mailbox.sealed_secret = seal(secret, may_make_key=may_make_key)
    if client_secret:
        mailbox.sealed_client_secret = seal(client_secret, may_make_key=may_make_key)
    if mailbox.auth == Auth.PASSWORD:
        mailbox.sealed_client_secret = ""


def _locked(mailbox: Mailbox) -> Mailbox:
    return Mailbox.objects.select_for_update().get(pk=mailbox.pk)


def _told(mailbox: Mailbox) -> dict[str, Any]:
    """The set-up for the log of settings, which keeps of the secrets only that there are some."""
    return {
        **{field: getattr(mailbox, field) for field in sorted(SETTABLE)},
        "is_fetched": mailbox.is_active,
        "secret": mailbox.sealed_secret,
        "client_secret": mailbox.sealed_client_secret,
    }


def _write_down(
    mailbox: Mailbox,
    kind: MailboxDeed,
    by: Person | None,
    at: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    fields: list[str] | None = None,
) -> None:
    MailboxEvent.objects.create(
        mailbox_name=mailbox.name,
        at=at,
        by_name=by.name if by is not None else "",
        kind=kind,
        facts={"fields": fields} if fields else {},
    )
    subject, key = mailbox.name, mailbox.pk
    record_change(by=by, at=at, noun="mailbox", subject=subject, key=key, before=before, after=after)
    announce(TOPIC)


def _allow(by: Person | None) -> None:
    """A command line is trusted as whoever runs the desk."""
    if by is not None and not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
