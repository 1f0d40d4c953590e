"""Reading whole mails: what is promised for any bytes, and what a mail's values are."""

import base64
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.channels.email import limits
from mainstay.channels.email.addresses import Address, canonical_address
from mainstay.channels.email.html_clean import clean_html
from mainstay.channels.email.reading import ParsedMail, UnreadableMail, read_mail
from mainstay.channels.email.reading.authentication import verdict_of
from tests.effort import with_effort

HEADER_NAMES = [
    "From", "To", "Cc", "Subject", "Date", "Message-ID", "References", "In-Reply-To", "Reply-To", "Content-Type",
    "Content-Transfer-Encoding", "Content-Disposition", "Return-Path", "Auto-Submitted", "Parse", "__class__", "Content-ID",
    "Authentication-Results", "X-Failed-Recipients", "Final-Recipient", "Action", "Status", "Diagnostic-Code",
]  # fmt: skip
FRAGMENTS = [
    "multipart/mixed; boundary=b", "text/html; charset=utf-7", "text/plain; charset=\x00", "base64", "quoted-printable",
    "<a@b.example>", "=?utf-8?q?=FF?=", "=?x?b?====?=", "message/rfc822", "\"", "(", "<>", ";", "name*0*=x'y'%FF", "inline",
    "multipart/report; report-type=delivery-status", "Mon, 1 Jan 2026 99:99 +9999", "x" * 300, "\x00", "\udcff", "é", ",",
    "attachment; filename=\"../../x\"", "uuencode", "text/plain; format=flowed; delsp=yes",
    "message/delivery-status", "rfc822; A@b.example", "failed", "5.1.1", "smtp; 550 user unknown", "MAILER-DAEMON@x.example",
    "mx.desk.example; dmarc=pass header.from=b.example", "application/ms-tnef", "t.abcdefghijklmnopqrstuvwxyz", "[#12]",
]  # fmt: skip


def check(raw: bytes) -> None:
    try:
        parsed = read_mail(raw)
    except UnreadableMail as refused:
        assert refused.reason
        return
    for text in (
        parsed.subject,
        parsed.from_name,
        parsed.body_text,
        parsed.reply_text,
        parsed.body_html,
        parsed.message_id,
    ):
        assert "\x00" not in text
        text.encode("utf-8")
    assert len(parsed.subject) <= limits.SUBJECT_SHOWN_CHARACTERS
    for file in parsed.attachments:
        assert file.filename
        assert "/" not in file.filename
        assert file.size == len(file.content)
    assert all(canonical_address(address) == address for address in parsed.recipients_failed)
    assert all(name.startswith("<") and name.endswith(">") for name in parsed.about_mail_ids)
    if parsed.kind == "human":
        assert not (parsed.hard_bounce or parsed.is_delay or parsed.recipients_failed or parsed.about_mail_ids)
    assert Counter(parsed.reply_text.split()) <= Counter(parsed.body_text.split())
    assert clean_html(clean_html(parsed.body_html)) == clean_html(parsed.body_html)
    verdict_of(parsed.authentication_results, parsed.from_address, trusted=("mx.desk.example",))
    assert not (parsed.may_auto_reply and (parsed.kind != "human" or parsed.from_ambiguous or not parsed.from_address))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_or_refused_by_name(raw: bytes) -> None:
    check(raw)


headers = st.tuples(
    st.sampled_from(HEADER_NAMES), st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=20), max_size=4)
)
pieces = st.one_of(
    headers.map(lambda one: f"{one[0]}: {' '.join(one[1])}"),
    st.sampled_from(
        [
            "--b",
            "--b--",
            "",
            " folded",
            "> quoted",
            "On 1 May 2026 at 10:00, x@y wrote:",
            "begin 644 a",
            "M",
            "<p>x",
            "a@b.example: 550 user unknown",
            "Undelivered Mail Returned to Sender",
            "--- Below this line is a copy",
            "-- ",
        ]
    ),
    st.text(max_size=40),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(pieces, max_size=40), st.sampled_from(["\r\n", "\n", "\r", "\r\r\n"]))
def test_any_soup_of_headers_and_parts_is_read_or_refused_by_name(lines: list[str], newline: str) -> None:
    check(newline.join(lines).encode("utf-8", "surrogateescape" if "\udcff" in "".join(lines) else "replace"))


PLAIN = b"""From: "Bob Smith" <Bob@Partner.example>\r
To: Support <support@intercom.example>, ann@partner.example\r
Cc: Eve <eve@partner.example>\r
Reply-To: office@partner.example\r
Subject: =?utf-8?q?T=C3=BCr?= does not open\r
Date: Fri, 02 Jan 2026 03:04:05 +0100\r
Message-ID: <one@partner.example>\r
In-Reply-To: <two@intercom.example>\r
References: <zero@intercom.example>\r
 <two@intercom.example>\r
Content-Language: de-CH\r
Content-Type: text/plain; charset=utf-8\r
\r
The second relay stays closed.\r
\r
On Thu, 1 Jan 2026 at 10:00, Support <support@intercom.example> wrote:\r
> Which relay?\r
"""


def test_a_plain_mail_is_read_whole() -> None:
    parsed = read_mail(PLAIN)
    assert parsed == ParsedMail(
        subject="Tür does not open",
        from_address="bob@partner.example",
        from_name="Bob Smith",
        from_ambiguous=False,
        to=(Address("Support", "support@intercom.example"), Address("", "ann@partner.example")),
        cc=(Address("Eve", "eve@partner.example"),),
        reply_to=(Address("", "office@partner.example"),),
        date=datetime(2026, 1, 2, 2, 4, 5, tzinfo=UTC),
        message_id="<one@partner.example>",
        in_reply_to=("<two@intercom.example>",),
        references=("<zero@intercom.example>", "<two@intercom.example>"),
        body_text=(
            "The second relay stays closed.\n\n"
            "On Thu, 1 Jan 2026 at 10:00, Support <support@intercom.example> wrote:\n> Which relay?"
        ),
        reply_text="The second relay stays closed.",
        body_html="",
        attachments=(),
        kind="human",
        may_auto_reply=True,
        language_hint="de-ch",
    )


@pytest.mark.parametrize("newline", [b"\n", b"\r", b"\r\r\n"])
def test_every_kind_of_line_end_reads_the_same(newline: bytes) -> None:
    assert read_mail(PLAIN.replace(b"\r\n", newline)) == read_mail(PLAIN)


def test_an_empty_mail_has_stated_defaults() -> None:
    parsed = read_mail(b"")
    assert (parsed.subject, parsed.from_address, parsed.message_id, parsed.date) == ("", "", "", None)
    assert (parsed.body_text, parsed.kind, parsed.may_auto_reply) == ("", "human", False)


def test_two_from_lines_are_nobodys() -> None:
    parsed = read_mail(b"From: a@ours.example\r\nFrom: b@evil.example\r\n\r\nHello")
    assert parsed.from_ambiguous
    assert not parsed.may_auto_reply


def test_two_people_in_from_are_nobodys() -> None:
    assert read_mail(b"From: a@ours.example, b@evil.example\r\n\r\nHello").from_ambiguous


def test_a_long_subject_is_shown_shortened() -> None:
    subject = read_mail(b"Subject: " + b"x" * 10_000 + b"\r\n\r\nHello").subject
    assert len(subject) == limits.SUBJECT_SHOWN_CHARACTERS
    assert subject.endswith("…")


def test_header_names_are_only_data() -> None:
    parsed = read_mail(b"Parse: x\r\n__class__: y\r\nFrom: a@b.example\r\nbody_text: z\r\n\r\nHello")
    assert (parsed.from_address, parsed.body_text) == ("a@b.example", "Hello")


def test_nul_bytes_are_gone_everywhere() -> None:
    parsed = read_mail(
        b"From: a\x00@b.example\r\nSubject: a\x00b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\x00y\r\n"
        b'--b\r\nContent-Disposition: attachment; filename="c\x00d"\r\n\r\nz\x00\r\n--b--'
    )
    assert (parsed.subject, parsed.from_address, parsed.body_text) == ("ab", "a@b.example", "xy")
    assert parsed.attachments[0].filename == "cd"
    assert parsed.attachments[0].content == b"z\x00"


def attached(size: int) -> bytes:
    content = base64.encodebytes(b"x" * size)
    return b"Content-Type: application/x-thing; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n" + content


def test_an_attachment_at_the_limit_is_read_and_one_byte_more_refused() -> None:
    assert read_mail(attached(limits.ATTACHMENT_MAX_BYTES)).attachments[0].size == limits.ATTACHMENT_MAX_BYTES
    with pytest.raises(UnreadableMail, match="25 MB"):
        read_mail(attached(limits.ATTACHMENT_MAX_BYTES + 1))


@pytest.mark.parametrize("name", HEADER_NAMES)
@pytest.mark.parametrize(
    "piece", [b"  ", b"(", b'"', b"a@b ", b"<", b"=?u?q?a?=", b"=?", b"; a=b", b'; a="', b"<a@b> ", b":", b"1"]
)
def test_no_header_can_burn_time(name: str, piece: bytes) -> None:
    with_effort(1, lambda: read_mail(name.encode() + b": " + piece * (200_000 // len(piece)) + b"\r\n\r\nHello"))


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n" + b"line of text\r\n" * 2_500_000,
        b"Content-Type: text/html\r\n\r\n" + b"<br>x" * 300_000,
        b"Content-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n" + b"QQ==\r\n" * 3_000_000,
        b"Content-Transfer-Encoding: uuencode\r\nContent-Type: a/b\r\n\r\nbegin 644 a\n" + b"#86)C\n" * 1_000_000,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\r\n--bx" * 4_000_000,
    ],
    ids=["text", "html", "base64", "uuencode", "near boundaries"],
)
def test_no_large_body_can_burn_time(raw: bytes) -> None:
    with_effort(2, lambda: read_mail(raw))


@pytest.mark.parametrize(
    ("headers", "body", "is_forward"),
    [
        ("Subject: Fwd: Lock", "See below.", True),
        ("Subject: WG: Schloss", "Siehe unten.", True),
        ("Subject: Re: Lock", "Look:\n\n---------- Forwarded message ---------\nFrom: Eve", True),
        ("Subject: Re: Lock", "Yes.\n\n> ---------- Forwarded message ---------", False),
        ("Subject: Forwarding fails", "It does not forward calls.", False),
    ],
)
def test_a_forwarded_mail_is_known(headers: str, body: str, is_forward: bool) -> None:
    assert read_mail(f"{headers}\n\n{body}".encode()).is_forward == is_forward


def test_authentication_results_stand_in_their_order_and_a_huge_one_keeps_its_place() -> None:
    top = b"Authentication-Results: mx.desk.example;\r\n\tspf=pass\r\n"
    huge = b"Authentication-Results: " + b"x" * 30_000 + b"\r\n"
    parsed = read_mail(top + huge + b"Received: x\r\nAuthentication-Results: evil.example; dkim=pass\r\n\r\nHello")
    assert parsed.authentication_results == ("mx.desk.example; spf=pass", "", "evil.example; dkim=pass")
