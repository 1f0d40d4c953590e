"""Cases that a hard look at threads and sending brought up: each was once wrong."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.db import InternalError, connection, connections

from mainstay.channels.email import actions as mail_actions
from mainstay.channels.email import work
from mainstay.channels.email.actions import send_copy, store_raw_mail
from mainstay.channels.email.models import Mailbox, OutgoingMail, RawMail
from mainstay.channels.email.relay import PermanentFailure
from mainstay.promises.actions import put_policy_in_force
from mainstay.tickets import actions
from mainstay.tickets.errors import MergedAway, TooLateToWithdraw
from mainstay.tickets.models import Attachment, Participant, Ticket
from mainstay.tickets.queries import ticket_for
from tests.cast import POLICY, Cast, make_cast
from tests.letters import letter
from tests.post import RECEIVER, bounce_of, comes_in, in_answer, last_of_ours, message_of, proof, writes
from tests.working import do_jobs

PAULA, PIET, OLAF = "Paula <paula@larch.example>", "Piet <piet@larch.example>", "olaf@elm.example"
SEND = "mainstay.channels.email.actions.sending.send_through"


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.fixture
def checked(settings: Any) -> None:
    settings.EMAIL_TRUSTED_RECEIVERS = [RECEIVER]


@pytest.fixture
def relay(settings: Any, monkeypatch: Any) -> list[str]:
    """Everything sent is taken; the recipients in their order."""
    settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
    sent: list[str] = []
    monkeypatch.setattr(SEND, lambda _url, _from, to, _raw: sent.append(to[0]))
    return sent


@pytest.fixture
def ticket(cast: Cast, now: datetime, clock: Any) -> Ticket:
    ticket = message_of(writes(PAULA)).ticket
    actions.reply_to_ticket(ticket, text="Which lock?", by=cast.tess, at=now)
    return ticket


def store(raw: bytes, sender: str, mailbox: str = "smtp") -> int:
    return store_raw_mail(
        raw=raw, envelope_from=sender, envelope_to=["support@intercom.example"], peer="", mailbox=mailbox
    )


def as_now(ticket: Ticket) -> Ticket:
    return Ticket.objects.select_related("promise").get(pk=ticket.pk)


# --- the same twice ------------------------------------------------------------------------------------------------


def test_one_mail_to_two_mailboxes_is_one_ticket_also_in_one_batch(cast: Cast) -> None:
    raw = letter(PAULA, Message_ID="<once@larch.example>")
    store(b"Delivered-To: a\r\n" + raw, "paula@larch.example", "support")
    store(b"Delivered-To: b\r\n" + raw, "paula@larch.example", "sales")
    do_jobs()
    assert Ticket.objects.count() == 1


def test_two_mails_with_one_id_in_one_batch_are_both_there_and_the_second_is_marked(cast: Cast) -> None:
    for text in "AB":
        store(letter(PAULA, text, Message_ID="<x@larch.example>"), "paula@larch.example")
    do_jobs()
    assert list(RawMail.objects.order_by("pk").values_list("repeats_mail_id", flat=True)) == [False, True]


def test_the_same_words_with_another_file_are_another_mail(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    for content, mailbox in ((b"%PDF one", "support"), (b"%PDF two", "sales")):
        scan = EmailMessage()
        scan["From"], scan["Subject"], scan["Message-ID"] = PAULA, "scan", "<scanner@larch.example>"
        scan.set_content("See attachment.")
        scan.add_attachment(content, maintype="application", subtype="pdf", filename="s.pdf")
        comes_in(scan.as_bytes(), "paula@larch.example", mailbox=mailbox)
    assert Attachment.objects.count() == 2


def test_a_colleagues_answer_with_the_desk_in_copy_and_in_the_sent_folder_is_one_reply(
    cast: Cast, checked: None
) -> None:
    ticket = message_of(writes(PAULA, proven=True, Message_ID="<lock@larch.example>")).ticket
    headers = {
        "In_Reply_To": "<lock@larch.example>",
        "Message_ID": "<t1@desk.example>",
        "Cc": "support@intercom.example",
    }
    subject = f"Re: Lock [#{ticket.number}]"
    raw = letter("tess@desk.example", "NO or NC?", to="paula@larch.example", subject=subject, **headers)
    proven = f"Authentication-Results: {proof('tess@desk.example')}\r\n".encode() + raw
    comes_in(proven, "tess@desk.example", mailbox="support")
    comes_in(raw, "tess@desk.example", mailbox="sent:support")
    assert ticket.messages.filter(kind="reply").count() == 1


@pytest.mark.parametrize("domain", ["mailbox", "old policy"])
def test_a_mail_of_ours_that_comes_round_is_known_whatever_its_domain(
    cast: Cast, now: datetime, clock: Any, domain: str
) -> None:
    to = "support@intercom.example"
    if domain == "mailbox":
        to = "sales@other.example"
        Mailbox.objects.create(name="Sales", address=to, host="127.0.0.1", port=143, user="s")
    ticket = message_of(comes_in(letter(PAULA, to=to), "paula@larch.example", to=to, mailbox="Sales")).ticket
    actions.reply_to_ticket(ticket, text="Which?", by=cast.tess, at=now)
    raw = bytes(OutgoingMail.objects.filter(message__ticket=ticket).order_by("-pk")[0].raw)
    if domain == "old policy":
        renamed = POLICY.read_text(encoding="utf-8").replace("support@intercom.example", "help@newname.example")
        put_policy_in_force(renamed, holds_from=now, at=now)
    mail = comes_in(raw, to, mailbox="Sales")
    assert (mail.problem, Ticket.objects.count()) == ("own", 1)


def test_replies_to_an_address_of_before_find_their_ticket_and_answers_come_from_the_new_one(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    ours = last_of_ours(ticket)
    renamed = POLICY.read_text(encoding="utf-8").replace("support@intercom.example", "help@newname.example")
    put_policy_in_force(renamed, holds_from=now, at=now)
    assert message_of(writes(PAULA, "That one.", **in_answer(ours, references=False))).ticket == ticket
    actions.reply_to_ticket(ticket, text="Thanks.", by=cast.tess, at=now + timedelta(seconds=1))
    assert last_of_ours(ticket)["From"].addresses[0].addr_spec == "help@newname.example"


# --- while it is being sent ----------------------------------------------------------------------------------------


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast(datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


class SlowRelay:
    """Says when it is being given a mail, and takes it when it is told to."""

    def __init__(self, settings: Any, monkeypatch: Any) -> None:
        settings.EMAIL_RELAY_URL = "smtp://127.0.0.1:1"
        self.began, self.may_end = threading.Event(), threading.Event()
        monkeypatch.setattr(SEND, self.send)

    def send(self, *_: Any) -> None:
        self.began.set()
        assert self.may_end.wait(20)

    def given(self, verb: Any, *words: Any, **more: Any) -> threading.Thread:
        def run() -> None:
            try:
                verb(*words, **more)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        assert self.began.wait(10)
        return thread


@pytest.mark.parametrize("what", ["bounce", "automatic answer"])
def test_a_report_about_a_mail_that_is_being_sent_holds_up_nobody(
    people: Cast, settings: Any, monkeypatch: Any, what: str
) -> None:
    ticket = message_of(writes(PAULA)).ticket
    slow = SlowRelay(settings, monkeypatch)
    message = actions.reply_to_ticket(ticket, text="x", by=people.tess, at=datetime.now(UTC))
    ours = last_of_ours(ticket)
    away = letter(
        PAULA, "away", Auto_Submitted="auto-replied", **(in_answer(ours) | {"subject": "Automatic reply: Lock"})
    )
    store(bounce_of(ours) if what == "bounce" else away, "")
    store(letter(OLAF, "another"), OLAF)
    sending = slow.given(actions.deliver_message, message.pk, at=datetime.now(UTC))
    assert mail_actions.file_waiting_mail() == 2  # while it is still being sent
    assert sending.is_alive()
    slow.may_end.set()
    sending.join(10)
    message.refresh_from_db()
    assert message.delivery == ("failed" if what == "bounce" else "sent")


def test_a_reply_whose_copy_is_being_sent_cannot_be_taken_back(people: Cast, settings: Any, monkeypatch: Any) -> None:
    now = datetime.now(UTC)
    ticket = message_of(writes(PAULA)).ticket
    Participant.objects.create(ticket=ticket, person=people.olaf, at=now)
    slow = SlowRelay(settings, monkeypatch)
    message = actions.reply_to_ticket(ticket, text="x", by=people.tess, at=now, undo_seconds=10)
    sending = slow.given(send_copy, OutgoingMail.objects.get(copy_of__message=message).pk, at=now)
    began = time.monotonic()
    with pytest.raises(TooLateToWithdraw):
        actions.withdraw_reply(message, by=people.tess, at=now)
    assert time.monotonic() - began < 5
    slow.may_end.set()
    sending.join(10)


def test_filing_goes_on_after_whatever_the_database_said(monkeypatch: Any) -> None:
    stopped, calls = threading.Event(), []

    def once_broken(_stopped: threading.Event) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise InternalError("cannot execute UPDATE in a read-only transaction")
        stopped.set()

    monkeypatch.setattr(work, "_file_while_connected", once_broken)
    monkeypatch.setattr(work, "AFTER_TROUBLE_SECONDS", 0)
    monkeypatch.setattr(work.connection, "close", lambda: None)
    work.file_mail_until(stopped)
    assert len(calls) == 2


# --- who gets what ---------------------------------------------------------------------------------------------------


def test_a_participant_who_left_gets_no_more_copies(cast: Cast, ticket: Ticket, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, person=cast.olaf, at=now)
    cast.olaf.left_at = now
    cast.olaf.save()
    actions.reply_to_ticket(ticket, text="secret", by=cast.tess, at=now)
    assert not OutgoingMail.objects.filter(recipient=OLAF).exists()


def test_a_copy_names_no_mail_that_went_to_somebody_else(cast: Cast, ticket: Ticket, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, person=cast.olaf, at=now)
    for text in ("One", "Two"):
        actions.reply_to_ticket(ticket, text=text, by=cast.tess, at=now)
    copies = OutgoingMail.objects.filter(recipient=OLAF).order_by("pk")
    theirs = set(OutgoingMail.objects.filter(recipient="paula@larch.example").values_list("mail_id", flat=True))
    assert not any(mail_id.encode() in bytes(copies[1].raw) for mail_id in theirs)
    assert copies[0].mail_id.encode() in bytes(copies[1].raw)


def test_the_sender_of_what_was_put_on_a_ticket_takes_part_until_it_is_undone(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    asked = message_of(
        writes("sam@stranger.example", "I am the electrician.", **in_answer(last_of_ours(ticket)))
    ).ticket
    actions.follow_suggestion(asked, by=cast.tess, at=now)
    actions.reply_to_ticket(ticket, text="Thanks.", by=cast.tess, at=now)
    assert OutgoingMail.objects.filter(recipient="sam@stranger.example").count() == 1
    actions.unmerge_ticket(as_now(asked), by=cast.tess, at=now)
    assert not ticket.participants.exists()
    actions.follow_suggestion(as_now(asked), by=cast.tess, at=now)  # it may be followed once more


# --- what did not arrive ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("then", ["wait", "resolve"])
@pytest.mark.parametrize("how", ["refused", "bounced"])
def test_an_answer_that_did_not_arrive_leaves_the_ticket_open(
    cast: Cast, now: datetime, clock: Any, relay: list[str], monkeypatch: Any, then: str, how: str
) -> None:
    ticket = message_of(writes(PAULA)).ticket
    message = actions.reply_to_ticket(ticket, text="Do X", by=cast.tess, at=now, then=then)
    if how == "refused":

        def refuse(*_: Any) -> None:
            raise PermanentFailure("550 no such user")

        monkeypatch.setattr(SEND, refuse)
    actions.deliver_message(message.pk, at=now)
    if how == "bounced":
        comes_in(bounce_of(last_of_ours(ticket)), "")
    found = as_now(ticket)
    assert (found.state, found.promise.resolved_at, found.promise.first_responded_at) == ("open", None, None)
    assert actions.recount_promises()[1] == []


def test_send_again_sends_the_copies_that_failed_too(
    cast: Cast, ticket: Ticket, now: datetime, relay: list[str], monkeypatch: Any
) -> None:
    def refuse(*_: Any) -> None:
        raise PermanentFailure("550 no")

    Participant.objects.create(ticket=ticket, person=cast.olaf, at=now)
    with monkeypatch.context() as refusing:
        refusing.setattr(SEND, refuse)
        message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
        do_jobs()
    assert set(OutgoingMail.objects.filter(subject__contains="Re:").values_list("state", flat=True)) >= {"failed"}
    actions.retry_delivery(message, by=cast.tess, at=now)
    do_jobs()
    assert sorted(relay) == [OLAF, "paula@larch.example"]


def test_a_developers_answer_by_mail_is_a_note(cast: Cast, checked: None) -> None:
    theirs = message_of(writes(PAULA, proven=True))
    headers = {"In_Reply_To": last_of_ours(theirs.ticket)["Message-ID"], "subject": "Re: Lock"}
    message = message_of(writes("dev@desk.example", "NO or NC?", proven=True, Cc="paula@larch.example", **headers))
    assert (message.ticket, message.kind) == (theirs.ticket, "note")


# --- undo is undo ----------------------------------------------------------------------------------------------------


def test_taking_back_a_word_afterwards_leaves_the_ticket_resolved(
    cast: Cast, now: datetime, clock: Any, relay: list[str]
) -> None:
    ticket = message_of(writes(PAULA)).ticket
    actions.reply_to_ticket(ticket, text="done", by=cast.tess, at=now, then="resolve")
    later = now + timedelta(hours=1)
    message = actions.reply_to_ticket(ticket, text="ps", by=cast.tess, at=later, undo_seconds=10)
    actions.withdraw_reply(message, by=cast.tess, at=later)
    assert (as_now(ticket).state, as_now(ticket).promise.resolved_at) == ("resolved", now)


def test_taking_a_reply_back_leaves_the_ticket_with_the_developers(
    cast: Cast, now: datetime, clock: Any, relay: list[str]
) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.hand_to_developers(ticket, text="please", by=cast.tess, at=now)
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now, undo_seconds=10)
    actions.withdraw_reply(message, by=cast.tess, at=now)
    assert (as_now(ticket).state, as_now(ticket).assignee) == ("developers", None)


def test_undoing_a_move_restores_what_was(cast: Cast, ticket: Ticket, now: datetime) -> None:
    own, done = cast.writes(cast.tom, now), cast.writes(cast.piet, now)
    actions.resolve_ticket(done, by=cast.tess, at=now)
    for moved in (own, done):
        actions.merge_ticket(moved, into=ticket, by=cast.tess, at=now)
        actions.unmerge_ticket(as_now(moved), by=cast.tess, at=now)
    assert as_now(own).promise.excluded == "opened_by_staff"
    assert (as_now(done).state, as_now(done).promise.resolved_at, as_now(done).promise.excluded) == (
        "resolved",
        now,
        "",
    )
    assert actions.recount_promises()[1] == []


def test_a_merged_ticket_is_not_worked_on_and_is_not_moved_again(cast: Cast, now: datetime) -> None:
    first, second, third = (cast.writes(cast.paula, now, text) for text in "ABC")
    actions.merge_ticket(first, into=second, by=cast.tess, at=now)
    for verb, more in (
        (actions.reopen_ticket, {}),
        (actions.include_ticket, {}),
        (actions.reply_to_ticket, {"text": "x"}),
    ):
        with pytest.raises(MergedAway):
            verb(first, by=cast.tess, at=now, **more)
    with pytest.raises(MergedAway):
        actions.merge_ticket(first, into=third, by=cast.tess, at=now)
    alone = actions.split_message(second.messages.get(text="A"), by=cast.tess, at=now)
    actions.unmerge_ticket(as_now(first), by=cast.tess, at=now)
    assert as_now(first).merged_into is None
    assert alone.messages.get(kind="inbound").text == "A"  # what was moved on stays where it is


def test_a_reply_found_in_the_sent_folder_follows_the_messages_to_their_ticket(
    cast: Cast, ticket: Ticket, now: datetime
) -> None:
    moved = message_of(writes(PIET, "also")).ticket
    ours = OutgoingMail.objects.get(message__ticket=moved)
    actions.merge_ticket(moved, into=ticket, by=cast.tess, at=now)
    headers = {"In_Reply_To": ours.mail_id, "subject": "Re: Lock", "to": "piet@larch.example"}
    message = message_of(comes_in(letter("tess@desk.example", "NO or NC?", **headers), "", mailbox="sent:support"))
    assert message.ticket == ticket


def test_a_split_message_of_somebody_refused_is_open(cast: Cast, ticket: Ticket, now: datetime) -> None:
    Participant.objects.create(ticket=ticket, person=cast.rita, at=now)
    message = message_of(writes("Rita <rita@reed.example>", "other matter", **in_answer(last_of_ours(ticket))))
    new = actions.split_message(message, by=cast.tess, at=now)
    assert (new.state, ticket_for(cast.tess, new.number).entitlement) == ("open", "refused")


def test_a_copy_alone_that_failed_is_sent_again_from_its_page(
    cast: Cast, ticket: Ticket, now: datetime, relay: list[str], sign_in: Any
) -> None:
    Participant.objects.create(ticket=ticket, person=cast.olaf, at=now)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    do_jobs()
    copy = OutgoingMail.objects.get(recipient=OLAF)
    OutgoingMail.objects.filter(pk=copy.pk).update(state="failed", problem="550 no")
    page = sign_in(cast.tess).get(f"/sent/{copy.pk}").content.decode()
    assert f"/messages/{copy.of_message.pk}/retry" in page
    sign_in(cast.tess).post(f"/messages/{copy.of_message.pk}/retry")
    do_jobs()
    assert relay.count(OLAF) == 2
    assert relay.count("paula@larch.example") == 1


def test_somebody_found_not_to_be_who_they_name_never_takes_part_by_a_move(
    cast: Cast, ticket: Ticket, now: datetime, checked: None, sign_in: Any
) -> None:
    asked = message_of(writes("eve@stranger.example", "Me too.", **in_answer(last_of_ours(ticket)))).ticket
    assert "its sender takes part" not in sign_in(cast.tess).get(f"/tickets/{asked.number}").content.decode()
    actions.follow_suggestion(asked, by=cast.tess, at=now)
    assert not ticket.participants.exists()


def test_a_reply_taken_back_stands_in_the_composer_until_it_was_written_anew(
    cast: Cast, now: datetime, clock: Any, sign_in: Any
) -> None:
    ticket = message_of(writes(PAULA)).ticket
    tess = sign_in(cast.tess)

    def composer() -> str:
        return str(tess.get(f"/tickets/{ticket.number}").content.decode().split('id="composer"')[1])

    message = actions.reply_to_ticket(ticket, text="Not so!", by=cast.tess, at=now)
    assert tess.post(f"/messages/{message.pk}/withdrawal").status_code == 302
    assert "Not so!" in composer()
    seen = ticket.messages.order_by("pk").last()
    tess.post(f"/tickets/{ticket.number}/replies", {"text": "Better.", "seen": str(seen.pk if seen else 0)})
    assert ticket.messages.filter(text="Better.").exists()
    assert "Not so!" not in composer()


def test_mail_that_was_written_long_ago_gets_no_acknowledgement(cast: Cast, clock: Any) -> None:
    for date in ("Tue, 17 Nov 2026 09:00:00 +0000", "Mon, 1 Jul 2024 09:00:00 +0000"):
        writes(PAULA if "2026" in date else OLAF, Date=date)
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["paula@larch.example"]


def test_a_mail_over_a_limit_is_known_by_its_subject_and_sender(cast: Cast) -> None:
    raw = b"From: Paula <paula@larch.example>\r\nSubject: Many parts\r\n" + b"X: y\r\n" * 1100 + b"\r\nhello"
    mail = comes_in(raw, "paula@larch.example")
    assert (mail.state, mail.subject, mail.sender) == ("set_aside", "Many parts", "paula@larch.example")
