"""The accounts of colleagues: their role, and whether they may sign in."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from mainstay.lib.fingerprints import fingerprint

from .administering import check_administrator_left, check_within, is_administrator, put_on, record_person, take_turn
from .errors import ChangedMeanwhile, OwnAccount
from .models import Account, Person
from .queries import role_with_key


@transaction.atomic
def give_role(account: Account, *, role: str, by: Person | None, at: datetime) -> Account:
    """The colleague has the role with this key from their next page on. Raises MoreThanOwn and LastAdministrator."""
    by = take_turn(by)
    account = _now(account)
    before = seen_of(account)
    _put_on(account, role, by)
    record_person(account, before, seen_of(account), by, at)
    return account


@transaction.atomic
def change_colleague(
    account: Account, *, name: str, role: str, seen: str = "", by: Person | None, at: datetime
) -> Account:
    """The colleague has this name and the role with this key from their next page on.

    `seen` is the `fingerprint` of `seen_of` as its writer saw it: when it is another meanwhile, raises ChangedMeanwhile.
    Raises MoreThanOwn and LastAdministrator, too.
    """
    by = take_turn(by)
    account = _now(account)
    before = seen_of(account)
    if seen and seen != fingerprint(before):
        raise ChangedMeanwhile
    check_within(by, account.permissions)
    if role != account.role_key:
        _put_on(account, role, by)
    account.person.name = " ".join(name.split())[:200]
    account.person.save(update_fields=["name"])
    record_person(account, before, seen_of(account), by, at)
    return account


@transaction.atomic
def deactivate(account: Account, *, by: Person | None, at: datetime) -> bool:
    """The colleague can't sign in, and every session of theirs is over; False when that was so already.

    What they wrote stays. Raises MoreThanOwn, LastAdministrator and OwnAccount.
    """
    by = take_turn(by)
    account = _now(account)
    check_within(by, account.permissions)
    if by is not None and account.person_id == by.pk:
        raise OwnAccount
    if not account.is_active:
        return False
    was_administrator, account.is_active = is_administrator(account), False
    account.save(update_fields=["is_active"])
    if was_administrator:
        check_administrator_left()
    end_sessions(account)
    record_person(account, {"is_active": True}, {"is_active": False}, by, at)
    return True


@transaction.atomic
def reactivate(account: Account, *, by: Person | None, at: datetime) -> bool:
    """The colleague may sign in again, as before, with the role they had; False when that was so already."""
    by = take_turn(by)
    account = _now(account)
    check_within(by, account.permissions)
    if account.is_active:
        return False
    account.is_active = True
    account.save(update_fields=["is_active"])
    record_person(account, {"is_active": False}, {"is_active": True}, by, at)
    return True


def end_sessions(account: Account) -> None:
    """Every session of this account is over: each request compares, so none is missed."""
    Account.objects.filter(pk=account.pk).update(session_round=F("session_round") + 1)


def seen_of(account: Account) -> dict[str, str]:
    """What of a colleague is changed in a form, as the log keeps it."""
    return {"name": account.person.name, "role": account.role_recorded}


def _put_on(account: Account, role: str, by: Person | None) -> None:
    new, was_administrator = role_with_key(role), is_administrator(account)
    check_within(by, account.permissions, new.permissions)
    put_on(account, new)
    account.save(update_fields=["role", "custom_role"])
    if was_administrator:
        check_administrator_left()


def _now(account: Account) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
