"""Taking mails apart: the same leaves as the standard library where that can be trusted, and refusal of what would hurt."""

import email
from email import policy
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.channels.email import limits
from mainstay.channels.email.reading.errors import UnreadableMail
from mainstay.channels.email.reading.structure import opened, read_structure
from mainstay.channels.email.reading.transfer import part_content
from tests.effort import with_effort

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "samples" / "mime-torture" / "inputs"


def leaves(raw: bytes) -> list[tuple[str, bytes]]:
    content = opened(raw)
    return [(part.content_type, part_content(content, part)) for part in read_structure(content)[1]]


def library_leaves(raw: bytes) -> list[tuple[str, bytes]]:
    return [
        (part.get_content_type(), part.get_payload(decode=True))
        for part in email.message_from_bytes(raw, policy=policy.compat32).walk()
        if not part.is_multipart()
    ]


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=200)


def leaf(kind: int, text: str, content: bytes) -> Message:
    if kind == 0:
        return MIMEText(text, "plain", "utf-8")
    if kind == 1:
        return MIMEText(text, "html", "utf-8")
    part = MIMEBase("application", "x-thing")
    part.set_payload(content)
    email.encoders.encode_base64(part)
    return part


leaf_parts = st.builds(leaf, st.integers(0, 2), texts, st.binary(max_size=200))


def multipart(subtype: str, parts: list[Message]) -> Message:
    whole = MIMEMultipart(subtype)
    for part in parts:
        whole.attach(part)
    return whole


mails = st.recursive(
    leaf_parts,
    lambda inner: st.builds(
        multipart, st.sampled_from(["mixed", "alternative", "related"]), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(mails, st.sampled_from(["\n", "\r\n", "\r"]))
def test_well_formed_mails_have_the_leaves_that_the_library_finds(mail: Message, newline: str) -> None:
    raw = mail.as_bytes(policy=policy.compat32.clone(linesep=newline))
    assert leaves(raw) == library_leaves(raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))


def test_sample_mails_have_the_leaves_that_the_library_finds() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"the shared sample mails are not here: {SAMPLES}")
    compared = 0
    for path in sorted(SAMPLES.rglob("*.eml")):
        raw = path.read_bytes()
        if b"message/" in raw.lower() or b"multipart/digest" in raw.lower() or email.message_from_bytes(raw).defects:
            continue  # the library opens enclosed mails, we keep them as files; broken ones have tests of their own
        ours = [(kind, content.rstrip()) for kind, content in leaves(raw)]
        theirs = [(kind, content.rstrip()) for kind, content in library_leaves(raw)]
        if any(kind.startswith("multipart/") for kind, _ in theirs):
            continue  # an empty multipart: the library gives the container itself
        assert ours == theirs, path.name
        compared += 1
    assert compared > 40


def mail_of(headers: bytes, body: bytes) -> bytes:
    return b"From: a@b.example\r\n" + headers + b"\r\n\r\n" + body


MIXED = b'Content-Type: multipart/mixed; boundary="b"'


@pytest.mark.parametrize(
    ("body", "contents"),
    [
        (b"--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n", [b"one", b"two"]),
        (b"preamble\r\n--b\r\n\r\none\r\n--b--\r\nepilogue", [b"one"]),
        (b"--b\r\n\r\none", [b"one"]),
        (b"--b  \r\n\r\none\r\n--b--", [b"one"]),
        (b"--b\n\none\n--b--\n", [b"one"]),
        (b"--bb\r\n\r\none", [b"--bb\r\n\r\none"]),
        (b"no boundary at all", [b"no boundary at all"]),
        (b"--b\r\n--b--", []),
        (b"--b\r\n--b\r\n\r\none\r\n--b--", [b"one"]),
        (b"--b\r\n\r\n\r\n--b--", [b""]),
    ],
)
def test_boundaries_in_every_shape_are_found_and_nothing_is_lost_without_one(
    body: bytes, contents: list[bytes]
) -> None:
    assert [content for _, content in leaves(mail_of(MIXED, body))] == contents


def test_a_line_that_is_no_header_is_skipped_when_headers_follow() -> None:
    headers, _ = read_structure(b"From joe Mon Jan 1\nFrom: a@b.example\nbroken line\nSubject: Lock\n\nHello")
    assert headers.first("subject").strip() == b"Lock"


def test_text_without_any_header_is_all_body() -> None:
    assert leaves(b"Hello there\nno header: here?\n\nbye") == [("text/plain", b"Hello there\nno header: here?\n\nbye")]


def nested(depth: int) -> bytes:
    inside = [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(depth)]
    return b"From: a@b.example\r\n" + b"".join(inside) + b"\r\nHello"


def with_parts(count: int) -> bytes:
    return mail_of(MIXED, b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n")


@pytest.mark.parametrize(
    "raw",
    [
        with_parts(limits.PARTS_MAX),
        nested(limits.MIME_MAX_DEPTH),
        b"A: b\r\n" * limits.HEADERS_MAX + b"\r\nHello",
        b"A: " + b"b" * (limits.HEADERS_MAX_BYTES - 9) + b"\r\n\r\nHello",
        b"\r\n" + b"x" * 1000,
    ],
    ids=["parts", "depth", "headers", "header bytes", "no headers"],
)
def test_a_mail_at_a_limit_is_read(raw: bytes) -> None:
    assert leaves(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (with_parts(limits.PARTS_MAX + 1), "500 parts"),
        (with_parts(100_000), "500 parts"),
        (nested(limits.MIME_MAX_DEPTH + 1), "20 deep"),
        (nested(1_000), "20 deep"),
        (b"A: b\r\n" * (limits.HEADERS_MAX + 1) + b"\r\nHello", "1,000 headers"),
        (b"A: b\r\n" * 100_000 + b"\r\nHello", "1,000 headers"),
        (b"To: " + b"a@b.example, " * 80_000 + b"\r\n\r\nHello", "256 kB of headers"),
        (b"A: " + b"b" * limits.HEADERS_MAX_BYTES + b"\r\n\r\nHello", "256 kB of headers"),
        (b"A: b\r\n" + b" c\r\n" * 200_000 + b"\r\nHello", "256 kB of headers"),
        (mail_of(MIXED, (b"--b\r\n" + b"A: bcdefgh\r\n" * 900 + b"\r\nx\r\n") * 400), "part headers"),
        (b"x" * (limits.MAIL_MAX_BYTES + 1), "35 MB"),
    ],
    ids=[
        "parts",
        "many parts",
        "depth",
        "very deep",
        "headers",
        "many headers",
        "addresses",
        "bytes",
        "folds",
        "inner",
        "mail",
    ],
)
def test_a_mail_over_a_limit_is_refused_at_once_with_its_reason(raw: bytes, reason: str) -> None:
    def refused() -> None:
        with pytest.raises(UnreadableMail, match=reason):
            leaves(raw)

    with_effort(1, refused)
