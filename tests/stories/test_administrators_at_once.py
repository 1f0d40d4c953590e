"""Two administrators at the same moment: the desk keeps one of them, and nothing is given away twice."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection

from mainstay.people.errors import InvitationOver, LastAdministrator, NotAllowed, RoleNameTaken
from mainstay.people.inviting import accept_invitation, invite_colleague
from mainstay.people.models import Account, CustomRole, Identity
from mainstay.people.roles import add_role, remove_role
from mainstay.people.rules import invitation_token
from mainstay.people.staffing import deactivate, give_role
from tests.cast import Cast, make_cast
from tests.stories.test_two_at_once import at_once

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast(TUESDAY)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


def administrators() -> int:
    return Account.objects.filter(role="administrator", is_active=True).count()


@pytest.mark.parametrize("verb", ["demote", "deactivate"])
def test_two_administrators_who_undo_each_other_leave_one(people: Cast, verb: str) -> None:
    give_role(people.sue.account, role="administrator", by=people.ada, at=TUESDAY)
    one, other = (Account.objects.get(person=person) for person in (people.ada, people.sue))

    def undo(whom: Account, by: Account) -> object:
        if verb == "demote":
            return give_role(whom, role="technician", by=by.person, at=TUESDAY)
        return deactivate(whom, by=by.person, at=TUESDAY)

    results = at_once(lambda: undo(other, one), lambda: undo(one, other))
    assert administrators() == 1
    refused = [result for result in results if isinstance(result, Exception)]
    assert [type(result) for result in refused] == [NotAllowed]


def test_two_last_administrators_who_step_down_at_once_leave_one(people: Cast) -> None:
    give_role(people.sue.account, role="administrator", by=people.ada, at=TUESDAY)
    accounts = [Account.objects.get(person=person) for person in (people.ada, people.sue)]
    results = at_once(
        *(
            lambda account=account: give_role(account, role="technician", by=account.person, at=TUESDAY)  # type: ignore[misc]
            for account in accounts
        )
    )
    assert administrators() == 1
    assert [type(result) for result in results if isinstance(result, Exception)] == [LastAdministrator]


def test_a_role_that_is_given_while_it_is_removed_is_either_there_or_not(people: Cast) -> None:
    role = add_role(name="Reader", permissions=["see_tickets"], by=people.ada, at=TUESDAY)
    results = at_once(
        lambda: remove_role(role, by=people.ada, at=TUESDAY),
        lambda: give_role(people.tess.account, role=f"own-{role.pk}", by=people.ada, at=TUESDAY),
    )
    assert sum(isinstance(result, Exception) for result in results) == 1
    account = Account.objects.get(person=people.tess)
    assert CustomRole.objects.exists() == (account.custom_role is not None)
    assert account.role == ("" if account.custom_role else "technician")


def test_two_roles_of_one_name_become_one(people: Cast) -> None:
    results = at_once(
        *(lambda: add_role(name="Reader", permissions=[], by=people.ada, at=TUESDAY) for _number in range(2))
    )
    assert CustomRole.objects.count() == 1
    assert sorted(type(result) for result in results if isinstance(result, Exception)) == [RoleNameTaken]


def test_a_link_that_is_used_twice_at_once_makes_one_account(people: Cast) -> None:
    invitation = invite_colleague(name="Nina", email="nina@desk.example", role="technician", by=people.ada, at=TUESDAY)
    token = invitation_token(invitation)
    results = at_once(
        *(
            lambda number=number: accept_invitation(  # type: ignore[misc]
                invitation.pk, token, password=f"a-long-password-{number}", at=TUESDAY
            )
            for number in range(2)
        )
    )
    assert [type(result) for result in results if isinstance(result, Exception)] == [InvitationOver]
    (winner,) = [result for result in results if isinstance(result, Account)]
    kept = Account.objects.get(email="nina@desk.example")
    assert kept.password == winner.password
    assert Identity.objects.filter(address="nina@desk.example").count() == 1
