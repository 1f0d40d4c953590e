"""What every verb on roles, accounts and teams begins with: one at a time, by somebody who may, within what they have."""

from datetime import datetime
from typing import Any

from django.db import connection

from mainstay.audit.actions import record_change

from .errors import LastAdministrator, MoreThanOwn, NotAllowed
from .models import Account, Person, RoleHeld
from .queries import KnownRole
from .states import Permission, Role

ONE_AT_A_TIME = 7_251_904  # the number of the lock


def take_turn(by: Person | None) -> Person | None:
    """Until the end of the transaction nobody else changes accounts or roles; `by` as they are now, in the database.

    Two administrators who demote each other at the same moment come one after the other: the second is none any more when
    it is their turn. None stands for the command line, which may do everything. Raises NotAllowed.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    if by is None:
        return None
    now = Person.objects.select_related("account__custom_role").filter(pk=by.pk).first()
    if now is None or not now.may(Permission.MANAGE_PEOPLE):
        raise NotAllowed
    return now


def check_within(by: Person | None, *permissions: frozenset[str]) -> None:
    """Nobody gives away, or takes away, more than they have: raises MoreThanOwn."""
    if by is not None and not all(one <= by.permissions for one in permissions):
        raise MoreThanOwn


def is_administrator(account: Account) -> bool:
    return account.is_active and account.role == Role.ADMINISTRATOR


def check_administrator_left() -> None:
    """After an administrator's account was changed: the desk still has one who may sign in. Raises LastAdministrator."""
    if not Account.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise LastAdministrator


def put_on(held: RoleHeld, role: KnownRole) -> None:
    """The account or invitation has this role; not saved yet."""
    held.role, held.custom_role = ("", role.custom) if role.custom else (role.key, None)


def record_person(
    account: Account, before: dict[str, Any], after: dict[str, Any], by: Person | None, at: datetime
) -> None:
    """A change of an account, in the log of settings."""
    person = account.person
    record_change(by=by, at=at, noun="person", subject=str(person), key=person.pk, before=before, after=after)
