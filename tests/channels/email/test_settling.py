"""What a person does with a mail that was set aside: read again, made a ticket, dismissed with a reason."""

from datetime import datetime
from typing import Any

import pytest

from mainstay.channels.email import actions as mail_actions
from mainstay.channels.email.errors import NeedsReason, SettledMeanwhile
from mainstay.channels.email.models import OutgoingMail, RawMail
from mainstay.channels.email.states import RawState
from mainstay.people.errors import NotAllowed
from mainstay.tickets.queries import ticket_for
from tests.cast import Cast
from tests.post import comes_in
from tests.working import do_jobs

TWO_SENDERS = b"From: paula@larch.example, b@evil.example\r\nSubject: Lock\r\n\r\nIt stays open."


@pytest.fixture
def mail(cast: Cast) -> RawMail:
    mail = comes_in(TWO_SENDERS, "paula@larch.example")
    assert mail.state == RawState.SET_ASIDE
    return mail


def test_it_becomes_a_ticket_with_the_original_as_a_file_and_nothing_is_sent(
    cast: Cast, mail: RawMail, sign_in: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    answer = sign_in(cast.tess).post(f"/aside/{mail.pk}/ticket")
    mail.refresh_from_db()
    ticket = ticket_for(cast.tess, mail.message.ticket.number)
    assert answer["Location"] == f"/tickets/{ticket.number}"
    assert (ticket.subject, ticket.person, ticket.opened_at) == ("Lock", mail.message.author, mail.received_at)
    assert (mail.message.author.name, mail.message.text) == (
        "",
        "It stays open.",
    )  # two senders: nobody's, but readable
    assert (mail.message.sender_proof, ticket.entitlement, ticket.state) == ("unverified", "refused", "open")
    assert mail.message.attachments.get().filename == f"mail-{mail.pk}.eml"
    assert (mail.state, mail.settled_by) == (RawState.DONE, cast.tess)
    assert not OutgoingMail.objects.exists()


def test_it_is_dismissed_only_with_a_reason_and_its_bytes_stay(
    cast: Cast, mail: RawMail, now: datetime, sign_in: Any
) -> None:
    with pytest.raises(NeedsReason):
        mail_actions.dismiss_mail(mail, because=" ", by=cast.tess, at=now)
    sign_in(cast.tess).post(f"/aside/{mail.pk}/dismissal", {"because": "Phishing."})
    mail.refresh_from_db()
    assert (mail.state, mail.settled_by, bytes(mail.raw)) == (RawState.DISMISSED, cast.tess, TWO_SENDERS)
    page = sign_in(cast.tess).get("/aside?state=dismissed").content.decode()
    assert "Tess: Phishing." in page
    with pytest.raises(SettledMeanwhile):
        mail_actions.make_ticket_of(mail, by=cast.tom, at=now)


def test_it_is_read_again_and_set_aside_again_for_the_same_reason(cast: Cast, mail: RawMail) -> None:
    mail_actions.try_again(mail, by=cast.tess)
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == (RawState.WAITING, "")
    do_jobs()
    mail.refresh_from_db()
    assert mail.state == RawState.SET_ASIDE


@pytest.mark.parametrize("verb", ["dismiss_mail", "make_ticket_of"])
def test_only_those_who_see_mail_may(cast: Cast, mail: RawMail, now: datetime, verb: str) -> None:
    more = {"because": "x"} if verb == "dismiss_mail" else {}
    for person in (cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            getattr(mail_actions, verb)(mail, by=person, at=now, **more)


def test_mail_kept_without_a_ticket_can_become_one(cast: Cast, now: datetime) -> None:
    raw = b"From: a@b.example\r\nSubject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nCall my colleague Olaf."
    mail = comes_in(raw, "a@b.example")
    assert mail.state == RawState.NOT_FOR_PEOPLE
    assert mail_actions.make_ticket_of(mail, by=cast.tess, at=now).ticket.subject == "Out of office"


def test_a_mail_that_takes_the_desk_down_is_read_alone_and_then_no_more(cast: Cast, monkeypatch: Any) -> None:
    """R8: what cannot be survived is set aside, and the mails behind it arrive."""
    from tests.letters import letter

    poison = letter("paula@larch.example", "poison")
    read = mail_actions.batches.read_mail

    class Died(BaseException):
        """As a process dies: nothing after it runs."""

    def reading(raw: bytes, **more: Any) -> Any:
        if b"poison" in raw:
            raise Died
        return read(raw, **more)

    monkeypatch.setattr("mainstay.channels.email.actions.batches.read_mail", reading)
    for text in ("before", "poison", "after"):
        mail_actions.store_raw_mail(
            raw=letter("paula@larch.example", text),
            envelope_from="p@x.example",
            envelope_to=[],
            peer="",
            mailbox="smtp",
        )
    assert poison in [bytes(one.raw) for one in RawMail.objects.all()]
    deaths = 0
    for _start in range(20):
        try:
            while mail_actions.file_waiting_mail():
                pass
            break
        except Died:
            deaths += 1
    assert list(RawMail.objects.order_by("pk").values_list("state", flat=True)) == ["done", "set_aside", "done"]
    assert 1 < deaths <= 7


def test_f12_a_full_disk_sets_the_mail_aside_and_a_second_try_brings_all_of_it(
    cast: Cast, settings: Any, tmp_path: Any, monkeypatch: Any
) -> None:
    from email.message import EmailMessage

    from mainstay.tickets.models import Attachment, Ticket

    settings.MEDIA_ROOT = tmp_path
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = "paula@larch.example", "Plan", "<plan@larch.example>"
    letter.set_content("See the plan.")
    letter.add_attachment(b"%PDF-1.4 plan", maintype="application", subtype="pdf", filename="plan.pdf")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr("mainstay.files.actions._write_durably", full)
        mail = comes_in(letter.as_bytes(), "paula@larch.example")
    assert (mail.state, Ticket.objects.count(), Attachment.objects.count()) == (RawState.SET_ASIDE, 0, 0)
    assert "No space left" in mail.problem
    mail_actions.try_again(mail, by=cast.tess)
    do_jobs()
    assert Attachment.objects.get().filename == "plan.pdf"
