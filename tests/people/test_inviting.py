"""Invitations: a link good once and for a week, which stands nowhere but in the mail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from mainstay.audit.models import SettingChange
from mainstay.people.errors import (
    AddressTaken,
    BelongsToCustomer,
    InvitationOver,
    InvitedAlready,
    MoreThanOwn,
    NotAllowed,
)
from mainstay.people.inviting import accept_invitation, invite_again, invite_colleague, withdraw_invitation
from mainstay.people.models import Account, Invitation, Person
from mainstay.people.queries import invitation_of_link
from mainstay.people.roles import add_role
from mainstay.people.rules import invitation_token
from mainstay.people.staffing import deactivate, give_role
from tests.cast import SAM, Cast
from tests.working import waiting_jobs

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
PASSWORD = "four-quiet-grey-herons"


def invited(cast: Cast, email: str = "Nina@Desk.example ", **more: Any) -> Invitation:
    values = {"name": "Nina", "role": "technician", "language": "nl", "by": cast.ada, "at": AT}
    return invite_colleague(email=email, **{**values, **more})


def accepted(invitation: Invitation, at: datetime = AT, token: str = "") -> Account:
    return accept_invitation(invitation.pk, token or invitation_token(invitation), password=PASSWORD, at=at)


def test_who_follows_the_link_is_of_the_staff_with_the_password_they_chose(cast: Cast) -> None:
    invitation = invited(cast)
    assert not Account.objects.filter(email="nina@desk.example").exists()
    account = accepted(invitation, AT + timedelta(days=6))
    assert (account.email, account.role, account.person.language) == ("nina@desk.example", "technician", "nl")
    assert account.check_password(PASSWORD)
    assert account.person.identities.get().verified_at == AT + timedelta(days=6)
    rows = SettingChange.objects.filter(by_key__isnull=False).order_by("pk")
    assert [(row.noun, row.by_name, row.subject, row.before, row.after) for row in rows] == [
        ("invitation", "Ada", "Nina", {}, {"email": "nina@desk.example", "role": "technician"}),
        ("person", "Nina", "Nina", {}, {"email": "nina@desk.example", "role": "technician"}),
    ]


def test_the_mail_is_queued_and_nothing_in_the_database_opens_the_door(cast: Cast) -> None:
    invitation = invited(cast)
    token = invitation_token(invitation)
    assert waiting_jobs("notifications.send_invitation") == [{"invitation": invitation.pk, "nonce": invitation.nonce}]
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(i::text, '') from people_invitation i")
        assert token not in cursor.fetchone()[0]
        cursor.execute("select string_agg(a::text, '') from audit_settingchange a")
        assert token not in cursor.fetchone()[0]


def test_a_link_is_good_once(cast: Cast) -> None:
    invitation = invited(cast)
    accepted(invitation)
    with pytest.raises(InvitationOver) as over:
        accepted(invitation)
    assert over.value.because == "used"
    assert Account.objects.filter(email="nina@desk.example").count() == 1


@pytest.mark.parametrize(("late", "because"), [(timedelta(0), "expired"), (timedelta(seconds=-1), "")])
def test_a_link_is_good_for_a_week(cast: Cast, late: timedelta, because: str) -> None:
    invitation = invited(cast)
    token = invitation_token(invitation)
    if because:
        with pytest.raises(InvitationOver) as over:
            invitation_of_link(invitation.pk, token, AT + WEEK + late)
        assert over.value.because == because
    else:
        assert invitation_of_link(invitation.pk, token, AT + WEEK + late) == invitation


def test_who_guesses_learns_nothing(cast: Cast) -> None:
    invitation = invited(cast)
    accepted(invitation)
    other = invited(cast, "other@desk.example")
    for pk, token in (
        (invitation.pk, "x"),
        (other.pk, invitation_token(invitation)),
        (invitation.pk + 1000, "x"),
        (2**70, "x"),
        (other.pk, "é"),
    ):
        with pytest.raises(InvitationOver) as over:
            invitation_of_link(pk, token, AT)
        assert over.value.because == "unknown"


def test_a_new_link_takes_the_place_of_the_old_one(cast: Cast) -> None:
    invitation = invited(cast)
    old = invitation_token(invitation)
    later = AT + timedelta(days=9)
    renewed = invite_again(invitation, by=cast.ada, at=later)
    assert renewed.expires_at == later + WEEK
    with pytest.raises(InvitationOver):
        accepted(invitation, later, token=old)
    assert accepted(renewed, later).email == "nina@desk.example"
    with pytest.raises(InvitationOver):
        invite_again(renewed, by=cast.ada, at=later)


def test_a_withdrawn_one_opens_nothing_and_the_address_may_be_invited_anew(cast: Cast) -> None:
    invitation = invited(cast)
    with pytest.raises(InvitedAlready):
        invited(cast, "nina@desk.example")
    withdraw_invitation(invitation, by=cast.ada, at=AT)
    with pytest.raises(InvitationOver):
        accepted(invitation)
    with pytest.raises(InvitationOver):
        withdraw_invitation(invitation, by=cast.ada, at=AT)
    assert accepted(invited(cast)).email == "nina@desk.example"


def test_an_address_of_a_colleague_or_of_a_customer_is_refused(cast: Cast) -> None:
    with pytest.raises(AddressTaken):
        invited(cast, "TESS@desk.example")
    with pytest.raises(BelongsToCustomer, match="Larch"):
        invited(cast, "paula@larch.example")
    deactivate(cast.tom.account, by=cast.ada, at=AT)
    with pytest.raises(AddressTaken):
        invited(cast, "tom@desk.example")


def test_an_address_that_was_taken_between_mail_and_click_is_refused(cast: Cast) -> None:
    invitation = invited(cast, "new@larch.example")
    ticket = cast.writes("new@larch.example", AT)
    Person.objects.filter(pk=ticket.person_id).update(organisation=cast.larch)
    with pytest.raises(BelongsToCustomer):
        accepted(invitation)


def test_who_wrote_before_they_were_hired_stays_the_same_person(cast: Cast) -> None:
    ticket = cast.writes(SAM, AT)
    account = accepted(invited(cast, SAM, name="Sam Stone"))
    assert account.person_id == ticket.person_id
    assert Person.objects.get(pk=ticket.person_id).name == "Sam Stone"


def test_nobody_invites_to_more_than_they_may_do(cast: Cast) -> None:
    role = add_role(name="Lead", permissions=["manage_people", "see_tickets"], by=None, at=AT)
    give_role(cast.tom.account, role=f"own-{role.pk}", by=None, at=AT)
    with pytest.raises(MoreThanOwn):
        invited(cast, by=cast.tom)
    greater = invited(cast)
    with pytest.raises(MoreThanOwn):
        invite_again(greater, by=cast.tom, at=AT)
    with pytest.raises(MoreThanOwn):
        withdraw_invitation(greater, by=cast.tom, at=AT)
    assert invited(cast, "x@desk.example", by=cast.tom, role=f"own-{role.pk}").role_name == "Lead"


@pytest.mark.parametrize("who", ["tess", "dev", "sue", "paula"])
def test_others_invite_nobody(cast: Cast, who: str) -> None:
    invitation = invited(cast)
    by = getattr(cast, who)
    with pytest.raises(NotAllowed):
        invited(cast, "x@desk.example", by=by)
    with pytest.raises(NotAllowed):
        invite_again(invitation, by=by, at=AT)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invitation, by=by, at=AT)
