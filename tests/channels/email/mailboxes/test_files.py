"""Mails in files: found, told apart, and read without ever holding more than one."""

import tracemalloc
from pathlib import Path

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.mailboxes.files import FoundMail, is_maildir, mails_in

ONE = b"From: paula@larch.example\nSubject: One\n\nText one.\n"
TWO = b"From: piet@larch.example\nSubject: Two\n\nText two.\n"


def contents(path: Path) -> list[bytes]:
    return [found.content for found in mails_in(path)]


def test_a_single_file_is_one_mail(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(ONE)
    assert list(mails_in(file)) == [FoundMail(str(file), ONE, len(ONE))]


def test_an_mbox_is_cut_at_its_marks_and_nowhere_else(tmp_path: Path) -> None:
    file = tmp_path / "box"
    tricky = b"Subject: x\n\nFrom here on\nno blank line before.\n\n>From the quote\n>>From deeper\n> From space\n"
    file.write_bytes(
        b"From paula@larch.example Mon Jan  1 00:00:00 2024\n"
        + ONE
        + b"\nFrom - Tue Jan  2 00:00:00 2024\n"
        + tricky
        + b"\nFrom MAILER-DAEMON Wed Jan  3 00:00:00 2024\n"
        + TWO
    )
    found = list(mails_in(file))
    assert [mail.content for mail in found] == [
        ONE,
        tricky.replace(b"\n>From the", b"\nFrom the").replace(b">>From", b">From"),
        TWO,
    ]
    assert [mail.sender for mail in found] == ["paula@larch.example", None, ""]
    assert [mail.where for mail in found] == [f"{file}#{number}" for number in (1, 2, 3)]


def test_an_mbox_with_windows_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "box.mbox"
    mails = [mail.replace(b"\n", b"\r\n") for mail in (ONE, TWO)]
    file.write_bytes(b"".join(b"From x@y.example Mon Jan  1 00:00:00 2024\r\n" + mail + b"\r\n" for mail in mails))
    assert contents(file) == mails


def test_a_sender_in_the_mail_goes_before_the_one_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "box"
    file.write_bytes(b"From x@y.example Mon Jan  1 00:00:00 2024\nReturn-Path: <real@y.example>\n" + ONE)
    assert next(mails_in(file)).sender is None


def test_a_maildir_gives_what_lies_in_new_and_cur_and_its_folders(tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp", ".Archive/new", ".Archive/cur"):
        (tmp_path / "md" / name).mkdir(parents=True)
    (tmp_path / "md/cur/1.a:2,S").write_bytes(ONE)
    (tmp_path / "md/new/2.b").write_bytes(b"From nobody but a mail\n\nx\n")  # not an mbox: it is in a maildir
    (tmp_path / "md/tmp/3.c").write_bytes(b"half")
    (tmp_path / "md/.Archive/cur/4.d").write_bytes(TWO)
    assert is_maildir(tmp_path / "md")
    assert contents(tmp_path / "md") == [ONE, b"From nobody but a mail\n\nx\n", TWO]


def test_a_folder_gives_what_looks_like_mail(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.EML").write_bytes(TWO)
    (tmp_path / "a.eml").write_bytes(ONE)
    (tmp_path / "README.txt").write_text("no mail")
    (tmp_path / "box.mbox").write_bytes(b"From x@y.example Mon Jan  1 00:00:00 2024\n" + ONE)
    assert contents(tmp_path) == [ONE, ONE, TWO]


def test_what_can_not_be_read_is_told_and_the_others_come(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"")
    (tmp_path / "b.eml").symlink_to(tmp_path / "gone")
    (tmp_path / "c.eml").write_bytes(ONE)
    found = list(mails_in(tmp_path))
    assert [bool(mail.problem) for mail in found] == [True, True, False]
    assert "empty" in found[0].problem


@pytest.mark.parametrize("over", [0, 1])
def test_a_mail_beyond_the_limit_leaves_its_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: int) -> None:
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 1000)
    mail = ONE + b"x" * (1000 - len(ONE) + over)
    (tmp_path / "a.eml").write_bytes(mail)
    found = next(mails_in(tmp_path / "a.eml"))
    assert (found.is_whole, found.size) == (over == 0, 1000 + over)
    assert found.content == (mail if over == 0 else ONE.partition(b"\n\n")[0] + b"\n\n")


def test_a_mail_beyond_the_limit_within_an_mbox_costs_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 100_000)
    file = tmp_path / "box"
    with file.open("wb") as written:
        written.write(b"From x@y.example Mon Jan  1 00:00:00 2024\n" + ONE)
        for _piece in range(200):
            written.write(b"y" * 100_000)
        written.write(b"\n\nFrom x@y.example Mon Jan  1 00:00:00 2024\n" + TWO)
    tracemalloc.start()
    found = list(mails_in(file))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(mail.is_whole, mail.size > 20_000_000) for mail in found] == [(False, True), (True, False)]
    assert peak < 2_000_000
