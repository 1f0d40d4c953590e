"""Replies find their ticket, strangers do not, and where there is a doubt a person is asked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.channels.email.states import RawState
from mainstay.tickets import actions
from mainstay.tickets.models import Message, Suggestion, Ticket
from mainstay.tickets.queries import queue_for, ticket_for
from tests.cast import Cast
from tests.letters import letter
from tests.post import RECEIVER, bounce_of, comes_in, in_answer, last_of_ours, message_of, proof, writes

PAULA, PIET, OLAF = "Paula <paula@larch.example>", "Piet <piet@larch.example>", "olaf@elm.example"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Any:
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def checked(settings: Any) -> None:
    """There is a receiver whose word on senders is trusted."""
    settings.EMAIL_TRUSTED_RECEIVERS = [RECEIVER]


@pytest.fixture
def ticket(cast: Cast, now: datetime) -> Ticket:
    """Paula asked, Tess answered."""
    ticket = message_of(writes(PAULA)).ticket
    actions.reply_to_ticket(ticket, text="Which lock?", by=cast.tess, at=now)
    return ticket


def suggestion(ticket: Ticket) -> tuple[Ticket, str]:
    found = Suggestion.objects.get(ticket=ticket)
    return found.other, found.because


# --- replies ---------------------------------------------------------------------------------------------------------


def test_an_apple_mail_reply_is_on_its_ticket_without_what_it_quotes(cast: Cast, ticket: Ticket) -> None:
    ours = last_of_ours(ticket)
    text = "The YLI one.\n\n> On 17 Nov 2026, at 10:00, Example Intercom <support@intercom.example> wrote:\n> \n> Which lock?\n"
    message = message_of(writes(PAULA, text, **in_answer(ours)))
    assert message.ticket == ticket
    assert message.text == "The YLI one."
    assert "Which lock?" in message.quoted


def test_an_outlook_reply_without_references_finds_its_ticket_by_the_address(cast: Cast, ticket: Ticket) -> None:
    message = message_of(writes(PAULA, "The YLI one.", **in_answer(last_of_ours(ticket), references=False)))
    assert message.ticket == ticket


def test_a_reply_to_the_plain_address_finds_its_ticket_by_our_message_id(cast: Cast, ticket: Ticket) -> None:
    message = message_of(
        writes(PAULA, "The YLI one.", **in_answer(last_of_ours(ticket), to="support@intercom.example"))
    )
    assert message.ticket == ticket


def test_a_reply_that_lost_both_finds_its_ticket_by_the_address_in_what_it_quotes(cast: Cast, ticket: Ticket) -> None:
    ours = last_of_ours(ticket)
    text = f"The YLI one.\n\n-----Original Message-----\nFrom: Example Intercom <{ours['Reply-To']}>\nSubject: x\n\nWhich lock?"
    assert message_of(writes(PAULA, text, subject=f"RE: {ours['Subject']}")).ticket == ticket


def test_a_colleague_of_the_same_company_may_answer(cast: Cast, ticket: Ticket) -> None:
    message = message_of(writes(PIET, "I know: the YLI one.", **in_answer(last_of_ours(ticket))))
    assert (message.ticket, message.author) == (ticket, cast.piet)
    assert ticket_for(cast.tess, ticket.number).person == cast.paula


def test_mail_forwarded_to_us_by_another_partner_is_theirs(cast: Cast, ticket: Ticket) -> None:
    ours = last_of_ours(ticket)
    mail = writes(OLAF, "Have you seen this?\n\n---------- Forwarded message ---------\n" + ours.get_content()
                  if not ours.is_multipart() else "Have you seen this?", subject="Fwd: " + ours["Subject"])  # fmt: skip
    new = message_of(mail).ticket
    assert (new.person, new == ticket) == (cast.olaf, False)


# --- those who do not belong ----------------------------------------------------------------------------------------


def test_a_stranger_with_a_stolen_token_gets_a_ticket_of_their_own_and_nothing_of_ours(
    cast: Cast, ticket: Ticket
) -> None:
    before = OutgoingMail.objects.count()
    message = message_of(writes("mallory@stranger.example", "Send me everything.", **in_answer(last_of_ours(ticket))))
    assert message.ticket != ticket
    assert suggestion(message.ticket) == (ticket, "other_sender")
    assert (message.ticket.entitlement, message.ticket.state) == ("refused", "open")
    assert message.ticket in queue_for(cast.tess, "open").tickets
    assert OutgoingMail.objects.count() == before  # neither an acknowledgement nor a refusal: a person decides


def test_row_2_a_forged_sender_brings_no_participants_and_is_not_put_on_the_ticket(
    cast: Cast, ticket: Ticket, checked: None
) -> None:
    mail = writes(PAULA, "More please.", Cc="mallory@evil.example", **in_answer(last_of_ours(ticket)))
    new = message_of(mail).ticket
    assert suggestion(new) == (ticket, "unproven")
    assert message_of(mail).sender_proof == "unverified"
    assert not new.participants.exists()
    assert not ticket.participants.exists()
    actions.reply_to_ticket(new, text="Who are you?", by=cast.tess, at=new.opened_at)
    assert not OutgoingMail.objects.filter(recipient="mallory@evil.example").exists()


def test_row_3_a_mail_in_the_name_of_a_colleague_never_reaches_the_customer(cast: Cast, ticket: Ticket) -> None:
    before = OutgoingMail.objects.count()
    new = message_of(
        writes("tess@desk.example", "Send your password to evil.example.", **in_answer(last_of_ours(ticket)))
    ).ticket
    assert new != ticket
    assert "suspected" in list(new.events.order_by("pk").values_list("kind", flat=True))
    assert OutgoingMail.objects.count() == before


def test_row_4_somebody_who_left_writes_on_a_ticket_of_their_own(cast: Cast, ticket: Ticket, now: datetime) -> None:
    cast.paula.left_at = now
    cast.paula.save()
    new = message_of(writes(PAULA, "Me again.", **in_answer(last_of_ours(ticket)))).ticket
    assert (new == ticket, new.entitlement) == (False, "refused")


def test_row_1_a_service_that_writes_to_a_reply_address_is_held_back(cast: Cast, ticket: Ticket) -> None:
    mail = writes(
        "no-reply@chat.example",
        "Confirm your account: https://chat.example/confirm?x=1",
        to=last_of_ours(ticket)["Reply-To"],
    )
    assert (mail.state, mail.message) == (RawState.SET_ASIDE, None)
    assert "reply address" in mail.problem


def test_row_13_the_requester_is_from_and_answers_go_where_reply_to_says(cast: Cast, now: datetime) -> None:
    message = message_of(writes(PAULA, Reply_To="service@larch.example"))
    assert (message.ticket.person, message.reply_address) == (cast.paula, "service@larch.example")
    acknowledgement = OutgoingMail.objects.get(is_automatic=True)
    assert acknowledgement.recipient == "paula@larch.example"
    actions.reply_to_ticket(message.ticket, text="x", by=cast.tess, at=now)
    assert OutgoingMail.objects.get(is_automatic=False).recipient == "service@larch.example"


def test_row_16_commands_in_a_mail_do_nothing(cast: Cast) -> None:
    message = message_of(
        writes(PAULA, "Status: closed\n#set owner tess", X_Desk_Priority="1", X_Zammad_Ticket_Priority="3")
    )
    assert (message.ticket.state, message.ticket.assignee) == ("new", None)


# --- doubts, settled by a person ---------------------------------------------------------------------------------------


def test_only_a_number_in_the_subject_is_a_suggestion(cast: Cast, ticket: Ticket) -> None:
    new = message_of(writes(PAULA, "And this.", subject=f"Lock [#{ticket.number}]")).ticket
    assert suggestion(new) == (ticket, "only_number")


def test_the_number_is_enough_for_the_same_proven_sender(cast: Cast, ticket: Ticket, checked: None) -> None:
    subject = f"Lock [#{ticket.number}]"
    assert message_of(writes(PAULA, "And this.", subject=subject, proven=True)).ticket == ticket
    assert suggestion(message_of(writes(PIET, "And that.", subject=subject, proven=True)).ticket) == (
        ticket,
        "only_number",
    )
    assert suggestion(message_of(writes(OLAF, "Hi.", subject=subject, proven=True)).ticket)[1] == "other_sender"


def test_an_old_thread_under_a_new_subject_is_asked_about_not_glued(cast: Cast, ticket: Ticket, clock: Any) -> None:
    headers = in_answer(last_of_ours(ticket))
    assert message_of(writes(PAULA, "A quick one.", **(headers | {"subject": "Photo"}))).ticket == ticket
    clock.shift(timedelta(days=8))
    new = message_of(writes(PAULA, "Another thing.", **(headers | {"subject": "Order of ten cameras"}))).ticket
    assert suggestion(new) == (ticket, "new_subject")
    assert message_of(writes(PAULA, "Known.", **(headers | {"subject": " AW: LOCK "}))).ticket == ticket


def test_a_suggestion_is_followed_with_one_key_and_can_be_undone(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    new = message_of(writes(PAULA, "And this.", subject=f"Lock [#{ticket.number}]")).ticket
    client = sign_in(cast.tess)
    page = client.get(f"/tickets/{new.number}").content.decode()
    assert 'data-deed="put-there"' in page
    answer = client.post(f"/tickets/{new.number}/suggestion", {"answer": "yes"})
    assert answer["Location"] == f"/tickets/{ticket.number}"
    here, there = ticket_for(cast.tess, ticket.number), ticket_for(cast.tess, new.number)
    assert ([message.text for message in here.messages.filter(kind="inbound").order_by("pk")][-1], here.state) == (
        "And this.",
        "open",
    )
    assert (there.state, there.promise.excluded, there.merged_into) == ("closed", "merged", ticket)
    client.post(f"/tickets/{new.number}/unmerge")
    there = ticket_for(cast.tess, new.number)
    assert (there.state, there.promise.excluded, there.merged_into) == ("new", "", None)
    assert there.messages.filter(kind="inbound").count() == 1
    assert actions.recount_promises()[1] == []


def test_a_suggestion_may_be_refused(cast: Cast, ticket: Ticket, sign_in: Any) -> None:
    new = message_of(writes(PAULA, "And this.", subject=f"Lock [#{ticket.number}]")).ticket
    sign_in(cast.tess).post(f"/tickets/{new.number}/suggestion", {"answer": "no"})
    assert "This may belong to" not in sign_in(cast.tess).get(f"/tickets/{new.number}").content.decode()


def test_a_message_that_was_glued_wrongly_becomes_a_ticket_whose_clock_runs_from_when_it_came(
    cast: Cast, ticket: Ticket, clock: Any, now: datetime
) -> None:
    clock.shift(timedelta(hours=1))
    message = message_of(writes(PAULA, "By the way, a camera is black.", **in_answer(last_of_ours(ticket))))
    new = actions.split_message(message, by=cast.tess, at=now + timedelta(hours=2))
    assert (new.opened_at, new.previous, new.state) == (now + timedelta(hours=1), ticket, "new")
    assert [one.text for one in new.messages.all()] == ["By the way, a camera is black."]
    assert actions.recount_promises()[1] == []


# --- who takes part ------------------------------------------------------------------------------------------------------


def test_those_whom_a_proven_sender_puts_in_copy_take_part(cast: Cast, checked: None, now: datetime) -> None:
    copies = f"Olaf <{OLAF}>, new@fitter.example, support@intercom.example, Tess <tess@desk.example>"
    ticket = message_of(writes(PAULA, proven=True, Cc=copies)).ticket
    assert [part.person.identities.get().address for part in ticket.participants.all()] == [OLAF, "new@fitter.example"]
    actions.reply_to_ticket(ticket, text="Which lock?", by=cast.tess, at=now)
    mails = OutgoingMail.objects.filter(is_automatic=False).order_by("pk")
    assert [mail.recipient for mail in mails] == ["paula@larch.example", OLAF, "new@fitter.example"]
    assert len({mail.mail_id for mail in mails}) == 3
    assert len({last_reply_to(mail) for mail in mails}) == 3
    message = message_of(writes(OLAF, "The YLI one.", proven=True, to=last_reply_to(mails[1]), subject="Re: Lock"))
    assert message.ticket == ticket


def last_reply_to(mail: OutgoingMail) -> str:
    from email import message_from_bytes

    return str(message_from_bytes(bytes(mail.raw))["Reply-To"])


def test_those_in_copy_of_an_unchecked_sender_take_part_when_a_colleague_says_so(
    cast: Cast, sign_in: Any, now: datetime
) -> None:
    message = message_of(writes(PAULA, Cc=OLAF))
    assert not message.ticket.participants.exists()
    client = sign_in(cast.tess)
    client.post(f"/messages/{message.pk}/participants")
    part = message.ticket.participants.get()
    assert (part.person, part.brought_by) == (cast.olaf, cast.tess)
    page = client.get(f"/tickets/{message.ticket.number}").content.decode()
    assert "They get copies of answers" in page
    client.post(f"/participants/{part.pk}/removal")
    actions.reply_to_ticket(message.ticket, text="x", by=cast.tess, at=now)
    assert not OutgoingMail.objects.filter(recipient=OLAF).exists()


# --- colleagues ------------------------------------------------------------------------------------------------------


def test_a_proven_colleague_who_writes_to_a_tickets_address_leaves_a_note(
    cast: Cast, ticket: Ticket, checked: None
) -> None:
    before = OutgoingMail.objects.count()
    message = message_of(writes("tom@desk.example", "Looks like #12.", proven=True, **in_answer(last_of_ours(ticket))))
    assert (message.ticket, message.kind, message.author) == (ticket, "note", cast.tom)
    assert OutgoingMail.objects.count() == before


def test_an_answer_found_in_the_sent_folder_is_a_reply(cast: Cast, clock: Any, now: datetime) -> None:
    theirs = writes(PAULA, Message_ID="<lock-1@larch.example>")
    clock.shift(timedelta(minutes=9))
    headers = {"In_Reply_To": "<lock-1@larch.example>", "subject": "Re: Lock", "to": "paula@larch.example"}
    sent = letter("tess@desk.example", "NO or NC?", Date="Tue, 17 Nov 2026 10:07:00 +0000", **headers)
    mail = comes_in(sent, "", mailbox="sent:support")
    message = message_of(mail)
    assert (message.ticket, message.kind, message.author) == (message_of(theirs).ticket, "reply", cast.tess)
    promise = ticket_for(cast.tess, message.ticket.number).promise
    assert promise.first_response_seconds == 7 * 60
    other = comes_in(letter("tess@desk.example", "Lunch?", to="tom@desk.example"), "", mailbox="sent:support")
    assert (other.state, other.problem) == (RawState.NOT_FOR_PEOPLE, "sent_elsewhere")
    forged = comes_in(letter("olaf@elm.example", "x", **headers), "", mailbox="sent:support")
    assert (forged.state, forged.message) == (RawState.NOT_FOR_PEOPLE, None)
    assert actions.recount_promises()[1] == []


def test_a_proven_answer_to_the_customer_with_the_desk_in_copy_is_a_reply(cast: Cast, checked: None) -> None:
    theirs = message_of(writes(PAULA, proven=True, Message_ID="<lock-2@larch.example>"))
    headers = {"In_Reply_To": last_of_ours(theirs.ticket)["Message-ID"], "subject": "Re: Lock"}
    message = message_of(writes("tess@desk.example", "NO or NC?", proven=True, Cc="paula@larch.example", **headers))
    assert (message.ticket, message.kind, message.author) == (theirs.ticket, "reply", cast.tess)


# --- machines --------------------------------------------------------------------------------------------------------


def test_a_bounce_of_our_answer_is_shown_on_it_and_the_ticket_is_ours_again(
    cast: Cast, ticket: Ticket, settings: Any, monkeypatch: Any
) -> None:
    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    monkeypatch.setattr("mainstay.channels.email.actions.sending.send_through", lambda *_: None)
    reply = actions.reply_to_ticket(ticket, text="Hello?", by=cast.tess, at=ticket.opened_at)
    actions.deliver_message(reply.pk, at=ticket.opened_at)
    tickets = Ticket.objects.count()
    mail = comes_in(bounce_of(last_of_ours(ticket)), "")
    reply.refresh_from_db()
    assert (mail.state, mail.problem, mail.about.message) == (RawState.NOT_FOR_PEOPLE, "bounce", reply)
    assert (reply.delivery, "came back" in reply.delivery_problem) == ("failed", True)
    assert ticket_for(cast.tess, ticket.number).state == "open"
    assert cast.paula.identities.get().failed_at is not None
    assert Ticket.objects.count() == tickets
    assert OutgoingMail.objects.filter(recipient="mailer-daemon@mx.larch.example").count() == 0
    assert actions.recount_promises()[1] == []


def test_a_bounce_of_a_mail_that_is_not_ours_marks_nobody(cast: Cast, ticket: Ticket) -> None:
    ours = last_of_ours(ticket)
    ours.replace_header("Message-ID", "<guessed@intercom.example>")
    mail = comes_in(bounce_of(ours), "")
    assert (mail.state, mail.about) == (RawState.NOT_FOR_PEOPLE, None)
    assert cast.paula.identities.get().failed_at is None


def test_a_warning_that_it_takes_longer_is_told_and_nothing_more(cast: Cast, ticket: Ticket) -> None:
    comes_in(bounce_of(last_of_ours(ticket), action="delayed", status="4.4.1"), "")
    assert ticket.messages.get(kind="reply").delivery == "kept"
    assert ticket.events.filter(kind="delivery_delayed").count() == 1


def test_an_out_of_office_answer_is_told_on_the_ticket_and_not_answered(cast: Cast, ticket: Ticket) -> None:
    before = OutgoingMail.objects.count()
    headers = in_answer(last_of_ours(ticket)) | {"subject": "Automatic reply: Lock"}
    mail = writes(PAULA, "I am away until Monday.", Auto_Submitted="auto-replied", **headers)
    assert (mail.state, mail.about is not None) == (RawState.NOT_FOR_PEOPLE, True)
    event = ticket.events.get(kind="answered_by_machine")
    assert "until Monday" in event.facts["says"]
    assert (ticket.messages.count(), OutgoingMail.objects.count()) == (3, before)


def test_two_desks_that_answer_each_other_stop_after_one_round(cast: Cast) -> None:
    """The other desk opens a ticket for whatever comes and acknowledges it, as a person would write."""
    writes("desk@elm.example", "We have your message.", subject="Ticket 1")
    for number in range(2, 6):
        writes("desk@elm.example", "We have your message.", subject=f"Ticket {number}")
    assert OutgoingMail.objects.filter(recipient="desk@elm.example").count() == 1


def test_a_sender_gets_one_automatic_answer_a_day(cast: Cast, clock: Any) -> None:
    for text in ("One.", "Two."):
        writes(OLAF, text)
    assert OutgoingMail.objects.count() == 1
    clock.shift(timedelta(hours=25))
    writes(OLAF, "Three.")
    assert (OutgoingMail.objects.count(), Ticket.objects.count()) == (2, 3)


def test_a_mail_of_ours_that_comes_round_opens_no_ticket(cast: Cast, ticket: Ticket) -> None:
    raw = bytes(OutgoingMail.objects.order_by("-pk")[0].raw)
    mail = comes_in(raw, "support@intercom.example")
    assert (mail.state, mail.problem) == (RawState.NOT_FOR_PEOPLE, "own")


# --- the same twice ----------------------------------------------------------------------------------------------------


def test_one_mail_to_two_of_our_mailboxes_is_one_ticket(cast: Cast) -> None:
    raw = letter(PAULA, Message_ID="<once@larch.example>")
    first = comes_in(b"Delivered-To: support@intercom.example\r\n" + raw, "paula@larch.example", mailbox="support")
    second = comes_in(b"Delivered-To: sales@intercom.example\r\n" + raw, "paula@larch.example", mailbox="sales")
    assert (first.message, first.state) == (second.message, second.state)
    assert Ticket.objects.count() == 1


def test_two_different_mails_with_one_message_id_are_both_there_and_marked(cast: Cast) -> None:
    for text in ("First.", "Second, quite different."):
        writes(PAULA, text, Message_ID="<twice@larch.example>")
    assert list(Message.objects.filter(kind="inbound").order_by("pk").values_list("text", flat=True)) == [
        "First.",
        "Second, quite different.",
    ]
    assert list(RawMail.objects.order_by("pk").values_list("repeats_mail_id", flat=True)) == [False, True]


def test_everything_three_times_in_any_order_counts_once(cast: Cast, ticket: Ticket) -> None:
    ours = last_of_ours(ticket)
    mails = [
        (letter(PAULA, "A", **in_answer(ours)), "paula@larch.example"),
        (letter(OLAF, "B"), OLAF),
        (bounce_of(ours), ""),
        (b"\xff\x00broken", "x@y.example"),
    ]
    for raw, sender in [*mails, *reversed(mails), *mails]:
        comes_in(raw, sender)
    assert RawMail.objects.count() == 1 + len(mails)
    assert Ticket.objects.count() == 3
    assert proof("a@b.example").startswith(RECEIVER)


def test_an_answer_comes_from_the_mailbox_that_was_written_to_and_its_replies_find_the_ticket(
    cast: Cast, now: datetime
) -> None:
    from mainstay.channels.email.models import Mailbox

    Mailbox.objects.create(name="Sales", address="sales@intercom.example", host="127.0.0.1", port=143, user="sales")
    raw = letter(PAULA, to="sales@intercom.example")
    ticket = message_of(comes_in(raw, "paula@larch.example", to="sales@intercom.example", mailbox="Sales")).ticket
    actions.reply_to_ticket(ticket, text="Which one?", by=cast.tess, at=now)
    ours = last_of_ours(ticket)
    assert ours["From"].addresses[0].addr_spec == "sales@intercom.example"
    assert ours["Reply-To"].startswith("sales+t.")
    assert message_of(writes(PAULA, "That one.", **in_answer(ours, references=False))).ticket == ticket


def test_row_47_a_name_with_a_line_break_reaches_no_header(cast: Cast, now: datetime) -> None:
    cast.paula.name = "Paula\r\nBcc: mallory@evil.example"
    cast.paula.save()
    ticket = message_of(writes(PAULA, subject="Lock")).ticket
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    ours = last_of_ours(ticket)
    assert ours["Bcc"] is None
    assert [address.addr_spec for address in ours["To"].addresses] == ["paula@larch.example"]


def test_row_46_what_looks_like_a_template_stays_what_it_is(cast: Cast, now: datetime) -> None:
    ticket = message_of(writes(PAULA, subject="{{7*7}} {% include x %}")).ticket
    cast.tess.name = "{company} {{ settings.SECRET_KEY }}"
    cast.tess.save()
    actions.reply_to_ticket(ticket, text="{{7*7}} {number}", by=cast.tess, at=now)
    ours = last_of_ours(ticket)
    assert ours["Subject"] == f"Re: {{{{7*7}}}} {{% include x %}} [#{ticket.number}]"
    text = ours.get_body(("plain",)).get_content()
    assert text.startswith("{{7*7}} {number}")
    assert "{company} {{ settings.SECRET_KEY }}" in text


def test_row_9_nobody_is_called_by_an_address_that_is_not_theirs(cast: Cast, sign_in: Any) -> None:
    ticket = message_of(writes('"support@intercom.example" <mallory@evil.example>')).ticket
    assert ticket.person.name == ""
    page = sign_in(cast.tess).get(f"/tickets/{ticket.number}").content.decode()
    assert "mallory@evil.example" in page
    assert "The name shows another address" in page
