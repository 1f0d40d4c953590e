"""`mainstay mail ingest`: files through the same gate, counted, and repeatable (R1, R3)."""

from pathlib import Path
from typing import Any

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.actions import file_waiting_mail
from mainstay.channels.email.models import RawMail
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.letters import letter


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three mails: two files and one in an mbox."""
    (tmp_path / "a.eml").write_bytes(letter("paula@larch.example", "One.", subject="One"))
    (tmp_path / "b.eml").write_bytes(letter("paula@larch.example", "Two.", subject="Two"))
    three = letter("olaf@elm.example", "Three.", subject="Three")
    (tmp_path / "c.mbox").write_bytes(b"From olaf@elm.example Mon Jan  1 00:00:00 2024\n" + three + b"\n")
    return tmp_path


def test_each_mail_is_taken_in_once_however_often_one_imports(cast: Cast, mainstay: Any, folder: Path) -> None:
    first = mainstay("mail", "ingest", str(folder), "--json")
    assert first == {"new": 3, "duplicate": 0, "set_aside": 0, "failed": 0, "failures": []}
    again = mainstay("mail", "ingest", str(folder), str(folder / "a.eml"), "--json")
    assert (again["new"], again["duplicate"]) == (0, 4)
    while file_waiting_mail():
        pass
    assert set(Ticket.objects.values_list("subject", flat=True)) == {"One", "Two", "Three"}
    assert set(RawMail.objects.values_list("mailbox", flat=True)) == {"import"}
    assert RawMail.objects.first().envelope_to == ["support@intercom.example"]


def test_a_mailbox_may_be_named_and_answers_left_out(cast: Cast, mainstay: Any, folder: Path) -> None:
    mainstay("mail", "ingest", str(folder / "a.eml"), "--mailbox", "Old desk", "--json")
    mainstay("mail", "ingest", str(folder / "a.eml"), "--mailbox", "Old desk", "--quiet", "--json")
    assert set(RawMail.objects.values_list("mailbox", flat=True)) == {"Old desk", "import:Old desk"}
    assert mainstay("mail", "ingest", str(folder), "--mailbox", "sent:x").exit_code == 2


def test_what_can_not_be_read_is_counted_and_the_others_come(cast: Cast, mainstay: Any, folder: Path) -> None:
    (folder / "d.eml").write_bytes(b"")
    done = mainstay("mail", "ingest", str(folder))
    assert done.exit_code == 1
    assert "3 new, 0 known, 0 set aside, 1 failed" in done.output
    assert "d.eml: it is empty" in done.output


def test_a_mail_beyond_the_limit_is_set_aside(
    cast: Cast, mainstay: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 1000)
    (folder / "big.eml").write_bytes(letter("paula@larch.example", "x" * 2000, subject="Big"))
    assert mainstay("mail", "ingest", str(folder / "big.eml"), "--json")["set_aside"] == 1
    assert mainstay("mail", "ingest", str(folder / "big.eml"), "--json")["duplicate"] == 1
    mail = RawMail.objects.get()
    assert (mail.state, mail.subject, mail.sender) == ("set_aside", "Big", "paula@larch.example")


def test_a_path_that_is_not_there_is_told(cast: Cast, mainstay: Any, tmp_path: Path) -> None:
    assert mainstay("mail", "ingest", str(tmp_path / "nowhere")).exit_code == 2
