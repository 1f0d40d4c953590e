"""`mainstay staff …`: the same verbs as in set-up, for who runs the desk."""

from datetime import UTC, datetime
from typing import Any

from mainstay.people.models import Account, Invitation
from mainstay.people.roles import add_role
from mainstay.people.rules import invitation_token
from mainstay.tickets import actions
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def test_a_role_of_ones_own_is_given_by_its_name(cast: Cast, mainstay: Any) -> None:
    add_role(name="Night shift", permissions=["see_tickets"], by=None, at=AT)
    done = mainstay("staff", "add", "nina@desk.example", "--name", "Nina", "--role", "night SHIFT")
    assert "nina@desk.example may sign in as Night shift with the password" in done.output
    assert {"email": "nina@desk.example", "name": "Nina", "role": "Night shift"} in mainstay("staff", "list", "--json")
    assert (
        "tess@desk.example is Night shift now" in mainstay("staff", "role", "tess@desk.example", "Night shift").output
    )
    assert "tess@desk.example is developer now" in mainstay("staff", "role", "tess@desk.example", "developer").output


def test_a_role_that_is_not_there_is_told(cast: Cast, mainstay: Any) -> None:
    done = mainstay("staff", "role", "tess@desk.example", "boss")
    assert (done.exit_code, "There is no role “boss”" in done.output) == (1, True)


def test_somebody_leaves_and_comes_back(cast: Cast, mainstay: Any) -> None:
    ticket = cast.writes(cast.paula, AT)
    actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=AT)
    assert "tickets back in the queue: 1" in mainstay("staff", "deactivate", "tess@desk.example").output
    assert "tess@desk.example" not in mainstay("staff", "list").output
    assert "Tess (left)" in mainstay("staff", "list", "--all").output
    assert {"may_sign_in": False}.items() <= next(
        row for row in mainstay("staff", "list", "--all", "--json") if row["name"] == "Tess"
    ).items()
    assert "may sign in again" in mainstay("staff", "reactivate", "tess@desk.example").output
    assert Account.objects.get(person=cast.tess).is_active


def test_the_last_administrator_stays_here_too(cast: Cast, mainstay: Any) -> None:
    for words in (("deactivate", "ada@desk.example"), ("role", "ada@desk.example", "technician")):
        done = mainstay("staff", *words)
        assert (done.exit_code, "This is the last administrator." in done.output) == (1, True)


def test_an_invitation_prints_its_link(cast: Cast, mainstay: Any, settings: Any) -> None:
    settings.SITE_URL = "https://desk.example"
    done = mainstay("staff", "invite", "nina@desk.example", "--name", "Nina", "--role", "technician")
    made = Invitation.objects.get()
    assert f"https://desk.example/invitation/{made.pk}/{invitation_token(made)}" in done.output


def test_nobody_by_that_address(cast: Cast, mainstay: Any) -> None:
    for verb in ("deactivate", "reactivate", "password"):
        assert mainstay("staff", verb, "nobody@desk.example").exit_code == 1
