"""A reply can be taken back before it leaves; then it never was."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from mainstay.channels.email.models import OutgoingMail
from mainstay.tickets import actions
from mainstay.tickets.errors import TooLateToWithdraw
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import ticket_for
from tests.cast import Cast
from tests.working import do_jobs


@pytest.fixture
def ticket(cast: Cast, now: datetime, settings: Any, monkeypatch: Any) -> Any:
    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr("mainstay.channels.email.actions.sending.send_through", lambda *_: None)
    with time_machine.travel(now, tick=False):
        yield cast.writes(cast.paula, now, may_auto_reply=False)


def test_it_waits_ten_seconds_and_leaves(cast: Cast, ticket: Ticket, now: datetime) -> None:
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now, undo_seconds=10)
    assert message.queued_at == now + timedelta(seconds=10)
    assert OutgoingMail.objects.get().state == "queued"


def test_taken_back_it_does_not_count_and_the_ticket_is_as_before(cast: Cast, ticket: Ticket, now: datetime) -> None:
    later = now + timedelta(minutes=3)
    message = actions.reply_to_ticket(ticket, text="Wrong!", by=cast.tess, at=later, then="resolve", undo_seconds=10)
    assert ticket_for(cast.tess, ticket.number).promise.resolved_at == later
    actions.withdraw_reply(message, by=cast.tess, at=later + timedelta(seconds=4))
    found = ticket_for(cast.tess, ticket.number)
    assert (found.state, found.promise.first_responded_at, found.promise.resolved_at) == ("new", None, None)
    assert found.promise.reopened_count == 0
    assert (OutgoingMail.objects.get().state, OutgoingMail.objects.get().attempts) == ("withdrawn", 0)
    actions.deliver_message(message.pk, at=later + timedelta(seconds=11))
    assert OutgoingMail.objects.get().attempts == 0
    assert actions.recount_promises()[1] == []
    actions.reply_to_ticket(found, text="Right.", by=cast.tess, at=later + timedelta(minutes=1))
    assert ticket_for(cast.tess, ticket.number).promise.first_response_seconds == 4 * 60


def test_nobody_else_and_nothing_that_was_sent_can_be_taken_back(cast: Cast, ticket: Ticket, now: datetime) -> None:
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    with pytest.raises(TooLateToWithdraw):
        actions.withdraw_reply(message, by=cast.tom, at=now)
    actions.deliver_message(message.pk, at=now)
    with pytest.raises(TooLateToWithdraw):
        actions.withdraw_reply(message, by=cast.tess, at=now)


def test_in_the_local_outbox_it_can_be_taken_back_for_as_long(
    cast: Cast, now: datetime, settings: Any, sign_in: Any
) -> None:
    settings.UNDO_SECONDS = 10
    with time_machine.travel(now, tick=False) as clock:
        ticket = cast.writes(cast.paula, now)
        client = sign_in(cast.tess)
        client.post(f"/tickets/{ticket.number}/replies", {"text": "Not so!", "seen": "999999999"})
        message = ticket.messages.get(kind="reply")
        page = client.get(f"/tickets/{ticket.number}").content.decode()
        assert f"/messages/{message.pk}/withdrawal" in page
        answer = client.post(f"/messages/{message.pk}/withdrawal")
        composer = client.get(answer["Location"]).content.decode().split('id="composer"')[1]
        assert "Not so!" in composer
        message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
        clock.shift(timedelta(seconds=11))
        assert f"/messages/{message.pk}/withdrawal" not in client.get(f"/tickets/{ticket.number}").content.decode()
        client.post(f"/messages/{message.pk}/withdrawal")
    message.refresh_from_db()
    assert message.delivery == "kept"
    do_jobs()
