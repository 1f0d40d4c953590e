"""The log of settings in words: the name of each kind of setting, of its keys, and of their values.

A room that records changes adds a line for its noun to `NOUNS`, and to `KEYS` for a key that does not read well as it is.
What has no line is shown as it was recorded, without underscores.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.audit.models import SettingChange
from mainstay.audit.states import HIDDEN
from mainstay.duty.words import days_in_words
from mainstay.people.states import Permission, Role
from mainstay.ui.moments import exact_moment

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOUNS: "dict[str, _StrPromise]" = {
    "person": gettext_lazy("Colleague"),
    "invitation": gettext_lazy("Invitation"),
    "role": gettext_lazy("Role"),
    "team": gettext_lazy("Team"),
    "sign_in": gettext_lazy("Signing in"),
    "identity_provider": gettext_lazy("Identity provider"),
    "looks": gettext_lazy("Looks"),
    "canned_answer": gettext_lazy("Canned answer"),
    "macro": gettext_lazy("Macro"),
    "view": gettext_lazy("View"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "notices": gettext_lazy("Notices"),
    "mail_text": gettext_lazy("Mail texts"),
    "time_spent": gettext_lazy("Time spent"),
    "mailbox": gettext_lazy("Mailbox"),
    "tracker": gettext_lazy("Tracker"),
    "custom_field": gettext_lazy("Field"),
    "rule": gettext_lazy("Rule"),
    "tag": gettext_lazy("Tag"),
    "checklist": gettext_lazy("Checklist"),
    "policy": gettext_lazy("Policy"),
    "shift": gettext_lazy("Shift"),
    "absence": gettext_lazy("Absence"),
    "presence": gettext_lazy("Presence"),
    "wallboard": gettext_lazy("Wallboard screen"),
    "report": gettext_lazy("Report by mail"),
}
KEYS: "dict[str, _StrPromise]" = {
    "audience": gettext_lazy("Shared with"),
    "for": gettext_lazy("For"),
    "terms": gettext_lazy("Filters"),
    "order": gettext_lazy("Order"),
    "grouping": gettext_lazy("Grouping"),
    "columns": gettext_lazy("Columns"),
    "merged_into": gettext_lazy("Merged into"),
    "tickets": gettext_lazy("Tickets"),
    "lines": gettext_lazy("Tasks"),
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "role": gettext_lazy("Role"),
    "permissions": gettext_lazy("May"),
    "members": gettext_lazy("Members"),
    "languages": gettext_lazy("Languages"),
    "natures": gettext_lazy("Natures"),
    "is_active": gettext_lazy("May sign in"),
    "new_password": gettext_lazy("New password by a command"),
    "requires_second_factor": gettext_lazy("Everybody needs a second factor"),
    "new_own_password": gettext_lazy("New password by themselves"),
    "authenticator_app": gettext_lazy("Authenticator app"),
    "passkeys": gettext_lazy("Passkeys"),
    "recovery_codes": gettext_lazy("Recovery codes"),
    "new_recovery_codes": gettext_lazy("New recovery codes"),
    "identity_providers": gettext_lazy("Identity providers"),
    "sessions": gettext_lazy("Places of being signed in"),
    "issuer": gettext_lazy("Issuer"),
    "client_id": gettext_lazy("Client ID"),
    "new_secret": gettext_lazy("New secret"),
    "vouched_domains": gettext_lazy("Domains it answers for"),
    "counts_as_second_factor": gettext_lazy("Asks for a second factor itself"),
    "allows_private": gettext_lazy("Inside our own network"),
    "is_on": gettext_lazy("In use"),
    "by_mail": gettext_lazy("By e-mail"),
    "by_push": gettext_lazy("In their browsers"),
    "by_sound": gettext_lazy("With a sound"),
    "quiet_off_duty": gettext_lazy("On screen only while not on duty"),
    "expires_at": gettext_lazy("Good until"),
    "shortcut": gettext_lazy("Shortcut"),
    "folder": gettext_lazy("Folder"),
    "text": gettext_lazy("Text"),
    "deeds": gettext_lazy("Deeds"),
    "writes": gettext_lazy("It writes"),
    "then": gettext_lazy("Then"),
    "weekdays": gettext_lazy("Days"),
    "starts": gettext_lazy("From"),
    "ends": gettext_lazy("To"),
    "zone": gettext_lazy("Time zone"),
    "valid_from": gettext_lazy("From this day on"),
    "valid_until": gettext_lazy("Last day"),
    "starts_at": gettext_lazy("From"),
    "ends_at": gettext_lazy("Until"),
    "until_at": gettext_lazy("Until"),
    "holds_from": gettext_lazy("Holds from"),
    "is_fetched": gettext_lazy("Fetched"),
    "is_shown": gettext_lazy("Shown"),
    "logo": gettext_lazy("Logo"),
    "accent": gettext_lazy("Accent colour"),
    "signature": gettext_lazy("Signature"),
}
LONG = 160  # letters of a value that stand in a row; the sheet has all of them


@dataclass(frozen=True)
class Line:
    """One key of a change. `before` and `after` are empty when there was, or is, none."""

    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        return len(self.before) > LONG or len(self.after) > LONG


def noun_word(noun: str) -> str:
    return str(NOUNS.get(noun, _plain(noun)))


def lines_of(change: SettingChange) -> list[Line]:
    """What differs, key by key, in the order in which it was recorded."""
    keys = dict.fromkeys([*change.before, *change.after])
    return [Line(key_word(key), _side(change.before, key), _side(change.after, key)) for key in keys]


def deed_word(change: SettingChange) -> str:
    """Whether it was made, changed or removed."""
    if not change.before:
        return _("made")
    return _("changed") if change.after else _("removed")


def key_word(key: str) -> str:
    """The word for a key, and for what stands behind its dot: `signature.nl` is “Signature, nl”."""
    first, dot, rest = key.partition(".")
    if key not in KEYS and dot and first in KEYS:
        return f"{KEYS[first]}, {rest}"
    return str(KEYS.get(key, _plain(key)))


def value_text(key: str, value: Any) -> str:
    """A value as a person reads it; a dash for nothing."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{key_word(inner)}: {value_text(inner, one)}" for inner, one in value.items())
    if key == "weekdays" and isinstance(value, list):
        return days_in_words(value)
    if isinstance(value, list):
        return ", ".join(value_text(key, one) for one in value)
    return _text(key, str(value))


def _text(key: str, text: str) -> str:
    """What the desk itself has a word for, in the reader's language; everything else as it is."""
    if text == HIDDEN:
        return _("kept secret")
    if key == "role" and text in Role.values:
        return str(Role(text).label)
    if key == "permissions" and text in Permission.values:
        return str(Permission(text).label)
    return _moment(text) if key.endswith(("_at", "_from", "_until")) else text


def _side(values: Mapping[str, Any], key: str) -> str:
    return value_text(key, values[key]) if key in values else ""


def _moment(text: str) -> str:
    at = parse_datetime(text)
    return exact_moment(at) if at is not None and timezone.is_aware(at) else text


def _plain(key: str) -> str:
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
