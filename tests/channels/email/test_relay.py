"""Handing mail to a relay: taken, refused, later, or unknown."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mainstay.channels.email.relay import (
    PermanentFailure,
    TemporaryFailure,
    UnknownOutcome,
    relay_from,
    send_through,
)
from tests.channels.email.smtp_doubles import FakeRelay

RAW = b"Subject: Lock\r\n\r\nHello\r\n"
SENDER, TO = "support@intercom.example", ["bob@partner.example"]
MakeRelay = Callable[..., FakeRelay]


@pytest.fixture
def relay() -> Iterator[MakeRelay]:
    started: list[FakeRelay] = []

    def make(**answers: Any) -> FakeRelay:
        started.append(FakeRelay(**answers))
        return started[-1]

    yield make
    for one in started:
        one.close()


def test_a_mail_is_handed_over_as_it_is(relay: MakeRelay) -> None:
    there = relay()
    send_through(there.url, SENDER, [*TO, "ann@partner.example"], RAW)
    assert there.taken == [RAW]
    assert "mail FROM:<support@intercom.example> size=24" in [line.replace("SIZE", "size") for line in there.heard]
    assert [line for line in there.heard if line.startswith("rcpt")] == [
        "rcpt TO:<bob@partner.example>",
        "rcpt TO:<ann@partner.example>",
    ]


def test_no_bare_line_end_and_no_lone_dot_leaves(relay: MakeRelay) -> None:
    there = relay()
    send_through(there.url, SENDER, TO, b"Subject: x\n\na\n.\nMAIL FROM:<evil@x>\r.\rb\r\n.\r\n..c")
    assert there.taken == [b"Subject: x\r\n\r\na\r\n..\r\nMAIL FROM:<evil@x>\r\n..\r\nb\r\n..\r\n...c\r\n"]


@pytest.mark.parametrize(
    ("answers", "failure"),
    [
        ({"banner": "421 busy"}, TemporaryFailure),
        ({"banner": "554 go away"}, TemporaryFailure),
        ({"banner": None}, TemporaryFailure),
        ({"mail": "451 later"}, TemporaryFailure),
        ({"mail": "553 bad sender"}, PermanentFailure),
        ({"rcpt": "450 greylisted"}, TemporaryFailure),
        ({"rcpt": "550 5.1.1 unknown"}, PermanentFailure),
        ({"rcpt": None}, TemporaryFailure),
        ({"data": "552 too large"}, PermanentFailure),
        ({"dot": "421 closing"}, TemporaryFailure),
        ({"dot": "452 full"}, TemporaryFailure),
        ({"dot": "554 spam"}, PermanentFailure),
        ({"dot": None}, UnknownOutcome),
    ],
)
def test_each_answer_has_its_meaning(
    relay: MakeRelay, answers: dict[str, str | None], failure: type[Exception]
) -> None:
    with pytest.raises(failure) as caught:
        send_through(relay(**answers).url, SENDER, TO, RAW)
    assert str(caught.value).endswith(".")


def test_silence_after_the_dot_is_unknown_and_before_it_is_later(relay: MakeRelay) -> None:
    with pytest.raises(UnknownOutcome):
        send_through(relay(dot="250-half an answer").url, SENDER, TO, RAW, timeout=0.3)
    with pytest.raises(TemporaryFailure):
        send_through(relay(mail="250-half an answer").url, SENDER, TO, RAW, timeout=0.3)


def test_a_good_bye_that_fails_changes_nothing(relay: MakeRelay) -> None:
    there = relay(quit=None)
    send_through(there.url, SENDER, TO, RAW)
    assert there.taken == [RAW]


def test_a_relay_that_is_not_there_is_tried_later(relay: MakeRelay) -> None:
    there = relay()
    there.close()
    with pytest.raises(TemporaryFailure, match="cannot be reached"):
        send_through(there.url, SENDER, TO, RAW)


def test_no_password_is_sent_without_encryption_being_offered(relay: MakeRelay) -> None:
    there = relay()
    with pytest.raises(TemporaryFailure, match="no encryption"):
        send_through(f"{there.url.replace('smtp://', 'smtp://me:secret@')}?starttls=yes", SENDER, TO, RAW)
    assert not any("secret" in line or line.lower().startswith("auth") for line in there.heard)


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<x@y>", "a@b>", "", "a b@c"])
def test_an_address_cannot_carry_a_command(relay: MakeRelay, address: str) -> None:
    with pytest.raises(PermanentFailure):
        send_through(relay(rcpt="553 no").url, SENDER, [address], RAW)


def test_letters_beyond_ascii_need_a_relay_that_knows_them(relay: MakeRelay) -> None:
    with pytest.raises(PermanentFailure, match="ASCII"):
        send_through(relay().url, SENDER, ["müller@partner.example"], RAW)
    there = relay(ehlo="250-relay\r\n250 SMTPUTF8")
    send_through(there.url, SENDER, ["müller@partner.example"], RAW)
    assert there.taken == [RAW]


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://127.0.0.1:2525", 2525, False, False),
        ("smtp://localhost", 25, False, False),
        ("smtp://[::1]:25?starttls=yes", 25, False, True),
        ("smtp://mail.example", 25, False, True),
        ("smtp://me:p%40ss@mail.example:587", 587, False, True),
        ("smtps://mail.example", 465, True, False),
    ],
)
def test_beyond_this_machine_everything_is_encrypted(url: str, port: int, tls: bool, starttls: bool) -> None:
    relay = relay_from(url)
    assert (relay.port, relay.is_tls_from_start, relay.wants_starttls) == (port, tls, starttls)
    assert "p@ss" not in repr(relay)


@pytest.mark.parametrize(
    "url", ["", "http://x", "smtp://", "smtp://x:port", "smtp://mail.example?starttls=no", "smtp://x?tls=1"]
)
def test_a_wrong_relay_address_is_said_without_its_password(url: str) -> None:
    with pytest.raises(PermanentFailure) as caught:
        relay_from(url)
    assert str(caught.value)


@pytest.fixture
def unproved(tmp_path: Path) -> ssl.SSLContext:
    """A server identity that nobody has vouched for."""
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not here to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def test_a_relay_that_cannot_prove_who_it_is_gets_nothing(relay: MakeRelay, unproved: ssl.SSLContext) -> None:
    there = relay(tls=unproved)
    with pytest.raises(TemporaryFailure, match="prove who it is"):
        send_through(f"smtps://me:secret@localhost:{there.port}", SENDER, TO, RAW)
    assert there.heard == []
