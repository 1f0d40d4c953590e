"""A form that lacks a field, or comes from an old page, changes nothing and says so."""

from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse

from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import queue_for, ticket_for
from tests.cast import Cast


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    ticket = cast.writes(cast.paula, now)
    return actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)


def post(client: Any, name: str, ticket: Ticket, **fields: str) -> str:
    answer = client.post(reverse(f"desk:ticket_{name}", args=[ticket.number]), fields, headers={"HX-Request": "true"})
    assert answer.status_code in (200, 422)
    return answer.content.decode()


@pytest.mark.parametrize("name", ["assignment", "exclusion", "waiting", "classification"])
@pytest.mark.parametrize("fields", [{}, {"reason": "x\x00"}, {"to": "nowhere", "text": "x"}])
def test_a_form_without_its_field_changes_nothing(
    cast: Cast, ticket: Ticket, sign_in: Any, name: str, fields: dict[str, str]
) -> None:
    events = ticket.events.count()
    assert 'role="alert"' in post(sign_in(cast.tess), name, ticket, **fields)
    assert ticket.events.count() == events
    assert ticket_for(cast.tess, ticket.number).assignee == cast.tom


def test_an_old_page_does_not_do_the_opposite(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    post(client, "waiting", ticket, to="waiting")
    assert 'role="alert"' in post(client, "waiting", ticket, to="waiting")
    assert ticket_for(cast.tess, ticket.number).state == "waiting"


def test_a_refused_ticket_does_not_come_into_the_averages_by_a_side_door(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    refused = cast.writes(cast.rita, now)
    assert 'role="alert"' in post(sign_in(cast.tess), "exclusion", refused, counted="1")
    assert ticket_for(cast.tess, refused.number).promise.excluded == "refused"


def test_spam_that_is_counted_again_is_open_again(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    client = sign_in(cast.tess)
    post(client, "exclusion", ticket, reason="spam")
    post(client, "exclusion", ticket, counted="1")
    assert ticket in queue_for(cast.tess, "open").tickets
    assert ticket_for(cast.tess, ticket.number).promise.excluded == ""


def test_a_reply_from_a_page_that_does_not_say_what_it_showed_is_stopped_after_an_answer(
    cast: Cast, ticket: Ticket, now: datetime, sign_in: Any
) -> None:
    actions.reply_to_ticket(ticket, text="Mine.", by=cast.tom, at=now)
    page = post(sign_in(cast.tess), "replies", ticket, text="And mine.")
    assert "And mine." in page
    assert ticket.messages.filter(kind="reply").count() == 1


def test_the_counter_of_refused_tickets_does_not_hide_one_that_answered(
    cast: Cast, now: datetime, sign_in: Any
) -> None:
    refused = cast.writes(cast.rita, now)
    cast.writes(cast.rita, now, "Order 4711", thread=refused.pk)
    page = sign_in(cast.tess).get("/").content.decode()
    assert f"/tickets/{refused.number}" in page
    shown = sign_in(cast.tess).get(f"/tickets/{refused.number}").content.decode()
    assert "Help all the same" in shown
    assert "Resolve" in shown


def test_a_mail_that_cannot_be_signed_is_told_beside_the_text_which_stays(
    cast: Cast, ticket: Ticket, sign_in: Any, monkeypatch: Any
) -> None:
    from mainstay.channels.email.signing import CannotSign

    def refuse() -> None:
        raise CannotSign("The key cannot be read.")

    monkeypatch.setattr("mainstay.channels.email.actions.sending.our_signer", refuse)
    page = post(sign_in(cast.tess), "replies", ticket, text="My words.", seen="999999")
    assert "The key cannot be read." in page
    assert "My words." in page
    assert not ticket.messages.filter(kind="reply").exists()
