"""Outgoing mails: the same bytes each time, one line for each header, and readable at the other end."""

import email
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.channels.email import limits
from mainstay.channels.email.addresses import Address
from mainstay.channels.email.composing import OutgoingDraft, OutgoingFile, TooMuchToSend, UnwritableMail, compose
from mainstay.channels.email.header_lines import bounded_references, one_line
from mainstay.channels.email.reading import read_mail

DRAFT = OutgoingDraft(
    sender=Address("Größe & Söhne, Support", "support@intercom.example"),
    to=(Address("Bob Smith", "bob@partner.example"),),
    subject="Re: Tür öffnet nicht",
    text="Hello Bob,\n\nsee https://x.example/a?b=1&c=2.\n.dot\nFrom here\n",
    message_id="<one@intercom.example>",
    date=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    reply_to="support+t.abc@intercom.example",
    in_reply_to="<two@partner.example>",
    references=("<zero@partner.example>", "<two@partner.example>"),
    language="nl",
)
HEADERS = {
    "From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Content-Language",
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "List-Unsubscribe",
    "List-Unsubscribe-Post", "Precedence",
}  # fmt: skip


def test_a_draft_comes_back_when_its_mail_is_read() -> None:
    parsed = read_mail(compose(DRAFT))
    assert parsed.subject == DRAFT.subject
    assert Address(parsed.from_name, parsed.from_address) == DRAFT.sender
    assert parsed.to == DRAFT.to
    assert parsed.reply_to == (Address("", DRAFT.reply_to),)
    assert (parsed.message_id, parsed.in_reply_to, parsed.references) == (
        DRAFT.message_id,
        (DRAFT.in_reply_to,),
        DRAFT.references,
    )
    assert (parsed.date, parsed.language_hint) == (DRAFT.date, "nl")
    assert parsed.body_text == DRAFT.text.rstrip("\n")
    assert not parsed.from_ambiguous


def test_the_same_draft_gives_the_same_bytes() -> None:
    with_file = replace(DRAFT, attachments=(OutgoingFile("a.pdf", "application/pdf", b"%PDF"),))
    assert compose(with_file) == compose(with_file)
    elsewhere = replace(with_file, date=DRAFT.date.astimezone(timezone(timedelta(hours=5))))
    assert compose(with_file) == compose(elsewhere)


def test_the_standard_library_reads_it_without_a_defect() -> None:
    mail = email.message_from_bytes(
        compose(replace(DRAFT, attachments=(OutgoingFile("Größe.pdf", "application/pdf", b"%PDF"),))),
        policy=policy.default,
    )
    assert [part.defects for part in mail.walk()] == [[]] * len(list(mail.walk()))
    assert mail["subject"] == DRAFT.subject
    assert next(mail.iter_attachments()).get_filename() == "Größe.pdf"


def test_every_line_is_short_and_ends_in_cr_lf() -> None:
    raw = compose(
        replace(DRAFT, text="x" * 5_000, subject="é" * 500, references=tuple(f"<{i}{'r' * 200}@x>" for i in range(50)))
    )
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 900


def test_an_automatic_mail_says_so_and_a_written_one_does_not() -> None:
    automatic, written = compose(replace(DRAFT, is_automatic=True)), compose(DRAFT)
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in automatic
    assert b"\r\nX-Auto-Response-Suppress: All\r\n" in automatic
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in compose(replace(DRAFT, is_automatic=True, in_reply_to=""))
    assert not read_mail(automatic).may_auto_reply
    for header in (b"Auto-Submitted", b"X-Auto-Response-Suppress", b"Precedence", b"List-Unsubscribe"):
        assert header not in written


def test_news_says_how_to_end_it_and_asks_machines_for_silence() -> None:
    mail = email.message_from_bytes(
        compose(replace(DRAFT, unsubscribe_url="https://desk.x.example/u/a1?b=c", unsubscribe_address="end@x.example"))
    )
    assert mail["List-Unsubscribe"] == "<https://desk.x.example/u/a1?b=c>,\r\n <mailto:end@x.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (mail["Precedence"], mail["X-Auto-Response-Suppress"]) == ("bulk", "OOF, AutoReply")
    by_mail_only = email.message_from_bytes(compose(replace(DRAFT, unsubscribe_address="end@x.example")))
    assert by_mail_only["List-Unsubscribe"] == "<mailto:end@x.example>"
    assert by_mail_only["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x00"])
@pytest.mark.parametrize(
    "where",
    [
        lambda value: replace(DRAFT, subject=value),
        lambda value: replace(DRAFT, sender=Address(value, "support@intercom.example")),
        lambda value: replace(DRAFT, sender=Address("", f"support@intercom.example{value}")),
        lambda value: replace(DRAFT, to=(Address(value, "bob@partner.example"),)),
        lambda value: replace(DRAFT, to=(Address("", f"bob@partner.example{value}"),)),
        lambda value: replace(DRAFT, cc=(Address(value, "bob@partner.example"),)),
        lambda value: replace(DRAFT, reply_to=f"bob@partner.example{value}"),
        lambda value: replace(DRAFT, message_id=f"<x@y>{value}"),
        lambda value: replace(DRAFT, in_reply_to=f"<x@y>{value}"),
        lambda value: replace(DRAFT, references=("<x@y>", f"<x@y>{value}")),
        lambda value: replace(DRAFT, language=f"nl{value}"),
        lambda value: replace(DRAFT, unsubscribe_url=f"https://x.example/{value}"),
        lambda value: replace(DRAFT, unsubscribe_address=f"bob@partner.example{value}"),
        lambda value: replace(DRAFT, attachments=(OutgoingFile(f"x{value}", "text/plain", b"x"),)),
        lambda value: replace(DRAFT, attachments=(OutgoingFile("x", f"text/plain{value}", b"x"),)),
    ],
)
def test_a_value_that_could_open_a_line_of_its_own_is_refused(
    where: Callable[[str], OutgoingDraft], line_end: str
) -> None:
    with pytest.raises(UnwritableMail, match="line break or NUL"):
        compose(where(f"{line_end}Bcc: evil@evil.example{line_end}{line_end}body"))
    with pytest.raises(UnwritableMail, match="line break or NUL"):
        compose(where(line_end))


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, subject="x\u2028Bcc: evil@evil.example\x85\x0b\x0c\x1c\x1d\x1e\x7fy"),
        replace(DRAFT, to=(Address('x" <evil@evil.example>, "', "bob@partner.example"),)),
        replace(DRAFT, to=(Address("x\u2029Bcc: y", "bob@partner.example"),)),
        replace(DRAFT, in_reply_to="<a b>", references=("<a b>", "<é@x>", "x", "")),
        replace(DRAFT, text="x\r\nBcc: evil@evil.example\r\n\r\nbody\x00"),
        replace(DRAFT, attachments=(OutgoingFile('../x".bat', "text/plain; name=y", b"x"),)),
        replace(DRAFT, subject="=?utf-8?q?=0D=0ABcc:_evil?="),
        replace(DRAFT, subject="a" + " " * 300 + "b"),
    ],
)
def test_no_value_opens_another_header(draft: OutgoingDraft) -> None:
    mail = email.message_from_bytes(compose(draft))
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    parsed = read_mail(compose(draft))
    assert [one.address for one in parsed.to] == ["bob@partner.example"]
    assert not re.search(rb"(?m)^[ \t]*\r\n", compose(draft).partition(b"\r\n\r\n")[0])


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, to=()),
        replace(DRAFT, sender=Address("", "nobody")),
        replace(DRAFT, reply_to="a b"),
        replace(DRAFT, message_id="<a b>"),
        replace(DRAFT, message_id=""),
        replace(DRAFT, language="nl; x"),
        replace(DRAFT, unsubscribe_url="http://x.example/u"),
        replace(DRAFT, unsubscribe_url="https://x.example/a b"),
        replace(DRAFT, unsubscribe_url="https://x.example/>,<mailto:evil@x"),
        replace(DRAFT, unsubscribe_url="https://"),
        replace(DRAFT, unsubscribe_url="https://[x"),
        replace(DRAFT, unsubscribe_url="https://x.example/" + "a" * 1_000),
        replace(DRAFT, unsubscribe_address="a?b=c@x.example"),
        replace(DRAFT, unsubscribe_address="nobody"),
    ],
)
def test_what_is_no_address_id_or_language_is_refused(draft: OutgoingDraft) -> None:
    with pytest.raises(UnwritableMail):
        compose(draft)


def test_an_address_beyond_ascii_stands_as_it_is_for_relays_that_know_it() -> None:
    raw = compose(replace(DRAFT, to=(Address("Jürgen", "jürgen@partner.example"),)))
    assert "<jürgen@partner.example>\r\n".encode() in raw
    assert [one.address for one in read_mail(raw).to] == ["jürgen@partner.example"]


def test_a_mail_is_ascii_and_within_the_lines_of_smtp_whatever_its_words() -> None:
    words = "😀" * 2_000 + "\u202e\ud800" + "x" * 5_000
    files = (OutgoingFile("😀" * 100 + ".bin", "application/octet-stream", bytes(range(256)) * 99),)
    raw = compose(
        replace(DRAFT, subject=words, text=words, to=(Address(words, "bob@partner.example"),), attachments=files)
    )
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) < 998
    mail = email.message_from_bytes(raw, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.rstrip() == words.replace("\ud800", "?")
    assert next(mail.iter_attachments()).get_content() == files[0].content  # type: ignore[attr-defined]
    assert next(mail.iter_attachments()).get_filename() == files[0].filename[:200]


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_files_go_with_a_mail_up_to_the_limit(monkeypatch: pytest.MonkeyPatch, extra: int) -> None:
    monkeypatch.setattr(limits, "OUTGOING_FILES_MAX_BYTES", 1_000)
    files = (OutgoingFile("a", "", b"x" * 400), OutgoingFile("b", "", b"x" * (600 + extra)))
    if extra > 0:
        with pytest.raises(TooMuchToSend):
            compose(replace(DRAFT, attachments=files))
    else:
        parsed = read_mail(compose(replace(DRAFT, attachments=files)))
        assert [file.size for file in parsed.attachments] == [400, 600 + extra]


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_as_many_files_as_the_limit_says_go_with_a_mail(extra: int) -> None:
    files = tuple(OutgoingFile(str(n), "", b"x") for n in range(limits.OUTGOING_FILES_MAX + extra))
    if extra > 0:
        with pytest.raises(TooMuchToSend):
            compose(replace(DRAFT, attachments=files))
    else:
        assert len(read_mail(compose(replace(DRAFT, attachments=files))).attachments) == len(files)


def test_the_largest_mail_of_ours_is_within_what_the_large_providers_take() -> None:
    raw = compose(replace(DRAFT, attachments=(OutgoingFile("a", "", b"x" * limits.OUTGOING_FILES_MAX_BYTES),)))
    assert len(raw) < 25 * limits.MIB


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=300), st.text(max_size=60))
def test_any_words_make_a_mail_with_only_our_headers(subject: str, name: str, text: str, filename: str) -> None:
    draft = replace(
        DRAFT,
        subject=one_line(subject),
        to=(Address(one_line(name), "bob@partner.example"),),
        text=text,
        attachments=(OutgoingFile(one_line(filename), "application/octet-stream", b"x"),),
    )
    raw = compose(draft)
    assert set(email.message_from_bytes(raw).keys()) <= HEADERS
    assert [one.address for one in read_mail(raw).to] == ["bob@partner.example"]


def test_long_threads_keep_their_beginning_and_their_newest_ids() -> None:
    ids = tuple(f"<{number}@x>" for number in range(100))
    kept = bounded_references(ids)
    assert len(kept) == 20
    assert kept[:2] == ids[:2]
    assert kept[-18:] == ids[-18:]


def test_an_html_form_of_our_own_goes_with_its_pictures_and_the_text_stays_beside_it() -> None:
    picture = OutgoingFile("chart.png", "image/png", b"\x89PNG\r\n\x1a\n", "chart@report")
    page = '<!DOCTYPE html>\n<p>Averages</p><img src="cid:chart@report">'
    plan = OutgoingFile("plan.pdf", "application/pdf", b"%PDF-")
    raw = compose(replace(DRAFT, html=page, attachments=(picture, plan)))
    mail = email.message_from_bytes(raw, policy=policy.default)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds[:5] == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"]
    related = [part for part in mail.walk() if part["Content-ID"]]
    assert [(part["Content-ID"], part.get_content_disposition()) for part in related] == [("<chart@report>", "inline")]
    with pytest.raises(UnwritableMail):
        compose(replace(DRAFT, attachments=(replace(picture, content_id="a>\r\nBcc: x"),)))
