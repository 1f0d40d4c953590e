"""Colleagues who leave and come back: sessions, sign-in, and what they had in hand."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from mainstay.audit.models import SettingChange
from mainstay.notifications.models import Notification
from mainstay.people.actions import give_new_password
from mainstay.people.errors import LastAdministrator, MoreThanOwn, NotAllowed, OwnAccount
from mainstay.people.models import Account
from mainstay.people.roles import add_role
from mainstay.people.staffing import change_colleague, deactivate, give_role, reactivate
from mainstay.tickets import actions
from mainstay.tickets.actions import deactivate_colleague
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import unfinished_of
from tests.cast import Cast

AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)


def test_who_is_deactivated_is_out_at_once_and_their_old_session_stays_dead(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    assert client.get(reverse("desk:queue")).status_code == 200
    deactivate(cast.tess.account, by=cast.ada, at=AT)
    assert client.get(reverse("desk:queue")).status_code == 302
    reactivate(cast.tess.account, by=cast.ada, at=AT)
    assert client.get(reverse("desk:queue")).status_code == 302
    password = give_new_password(Account.objects.get(person=cast.tess), at=AT)
    client.post("/accounts/login/", {"login": "tess@desk.example", "password": password})
    assert client.get(reverse("desk:queue")).status_code == 200


def test_a_session_that_was_begun_before_rounds_were_counted_goes_on(cast: Cast) -> None:
    account = cast.tess.account
    plain = super(Account, account).get_session_auth_hash()
    assert account.get_session_auth_hash() == plain
    account.session_round = 1
    assert account.get_session_auth_hash() != plain
    assert list(account.get_session_auth_fallback_hash()) == []


def test_their_unfinished_tickets_are_everybodys_again(cast: Cast) -> None:
    ours = cast.writes(cast.paula, AT)
    waiting = cast.writes(cast.olaf, AT)
    done = cast.writes(cast.paula, AT, subject="Another")
    toms = cast.writes(cast.piet, AT)
    for ticket in (ours, waiting, done):
        actions.assign_ticket(ticket, to=cast.tess, by=cast.tess, at=AT)
    actions.await_customer(waiting, by=cast.tess, at=AT)
    actions.resolve_ticket(done, by=cast.tess, at=AT)
    actions.assign_ticket(toms, to=cast.tom, by=cast.tom, at=AT)
    assert unfinished_of(cast.tess.pk) == 2
    assert deactivate_colleague(cast.tess.account, by=cast.ada, at=AT) == 2
    holders = dict(Ticket.objects.order_by("pk").values_list("pk", "assignee"))
    assert holders == {ours.pk: None, waiting.pk: None, done.pk: cast.tess.pk, toms.pk: cast.tom.pk}
    told = ours.events.get(kind="requeued")
    assert (told.facts["name"], told.facts["because"]) == ("Tess", "left")
    assert list(Notification.objects.filter(kind="requeued").values_list("person", "subject")) == [
        (cast.sue.pk, ours.topic)  # nobody has a shift; what waits for the customer needs nobody now
    ]
    assert deactivate_colleague(cast.tess.account, by=cast.ada, at=AT) == 0


def test_what_was_done_to_accounts_stands_in_the_log_once(cast: Cast) -> None:
    deactivate(cast.tess.account, by=cast.ada, at=AT)
    assert not deactivate(cast.tess.account, by=cast.ada, at=AT)
    reactivate(cast.tess.account, by=None, at=AT)
    assert not reactivate(cast.tess.account, by=cast.ada, at=AT)
    rows = SettingChange.objects.filter(noun="person", key=str(cast.tess.pk)).order_by("pk")
    assert [(row.by_name, row.before, row.after) for row in rows][1:] == [
        ("Ada", {"is_active": True}, {"is_active": False}),
        ("", {"is_active": False}, {"is_active": True}),
    ]


def test_nobody_shuts_themselves_out_nor_the_last_administrator(cast: Cast) -> None:
    with pytest.raises(OwnAccount):
        deactivate(cast.ada.account, by=cast.ada, at=AT)
    with pytest.raises(LastAdministrator):
        deactivate(cast.ada.account, by=None, at=AT)
    assert Account.objects.get(person=cast.ada).is_active


def test_an_administrator_who_left_does_not_count(cast: Cast) -> None:
    give_role(cast.sue.account, role="administrator", by=cast.ada, at=AT)
    deactivate(cast.sue.account, by=cast.ada, at=AT)
    with pytest.raises(LastAdministrator):
        give_role(cast.ada.account, role="developer", by=cast.ada, at=AT)
    give_role(cast.sue.account, role="developer", by=cast.ada, at=AT)  # one who left may become anything


def test_who_manages_people_can_shut_out_only_those_within_their_own_role(cast: Cast) -> None:
    role = add_role(name="Lead", permissions=["manage_people", "see_tickets"], by=None, at=AT)
    give_role(cast.tom.account, role=f"own-{role.pk}", by=None, at=AT)
    with pytest.raises(MoreThanOwn):
        deactivate(cast.tess.account, by=cast.tom, at=AT)
    Account.objects.filter(person=cast.tess).update(is_active=False)
    with pytest.raises(MoreThanOwn):
        reactivate(cast.tess.account, by=cast.tom, at=AT)


@pytest.mark.parametrize("who", ["tess", "dev", "sue", "olaf"])
def test_others_may_not(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        deactivate_colleague(cast.tom.account, by=getattr(cast, who), at=AT)
    with pytest.raises(NotAllowed):
        change_colleague(cast.tom.account, name="X", role="technician", by=getattr(cast, who), at=AT)


def test_a_new_name_is_seen_everywhere(cast: Cast) -> None:
    change_colleague(cast.tess.account, name="  Tess   Tarn ", role="technician", by=cast.ada, at=AT)
    cast.tess.refresh_from_db()
    assert cast.tess.name == "Tess Tarn"
