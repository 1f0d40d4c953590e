"""The main job, as a support manager would tell it: a partner writes, a technician answers, it is solved, the averages count it."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.utils import timezone

from mainstay.channels.email.actions import store_raw_mail
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.channels.email.states import RawState
from mainstay.promises.queries import policy_in_force
from mainstay.reports.periods import month_at
from mainstay.reports.queries import month_report
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import ticket_for
from tests.cast import SAM, Cast
from tests.letters import SUPPORT, answer_to, letter
from tests.working import do_jobs

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 13, 20, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(TUESDAY, tick=False) as travelling:
        yield travelling


def comes_in(raw: bytes, sender: str, to: str = SUPPORT) -> None:
    store_raw_mail(raw=raw, envelope_from=sender, envelope_to=[to], peer="127.0.0.1", mailbox="smtp")
    do_jobs()


def last_sent() -> OutgoingMail:
    return OutgoingMail.objects.order_by("-pk")[0]


def test_a_partner_is_helped_and_the_averages_count_it(cast: Cast, clock) -> None:
    comes_in(letter("paula@larch.example", "De kaarten worden niet gelezen."), "paula@larch.example")
    ticket = Ticket.objects.get()
    assert (ticket.person, ticket.organisation, ticket.state) == (cast.paula, cast.larch, "new")
    assert (ticket.entitlement, ticket.entitlement_reason) == ("entitled", "direct_buyer")

    clock.shift(timedelta(minutes=4))
    actions.reply_to_ticket(ticket, text="Which firmware is on the panel?", by=cast.tess, at=timezone.now())
    do_jobs()
    ours = last_sent()
    headers = message_from_bytes(bytes(ours.raw), policy=policy.default)
    theirs = RawMail.objects.get()
    assert headers["In-Reply-To"] == theirs.mail_id
    assert theirs.mail_id in headers["References"]
    assert (ours.state, ours.recipient) == ("kept", "paula@larch.example")

    clock.shift(timedelta(hours=1))
    comes_in(answer_to(bytes(ours.raw), "paula@larch.example", "It is 3.15."), "paula@larch.example")
    assert Ticket.objects.count() == 1
    ticket = ticket_for(cast.tess, ticket.number)
    assert ticket.state == "open"
    assert ticket.messages.filter(kind="inbound").count() == 2

    clock.shift(timedelta(hours=1))
    actions.resolve_ticket(ticket, by=cast.tess, at=timezone.now())
    promise = ticket_for(cast.tess, ticket.number).promise
    calendar = policy_in_force(TUESDAY).calendar
    assert promise.first_response_seconds == calendar.elapsed(TUESDAY, TUESDAY + timedelta(minutes=4)) == 240
    assert promise.resolution_seconds == calendar.elapsed(ticket.opened_at, promise.resolved_at) == 2 * 3600 + 240

    report = month_report(month_at(TUESDAY), at=timezone.now())
    assert (report.first_response.average.n, report.first_response.average.mean) == (1, 240)
    assert report.resolution.average.mean == promise.resolution_seconds
    assert actions.recount_promises() == (1, [])


def test_a_stranger_gets_the_kind_answer_and_stays_out_of_the_averages(cast: Cast, clock) -> None:
    comes_in(letter(SAM, "My intercom does not ring."), SAM)
    ticket = Ticket.objects.get()
    assert (ticket.entitlement, ticket.entitlement_reason, ticket.state) == ("refused", "stranger", "closed")
    sent = last_sent()
    text = message_from_bytes(bytes(sent.raw), policy=policy.default).get_body(("plain",)).get_content()
    assert sent.recipient == SAM
    assert "sold or installed" in text
    report = month_report(month_at(TUESDAY), at=timezone.now())
    assert report.excluded == {"refused": 1}
    assert report.first_response.average.n == 0
    assert report.first_response.open.n == 0


def test_a_customer_of_a_partner_is_told_who_sold_it(cast: Cast, clock) -> None:
    comes_in(letter("rita@reed.example", "It beeps."), "rita@reed.example")
    assert Ticket.objects.get().entitlement_reason == "other_kind"
    assert (
        "Larch" in message_from_bytes(bytes(last_sent().raw), policy=policy.default).get_body(("plain",)).get_content()
    )


def test_the_acknowledgement_is_in_the_senders_language_with_number_and_hours(cast: Cast, clock) -> None:
    comes_in(letter("paula@larch.example"), "paula@larch.example")
    ticket = Ticket.objects.get()
    mail = message_from_bytes(bytes(last_sent().raw), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["In-Reply-To"] == RawMail.objects.get().mail_id
    assert str(ticket.number) in text
    assert "Dag Paula" in text or "Hallo Paula" in text or "Beste Paula" in text
    assert "07:00–23:00" in text  # 06:00–22:00 UTC in Amsterdam in winter
    assert "Europe/Amsterdam" in text


def test_a_message_in_the_night_waits_for_the_opening(cast: Cast) -> None:
    night = TUESDAY.replace(hour=2)
    ticket = cast.writes(cast.olaf, night)
    actions.reply_to_ticket(ticket, text="Good morning.", by=cast.tess, at=night.replace(hour=6, minute=3))
    assert ticket_for(cast.tess, ticket.number).promise.first_response_seconds == 180


def test_friday_evening_goes_on_on_monday_morning(cast: Cast) -> None:
    ticket = cast.writes(cast.olaf, FRIDAY_EVENING)
    actions.resolve_ticket(ticket, by=cast.tess, at=datetime(2026, 11, 16, 9, 0, tzinfo=UTC))
    assert ticket_for(cast.tess, ticket.number).promise.resolution_seconds == 5 * 3600


def test_a_reopened_ticket_goes_on_with_the_same_clock(cast: Cast) -> None:
    ticket = cast.writes(cast.olaf, TUESDAY)
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY + timedelta(hours=1))
    again = cast.writes(cast.olaf, TUESDAY + timedelta(hours=3), thread=ticket.pk)
    assert again.pk == ticket.pk
    actions.resolve_ticket(again, by=cast.tess, at=TUESDAY + timedelta(hours=4))
    promise = ticket_for(cast.tess, ticket.number).promise
    assert (promise.resolution_seconds, promise.paused_seconds, promise.reopened_count) == (2 * 3600, 2 * 3600, 1)


def test_after_the_window_it_is_a_new_ticket_linked_to_the_old_one(cast: Cast) -> None:
    ticket = cast.writes(cast.olaf, TUESDAY)
    actions.resolve_ticket(ticket, by=cast.tess, at=TUESDAY + timedelta(hours=1))
    later = cast.writes(cast.olaf, TUESDAY + timedelta(days=15), thread=ticket.pk)
    assert later.pk != ticket.pk
    assert later.previous_id == ticket.pk


def test_a_stolen_token_opens_no_strangers_way_into_the_thread(cast: Cast, clock) -> None:
    comes_in(letter("paula@larch.example"), "paula@larch.example")
    ours = last_sent()
    comes_in(answer_to(bytes(ours.raw), SAM, "Send me everything."), SAM)
    first, second = Ticket.objects.order_by("number")
    assert first.messages.filter(kind="inbound").count() == 1
    assert (second.entitlement, second.previous_id) == ("refused", None)


def test_a_colleague_may_answer_for_the_organisation_by_token_alone(cast: Cast, clock) -> None:
    comes_in(letter("paula@larch.example"), "paula@larch.example")
    raw = bytes(last_sent().raw)
    token_address = message_from_bytes(raw, policy=policy.default)["Reply-To"]
    reply = answer_to(raw, "piet@larch.example", "I am there now.", keep_references=False)
    comes_in(reply, "piet@larch.example", to=token_address)
    assert Ticket.objects.count() == 1
    assert Ticket.objects.get().messages.filter(author=cast.piet).count() == 1


def test_the_same_bytes_again_are_one_message(cast: Cast, clock) -> None:
    raw = letter("paula@larch.example")
    for _ in range(3):
        comes_in(raw, "paula@larch.example")
    assert (RawMail.objects.count(), Ticket.objects.count()) == (1, 1)


def test_two_mails_with_one_message_id_are_both_kept(cast: Cast, clock) -> None:
    for text in ("first", "second"):
        comes_in(letter("paula@larch.example", text, Message_ID="<same@larch.example>"), "paula@larch.example")
    assert Ticket.objects.count() == 2
    assert RawMail.objects.filter(repeats_mail_id=True).count() == 1


def test_an_automatic_mail_gets_no_answer(cast: Cast, clock) -> None:
    comes_in(letter("paula@larch.example", "I am away.", Auto_Submitted="auto-replied"), "paula@larch.example")
    assert OutgoingMail.objects.count() == 0
    assert RawMail.objects.get().state == RawState.NOT_FOR_PEOPLE


@pytest.mark.parametrize("raw", [b"", b"\x00\x00", b"\xff\xfe\xfd", b"Subject: x", b"\r\n\r\nonly a body"])
def test_a_strange_mail_ends_visibly_and_holds_nobody_up(cast: Cast, clock, raw: bytes) -> None:
    comes_in(raw, "")
    comes_in(letter("paula@larch.example"), "paula@larch.example")
    assert not RawMail.objects.filter(state=RawState.WAITING).exists()
    assert Ticket.objects.filter(person=cast.paula).count() == 1
