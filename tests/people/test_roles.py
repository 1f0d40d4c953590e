"""Roles made of permissions: what they allow, who may give them, and that the desk is never without an administrator."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import (
    ChangedMeanwhile,
    LastAdministrator,
    MoreThanOwn,
    NoSuchRole,
    NotAllowed,
    RoleInUse,
    RoleNameTaken,
)
from mainstay.people.inviting import invite_colleague
from mainstay.people.models import PERMISSIONS, Account, CustomRole, Invitation, Person
from mainstay.people.queries import assignable_staff, known_roles, role_called, role_with_key, staff_who_may
from mainstay.people.roles import add_role, change_role, remove_role, seen_of
from mainstay.people.staffing import change_colleague, give_role
from mainstay.people.states import Permission, Role
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def reader(cast: Cast) -> CustomRole:
    """May look at tickets and reports, and nothing else."""
    return add_role(name="Reader", permissions=["see_reports", "see_tickets"], by=cast.ada, at=AT)


@pytest.fixture
def hiring(cast: Cast) -> Person:
    """Tom has a role by which he manages people, and works on tickets, and no more."""
    role = add_role(
        name="Team lead", permissions=["see_tickets", "write_notes", "work_tickets", "manage_people"], by=None, at=AT
    )
    give_role(cast.tom.account, role=f"own-{role.pk}", by=None, at=AT)
    return again(cast.tom)


def again(person: Person) -> Person:
    return Person.objects.select_related("account__custom_role").get(pk=person.pk)


def log(noun: str) -> list[tuple[Any, ...]]:
    rows = SettingChange.objects.filter(noun=noun, by_key__isnull=False).order_by("pk")
    return [(row.by_name, row.subject, row.before, row.after) for row in rows]


def test_a_custom_role_allows_what_it_names_and_nothing_else(cast: Cast, reader: CustomRole) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    tess = again(cast.tess)
    assert {one for one in Permission if tess.may(one)} == {Permission.SEE_TICKETS, Permission.SEE_REPORTS}
    assert tess.is_staff
    assert cast.tess not in assignable_staff()
    assert set(staff_who_may(Permission.SEE_REPORTS)) == {cast.tess, cast.tom, cast.sue, cast.ada}


def test_the_four_roles_are_always_there_and_the_desks_own_stand_after_them(cast: Cast, reader: CustomRole) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    roles = known_roles()
    assert [(role.key, role.people) for role in roles] == [
        ("technician", 1),
        ("developer", 1),
        ("supervisor", 1),
        ("administrator", 1),
        (f"own-{reader.pk}", 1),
    ]
    assert roles[3].permissions == frozenset(Permission)


@pytest.mark.parametrize("key", ["", "boss", "own-", "own-0", "own-x", "own-99999999999999999999", "own-²", "-1"])
def test_a_role_that_is_not_there_is_refused(cast: Cast, key: str) -> None:
    with pytest.raises(NoSuchRole):
        role_with_key(key)


def test_a_role_is_found_by_its_name_too(reader: CustomRole) -> None:
    assert role_called("reader").custom == reader
    assert role_called("Supervisor").key == "supervisor"


def test_permissions_of_a_person_cost_no_query_once_the_account_is_loaded(
    cast: Cast, reader: CustomRole, django_assert_num_queries: Callable[[int], Any]
) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    with django_assert_num_queries(1):
        account = Account.objects.get(email="tess@desk.example")
        assert [account.person.may(permission) for permission in Permission].count(True) == 2
    with django_assert_num_queries(1):
        people = list(staff_who_may(Permission.SEE_TICKETS))
        assert all(person.may(Permission.SEE_TICKETS) for person in people)
        assert len(people) == 5


def test_a_permission_that_is_not_known_any_more_is_worth_nothing(cast: Cast, reader: CustomRole) -> None:
    CustomRole.objects.filter(pk=reader.pk).update(permissions=["see_reports", "fly"])
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    assert again(cast.tess).permissions == {"see_reports"}


# --- nobody gives away more than they have ----------------------------------------------------------------------------


def test_who_manages_people_makes_roles_within_what_they_have(cast: Cast, hiring: Person) -> None:
    made = add_role(name="Helper", permissions=["see_tickets"], by=hiring, at=AT)
    give_role(cast.tess.account, role=f"own-{made.pk}", by=None, at=AT)
    with pytest.raises(MoreThanOwn):
        add_role(name="Boss", permissions=["see_tickets", "manage_desk"], by=hiring, at=AT)
    with pytest.raises(MoreThanOwn):
        change_role(made, name="Helper", permissions=["see_mail"], by=hiring, at=AT)
    with pytest.raises(MoreThanOwn):
        give_role(cast.tess.account, role="administrator", by=hiring, at=AT)
    assert again(cast.tess).permissions == {"see_tickets"}


def test_nor_do_they_take_from_those_who_have_more(cast: Cast, hiring: Person) -> None:
    with pytest.raises(MoreThanOwn):
        give_role(cast.ada.account, role=hiring.account.role_key, by=hiring, at=AT)
    with pytest.raises(MoreThanOwn):
        change_colleague(cast.ada.account, name="Adda", role="administrator", by=hiring, at=AT)
    more = add_role(name="More", permissions=["see_mail"], by=cast.ada, at=AT)
    with pytest.raises(MoreThanOwn):
        change_role(more, name="Less", permissions=[], by=hiring, at=AT)
    with pytest.raises(MoreThanOwn):
        remove_role(more, by=hiring, at=AT)


def test_nor_make_their_own_role_larger(hiring: Person) -> None:
    role = hiring.account.custom_role
    with pytest.raises(MoreThanOwn):
        change_role(role, name="Team lead", permissions=[*role.permissions, "manage_desk"], by=hiring, at=AT)


def test_a_role_that_goes_is_not_replaced_by_a_greater_one(cast: Cast, hiring: Person) -> None:
    helper = add_role(name="Helper", permissions=["see_tickets"], by=hiring, at=AT)
    give_role(cast.tess.account, role=f"own-{helper.pk}", by=cast.ada, at=AT)
    with pytest.raises(MoreThanOwn):
        remove_role(helper, instead="supervisor", by=hiring, at=AT)
    assert again(cast.tess).role == f"own-{helper.pk}"


@pytest.mark.parametrize("who", ["tess", "dev", "sue", "paula"])
def test_others_may_not_touch_roles(cast: Cast, reader: CustomRole, who: str) -> None:
    by = getattr(cast, who)
    for verb in (
        lambda: add_role(name="Mine", permissions=[], by=by, at=AT),
        lambda: change_role(reader, name="Mine", permissions=[], by=by, at=AT),
        lambda: remove_role(reader, by=by, at=AT),
        lambda: give_role(cast.tom.account, role="technician", by=by, at=AT),
    ):
        with pytest.raises(NotAllowed):
            verb()


def test_who_was_demoted_meanwhile_changes_nothing_with_the_page_they_still_have(cast: Cast) -> None:
    give_role(cast.sue.account, role="administrator", by=cast.ada, at=AT)
    stale = again(cast.sue)
    give_role(cast.sue.account, role="technician", by=cast.ada, at=AT)
    assert stale.may(Permission.MANAGE_PEOPLE)
    with pytest.raises(NotAllowed):
        give_role(cast.ada.account, role="technician", by=stale, at=AT)


# --- the last administrator -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_command", [True, False])
def test_the_last_administrator_stays_one(cast: Cast, by_command: bool) -> None:
    with pytest.raises(LastAdministrator):
        give_role(cast.ada.account, role="supervisor", by=None if by_command else cast.ada, at=AT)
    assert again(cast.ada).role == "administrator"
    assert log("person") == []


def test_a_role_with_every_permission_is_no_administrator(cast: Cast) -> None:
    everything = add_role(name="Everything", permissions=list(Permission.values), by=cast.ada, at=AT)
    give_role(cast.sue.account, role=f"own-{everything.pk}", by=cast.ada, at=AT)
    with pytest.raises(LastAdministrator):
        give_role(cast.ada.account, role=f"own-{everything.pk}", by=again(cast.sue), at=AT)


def test_with_a_second_one_the_first_may_go(cast: Cast) -> None:
    give_role(cast.sue.account, role="administrator", by=cast.ada, at=AT)
    give_role(cast.ada.account, role="technician", by=cast.ada, at=AT)
    assert again(cast.ada).role == "technician"
    assert log("person") == [
        ("Ada", "Sue", {"role": "supervisor"}, {"role": "administrator"}),
        ("Ada", "Ada", {"role": "administrator"}, {"role": "technician"}),
    ]


# --- a role that goes -------------------------------------------------------------------------------------------------


def test_a_role_in_use_goes_only_with_one_in_its_place(cast: Cast, reader: CustomRole) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    invited = invite_colleague(name="Nina", email="nina@desk.example", role=f"own-{reader.pk}", by=cast.ada, at=AT)
    with pytest.raises(RoleInUse, match="2 people"):
        remove_role(reader, by=cast.ada, at=AT)
    with pytest.raises(NoSuchRole):
        remove_role(reader, instead=f"own-{reader.pk}", by=cast.ada, at=AT)
    remove_role(reader, instead="developer", by=cast.ada, at=AT)
    assert not CustomRole.objects.exists()
    assert again(cast.tess).role == "developer"
    assert Invitation.objects.get(pk=invited.pk).role_key == "developer"
    assert ("Ada", "Tess", {"role": "Reader"}, {"role": "developer"}) in log("person")
    assert log("role")[-1] == ("Ada", "Reader", {"name": "Reader", "permissions": ["see_tickets", "see_reports"]}, {})


def test_those_who_left_have_a_role_when_theirs_goes(cast: Cast, reader: CustomRole) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    Account.objects.filter(person=cast.tess).update(is_active=False)
    with pytest.raises(RoleInUse):
        remove_role(reader, by=cast.ada, at=AT)
    remove_role(reader, instead="technician", by=cast.ada, at=AT)
    assert Account.objects.get(person=cast.tess).role == "technician"


def test_a_role_nobody_has_just_goes(cast: Cast, reader: CustomRole) -> None:
    remove_role(reader, by=cast.ada, at=AT)
    assert not CustomRole.objects.exists()
    with pytest.raises(NoSuchRole):
        remove_role(reader, by=cast.ada, at=AT)


def test_the_database_keeps_a_role_that_is_in_use_and_one_role_for_each_account(cast: Cast, reader: CustomRole) -> None:
    give_role(cast.tess.account, role=f"own-{reader.pk}", by=cast.ada, at=AT)
    with pytest.raises(ProtectedError), transaction.atomic():
        reader.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(person=cast.tess).update(role="technician")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(person=cast.tom).update(role="")


# --- names, and two who write at once ---------------------------------------------------------------------------------


def test_a_name_is_one_role_however_it_is_written(cast: Cast, reader: CustomRole) -> None:
    with pytest.raises(RoleNameTaken):
        add_role(name=" READER ", permissions=[], by=cast.ada, at=AT)
    other = add_role(name="Other", permissions=[], by=cast.ada, at=AT)
    with pytest.raises(RoleNameTaken):
        change_role(other, name="reader", permissions=[], by=cast.ada, at=AT)


def test_who_writes_over_a_change_they_have_not_seen_is_told(cast: Cast, reader: CustomRole) -> None:
    seen = fingerprint(seen_of(reader))
    change_role(reader, name="Reader", permissions=["see_tickets"], seen=seen, by=cast.ada, at=AT)
    with pytest.raises(ChangedMeanwhile):
        change_role(reader, name="Looker", permissions=[], seen=seen, by=cast.ada, at=AT)
    reader.refresh_from_db()
    assert (reader.name, reader.permissions) == ("Reader", ["see_tickets"])
    seen = fingerprint(seen_of(reader))
    change_role(reader, name="Looker", permissions=["see_tickets"], seen=seen, by=cast.ada, at=AT)
    assert log("role")[-1][2:] == ({"name": "Reader"}, {"name": "Looker"})


def test_a_colleague_changed_meanwhile_is_not_changed_back_by_an_old_page(cast: Cast) -> None:
    seen = fingerprint({"name": "Tess", "role": "technician"})
    give_role(cast.tess.account, role="developer", by=cast.ada, at=AT)
    with pytest.raises(ChangedMeanwhile):
        change_colleague(cast.tess.account, name="Tessa", role="technician", seen=seen, by=cast.ada, at=AT)
    assert (again(cast.tess).name, again(cast.tess).role) == ("Tess", "developer")


def test_what_the_built_in_roles_allow_is_as_it_was(cast: Cast) -> None:
    """Who had a desk before roles could be made keeps exactly what they had; people and settings are the administrator's."""
    assert Permission.MANAGE_PEOPLE not in PERMISSIONS[Role.SUPERVISOR]
    assert {role for role, may in PERMISSIONS.items() if Permission.MANAGE_PEOPLE in may} == {Role.ADMINISTRATOR}
    assert PERMISSIONS[Role.DEVELOPER] == {"see_tickets", "write_notes", "help_as_developer"}
