"""Mail from its bytes to its place: once for each sender, visible when it has none, in one language."""

from email import message_from_bytes, policy
from typing import Any

import pytest

from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.channels.email.queries import customer_address
from mainstay.channels.email.states import RawState
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.letters import letter
from tests.working import do_jobs


def comes_in(raw: bytes, sender: str) -> RawMail:
    key = store_raw_mail(
        raw=raw, envelope_from=sender, envelope_to=["support@intercom.example"], peer="", mailbox="smtp"
    )
    do_jobs()
    return RawMail.objects.get(pk=key)


def test_the_same_bytes_of_two_senders_are_two_mails(cast: Cast) -> None:
    for sender in ("paula@larch.example", "olaf@elm.example", "paula@larch.example"):
        comes_in(b"\r\n", sender)
    assert RawMail.objects.count() == 2
    assert {ticket.person for ticket in Ticket.objects.all()} == {cast.paula, cast.olaf}


def test_a_mail_without_from_belongs_to_its_envelope_sender(cast: Cast) -> None:
    mail = comes_in(b"Subject: Lock\r\n\r\nIt stays open.", "Paula@larch.example")
    ticket = Ticket.objects.get()
    assert (ticket.person, ticket.entitlement, mail.state) == (cast.paula, "entitled", RawState.DONE)
    assert customer_address(ticket) == "paula@larch.example"
    assert not OutgoingMail.objects.exists()  # what sends mail without a From is hardly a person: no automatic answer


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (b"From: a@larch.example, b@evil.example\r\nSubject: x\r\n\r\nhello", "paula@larch.example"),
        (b"From: paula@larch.example\r\nFrom: b@evil.example\r\nSubject: x\r\n\r\nhello", "paula@larch.example"),
        (b"Subject: x\r\n\r\nhello", "no-address"),
    ],
)
def test_a_mail_of_nobody_or_of_two_is_set_aside_where_people_see_it(cast: Cast, raw: bytes, sender: str) -> None:
    mail = comes_in(raw, sender)
    assert mail.state == RawState.SET_ASIDE
    assert mail.problem
    assert not Ticket.objects.exists()


def test_subject_and_body_of_an_acknowledgement_are_in_one_language(cast: Cast) -> None:
    text = "De deur gaat niet open en wij kunnen het niet vinden. Kunt u ons helpen met de app?"
    comes_in(letter("new@stranger.example", text), "new@stranger.example")
    mail = message_from_bytes(bytes(OutgoingMail.objects.get().raw), policy=policy.default)
    assert mail["Subject"].startswith("We hebben uw bericht")
    assert mail.get_body(("plain",)).get_content().startswith("Dag")


def test_an_answer_to_the_kind_refusal_comes_where_somebody_looks(cast: Cast) -> None:
    from mainstay.tickets import actions
    from mainstay.tickets.queries import queue_for

    ticket = cast.writes(cast.rita, cast.revision.holds_from)
    assert queue_for(cast.tess, "open").tickets == []
    cast.writes(cast.rita, ticket.opened_at, "We did buy from you: order 4711.", thread=ticket.pk)
    assert queue_for(cast.tess, "open").tickets == [ticket]
    ticket.refresh_from_db()
    assert (ticket.state, ticket.entitlement, ticket.promise.excluded) == ("open", "refused", "refused")
    assert ticket.messages.filter(kind="acknowledgement").count() == 1
    admitted = actions.admit_ticket(ticket, by=cast.tess, at=ticket.opened_at)
    assert (admitted.state, admitted.entitlement, admitted.promise.excluded) == ("open", "entitled", "")


def test_a_mail_given_up_is_tried_anew_for_its_whole_time_when_a_person_asks(
    cast: Cast, now: Any, settings: Any, monkeypatch: Any
) -> None:
    """Five days count from when it was last queued, not from when it was written."""
    from datetime import timedelta

    import time_machine

    from mainstay.channels.email.relay import PermanentFailure, TemporaryFailure
    from mainstay.tickets import actions

    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    answers: list[Exception] = [PermanentFailure("no such user"), TemporaryFailure("greylisted")]

    def send(*_: Any) -> None:
        raise answers.pop(0)

    monkeypatch.setattr("mainstay.channels.email.actions.sending.send_through", send)
    with time_machine.travel(now, tick=False) as clock:
        ticket = cast.writes(cast.paula, now, may_auto_reply=False)
        message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
        actions.deliver_message(message.pk, at=now)
        clock.shift(timedelta(days=6))
        later = now + timedelta(days=6)
        actions.retry_delivery(message, by=cast.tess, at=later)
        actions.deliver_message(message.pk, at=later)
    message.refresh_from_db()
    assert message.delivery == "queued"
