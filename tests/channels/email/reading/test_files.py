"""Files in mails: harmless names, types from the bytes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.limits import FILENAME_CHARACTERS
from mainstay.channels.email.reading import Attachment, read_mail
from mainstay.channels.email.reading.files import harmless_filename, type_from_bytes

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def file_with(headers: bytes, content: bytes = b"AAAA") -> Attachment:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + headers + b"\r\n\r\n" + content + b"\r\n--b--"
    (found,) = read_mail(raw).attachments
    return found


def test_a_file_has_its_bytes_hash_and_size() -> None:
    found = file_with(b"Content-Type: image/png; name=a.png", PNG)
    assert found == Attachment(
        "a.png", "image/png", "image/png", PNG, hashlib.sha256(PNG).hexdigest(), len(PNG), False, ""
    )


def test_an_inline_image_has_its_content_id() -> None:
    found = file_with(b"Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline", PNG)
    assert (found.inline, found.content_id, found.filename) == (True, "logo@x", "part-1")


def test_a_forwarded_mail_is_named_after_its_subject() -> None:
    found = file_with(b"Content-Type: message/rfc822", b"Subject: =?utf-8?q?T=C3=BCr?= 1/2\r\n\r\nHello")
    assert found.filename == "Tür 1_2.eml"
    assert found.content_type == "message/rfc822"


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.exe", "a.exe"),
        ("a\u202egnp.exe", "agnp.exe"),
        (".ht\u200baccess", "htaccess"),
        ("a\x00b\r\nc.txt", "a b c.txt"),
        ('a";x=b.bat', "a_;x=b.bat"),
        ("...", ""),
        ("name. ", "name"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("console.txt", "console.txt"),
        ("shell.p\u200bht", "shell.pht"),
        ("=?utf-8?q?T=C3=BCr.pdf?=", "Tür.pdf"),
    ],
)
def test_a_name_is_made_harmless(given_name: str, shown: str) -> None:
    assert harmless_filename(given_name) == shown


def test_a_long_name_keeps_its_ending() -> None:
    name = harmless_filename("x" * 500 + ".pdf")
    assert len(name) == FILENAME_CHARACTERS
    assert name.endswith(".pdf")


@given(st.text())
def test_no_name_can_do_harm(text: str) -> None:
    name = harmless_filename(text)
    assert len(name) <= FILENAME_CHARACTERS
    assert not set(name) & set('/\\<>:"|?*\x00\r\n\u200b\u202e')
    assert name not in {".", ".."}


@pytest.mark.parametrize(
    ("content", "declared", "decided"),
    [
        (PNG, "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "application/pdf", "image/jpeg"),
        (b"%PDF-1.7 x", "image/png", "application/pdf"),
        (b"<svg xmlns='x' onload='y'>", "image/png", "image/svg+xml"),
        (b"<html><script>", "image/png", "text/html"),
        (b"  <script>alert(1)</script>", "text/plain", "application/octet-stream"),
        (b"just text", "text/plain", "text/plain"),
        (b"just text", "text/x-log", "text/plain"),
        (b"just text", "image/png", "application/octet-stream"),
        (b"BEGIN:VCALENDAR", "text/calendar", "text/calendar"),
        (b"", "image/png", "application/octet-stream"),
        (b"\x00\x01\x02\x03", "text/plain", "application/octet-stream"),
    ],
)
def test_a_type_is_decided_from_the_bytes(content: bytes, declared: str, decided: str) -> None:
    assert type_from_bytes(content, declared) == decided


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (b"Content-Type: text/calendar; method=REQUEST; charset=utf-8", "part-1.ics"),
        (b"Content-Type: message/partial; id=x; number=1; total=2", "part-1.txt"),
        (b"Content-Type: message/external-body; access-type=url; URL=http://canary.example/x", "part-1.txt"),
        (b"Content-Type: application/pkcs7-signature; name=smime.p7s", "smime.p7s"),
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", "part-1.p7m"),
        (b"Content-Type: application/pgp-signature", "part-1.asc"),
        (b"Content-Type: application/pgp-encrypted", "part-1.asc"),
        (b"Content-Type: message/rfc822", "part-1.eml"),
        (b"Content-Type: text/rfc822-headers", "part-1.txt"),
    ],
)
def test_what_is_no_text_is_kept_as_a_file(headers: bytes, name: str) -> None:
    found = file_with(headers, b"Some-Line: here\r\n\r\nBEGIN")
    assert (found.filename, found.content) == (name, b"Some-Line: here\r\n\r\nBEGIN")


def test_the_words_of_an_enclosed_mail_stay_in_it() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee below.\r\n--b\r\n"
        b"Content-Type: message/rfc822\r\n\r\nSubject: Old\r\n\r\nInner words\r\n--b--"
    )
    parsed = read_mail(raw)
    assert (parsed.body_text, parsed.subject) == ("See below.", "")
    assert parsed.attachments[0].content == b"Subject: Old\r\n\r\nInner words"
