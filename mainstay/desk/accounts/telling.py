"""A person hears of each change of how they sign in, and it stands in the log of settings."""

from datetime import datetime

from django.db import transaction

from mainstay.company.queries import second_factors_of
from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.notifications.kinds import NoticeKind
from mainstay.people.administering import record_person
from mainstay.people.models import Account

Values = dict[str, int | bool]

# allauth's name of what happened → what is told, and the key under which it is recorded
CHANGES: dict[str, tuple[NoticeKind, str]] = {
    "password_changed": (kinds.PASSWORD_CHANGED, "new_own_password"),
    "password_set": (kinds.PASSWORD_CHANGED, "new_own_password"),
    "totp_activated": (kinds.APP_ADDED, "authenticator_app"),
    "totp_deactivated": (kinds.APP_REMOVED, "authenticator_app"),
    "webauthn_added": (kinds.PASSKEY_ADDED, "passkeys"),
    "webauthn_removed": (kinds.PASSKEY_REMOVED, "passkeys"),
    "recovery_codes_generated": (kinds.CODES_MADE, "new_recovery_codes"),
}
ADDED = frozenset({kinds.APP_ADDED, kinds.PASSKEY_ADDED})
REMOVED = frozenset({kinds.APP_REMOVED, kinds.PASSKEY_REMOVED})


@transaction.atomic
def tell_of_change(account: Account, change: str, *, at: datetime) -> None:
    """What else allauth would write a mail about is nothing that this desk lets happen."""
    if change not in CHANGES:
        return
    kind, key = CHANGES[change]
    before, after = _recorded(account, kind, key)
    record_person(account, before, after, account.person, at)
    tell_account(account, kind, at=at)


def tell_account(account: Account, kind: NoticeKind, *, at: datetime) -> None:
    tell([account.person], kind, {}, "", at, key=at.isoformat())


def _recorded(account: Account, kind: NoticeKind, key: str) -> tuple[Values, Values]:
    """How many there were and are; of what has no number, only that it is new."""
    if kind not in ADDED | REMOVED:
        return {key: False}, {key: True}
    factors = second_factors_of(account)
    now = len(factors.passkeys) if key == "passkeys" else int(factors.app_since is not None)
    return {key: now - 1 if kind in ADDED else now + 1}, {key: now}
