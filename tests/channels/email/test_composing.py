"""Outgoing mails: the same bytes each time, one line for each header, and readable at the other end."""

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.composing import (
    OutgoingDraft,
    OutgoingFile,
    UnwritableMail,
    bounded_references,
    compose,
    html_from_text,
)
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
    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
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
    assert b"Auto-Submitted" not in written
    assert not read_mail(automatic).may_auto_reply


INJECTION = "x\r\nBcc: evil@evil.example\r\n\r\nbody"


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, subject=INJECTION),
        replace(DRAFT, sender=Address(INJECTION, "support@intercom.example")),
        replace(DRAFT, to=(Address(INJECTION, "bob@partner.example"),)),
        replace(DRAFT, to=(Address('x" <evil@evil.example>, "', "bob@partner.example"),)),
        replace(DRAFT, in_reply_to=f"<{INJECTION}>", references=(f"<{INJECTION}>", "<é@x>")),
        replace(DRAFT, text=INJECTION),
        replace(DRAFT, attachments=(OutgoingFile(f'{INJECTION}".bat', f"text/plain\r\n{INJECTION}", b"x"),)),
        replace(DRAFT, subject="=?utf-8?q?=0D=0ABcc:_evil?="),
    ],
)
def test_no_value_opens_another_header(draft: OutgoingDraft) -> None:
    mail = email.message_from_bytes(compose(draft))
    assert set(mail.keys()) <= HEADERS
    assert len(mail.keys()) == len(set(mail.keys()))
    parsed = read_mail(compose(draft))
    assert [one.address for one in parsed.to] == ["bob@partner.example"]


@pytest.mark.parametrize(
    "draft",
    [
        replace(DRAFT, to=()),
        replace(DRAFT, to=(Address("", "bob@partner.example\r\nBcc: x@y"),)),
        replace(DRAFT, sender=Address("", "nobody")),
        replace(DRAFT, reply_to="a b"),
        replace(DRAFT, message_id="<x>\r\nBcc: y"),
        replace(DRAFT, message_id=""),
        replace(DRAFT, language="nl\r\nBcc: y"),
    ],
)
def test_what_is_no_address_id_or_language_is_refused(draft: OutgoingDraft) -> None:
    with pytest.raises(UnwritableMail):
        compose(draft)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=300), st.text(max_size=60))
def test_any_words_make_a_mail_with_only_our_headers(subject: str, name: str, text: str, filename: str) -> None:
    draft = replace(
        DRAFT,
        subject=subject,
        to=(Address(name, "bob@partner.example"),),
        text=text,
        attachments=(OutgoingFile(filename, "application/octet-stream", b"x"),),
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


def test_html_is_made_of_the_text_and_nothing_in_it_acts() -> None:
    html = html_from_text("One <b>\ntwo\n\n<script>x</script> https://x.example/?a=1&b=2, javascript:x", "en")
    assert "<p>One &lt;b&gt;<br>two</p>" in html
    assert (
        '&lt;script&gt;x&lt;/script&gt; <a href="https://x.example/?a=1&amp;b=2">https://x.example/?a=1&amp;b=2</a>, '
        in html
    )
    assert 'href="javascript' not in html
