"""The one verb of the log: write down a change of a setting."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from .models import SettingChange
from .rules import difference, without_secrets


class Actor(Protocol):
    """Whoever changes a setting: this room lies below the people and asks no more of them than this."""

    @property
    def pk(self) -> Any: ...
    @property
    def name(self) -> str: ...


def record_change(
    *,
    by: Actor | None,
    at: datetime,
    noun: str,
    subject: str,
    key: int | str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> SettingChange | None:
    """The change stands in the log, with only what differs; None, and no row, when nothing does.

    To be called in the transaction that changes the setting, so that there is never one without the other. `noun` is the kind
    of setting ("role", "mailbox"), `subject` its name at that moment, `key` its primary key. `before` is empty for what was
    made, `after` for what was removed. `by` is None for the desk itself and the command line. Of a value whose key speaks of
    a secret (`states.SECRET_WORDS`) only whether there is one is kept.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "A change of a setting is recorded in the transaction that makes it."
        )
    was, now = difference(before, after)
    if not was and not now:
        return None
    return SettingChange.objects.create(
        at=at,
        by_key=None if by is None else by.pk,
        by_name="" if by is None else by.name[:200],
        noun=noun,
        subject=subject[:300],
        key=str(key)[:100],
        before=without_secrets(was),
        after=without_secrets(now),
    )
