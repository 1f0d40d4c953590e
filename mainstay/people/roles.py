"""The desk's own roles: made of permissions, changed, and removed when nobody has them any more."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint

from .administering import check_within, put_on, record_person, take_turn
from .errors import ChangedMeanwhile, NoSuchRole, RoleInUse, RoleNameTaken
from .models import Account, CustomRole, Invitation, Person
from .queries import role_with_key
from .states import Permission


@transaction.atomic
def add_role(*, name: str, permissions: Collection[str], by: Person | None, at: datetime) -> CustomRole:
    """The role can be given. Raises MoreThanOwn and RoleNameTaken."""
    by = take_turn(by)
    role = CustomRole(name=_plain(name), permissions=_ordered(permissions))
    check_within(by, frozenset(role.permissions))
    _store(role)
    record_change(by=by, at=at, noun="role", subject=role.name, key=role.pk, before={}, after=seen_of(role))
    return role


@transaction.atomic
def change_role(
    role: CustomRole, *, name: str, permissions: Collection[str], seen: str = "", by: Person | None, at: datetime
) -> CustomRole:
    """Everybody who has the role may do this from their next page on.

    `seen` is the `fingerprint` of what its writer saw: when it is another meanwhile, raises ChangedMeanwhile.
    """
    by = take_turn(by)
    role = _now(role)
    before = seen_of(role)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    check_within(by, frozenset(role.permissions), frozenset(permissions))
    role.name, role.permissions = _plain(name), _ordered(permissions)
    _store(role)
    record_change(by=by, at=at, noun="role", subject=role.name, key=role.pk, before=before, after=seen_of(role))
    return role


@transaction.atomic
def remove_role(role: CustomRole, *, instead: str = "", by: Person | None, at: datetime) -> None:
    """The role is gone; who had it, or was invited to it, has the one with the key `instead`.

    Raises RoleInUse when somebody has it and none is named.
    """
    by = take_turn(by)
    role = _now(role)
    check_within(by, frozenset(role.permissions))
    accounts = list(Account.objects.filter(custom_role=role).order_by("pk"))
    invitations = list(Invitation.objects.filter(custom_role=role).order_by("pk"))
    waiting = [one for one in invitations if one.is_open]
    if (accounts or waiting) and not instead:
        raise RoleInUse(len(accounts) + len(waiting))
    if accounts or invitations:
        _replace(role, accounts, invitations, instead or "technician", by, at)
    record_change(by=by, at=at, noun="role", subject=role.name, key=role.pk, before=seen_of(role), after={})
    role.delete()


def seen_of(role: CustomRole) -> dict[str, Any]:
    """The role as the log keeps it, and as whoever changes it saw it."""
    return {"name": role.name, "permissions": _ordered(role.permissions)}


def _replace(
    role: CustomRole,
    accounts: list[Account],
    invitations: list[Invitation],
    instead: str,
    by: Person | None,
    at: datetime,
) -> None:
    """Of invitations that are over, too: they only remember which role it was, and the log remembers it better."""
    new = role_with_key(instead)
    if new.custom == role:
        raise NoSuchRole(instead)
    check_within(by, new.permissions)
    for account in accounts:
        put_on(account, new)
        account.save(update_fields=["role", "custom_role"])
        record_person(account, {"role": role.name}, {"role": new.recorded}, by, at)
    for invitation in invitations:
        put_on(invitation, new)
        invitation.save(update_fields=["role", "custom_role"])


def _now(role: CustomRole) -> CustomRole:
    found = CustomRole.objects.select_for_update().filter(pk=role.pk).first()
    if found is None:
        raise NoSuchRole(role.name)
    return found


def _store(role: CustomRole) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError:
        raise RoleNameTaken from None


def _plain(name: str) -> str:
    return " ".join(name.split())[:60]


def _ordered(permissions: Collection[str]) -> list[str]:
    """Known ones, in the order in which they are declared."""
    return [one.value for one in Permission if one in permissions]
