"""Handing mail to a relay: taken, refused, later, or unknown."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from mainstay.channels.email.addresses import Address
from mainstay.channels.email.composing import OutgoingDraft, OutgoingFile, compose
from mainstay.channels.email.relay import (
    PermanentFailure,
    TemporaryFailure,
    UnknownOutcome,
    relay_from,
    send_through,
)
from tests.certificates import Certificates, make_certificates
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
        ({"ehlo": ["421 4.3.2 closing", "421 closing"], "helo": "421 closing"}, TemporaryFailure),
        ({"ehlo": None}, TemporaryFailure),
        ({"mail": "421 closing"}, TemporaryFailure),
        ({"rcpt": "421 closing"}, TemporaryFailure),
        ({"rcpt": "450 4.2.0 greylisted, come back in 300 seconds"}, TemporaryFailure),
        ({"rcpt": "452 4.2.2 mailbox full"}, TemporaryFailure),
        ({"rcpt": "552 5.2.2 mailbox full"}, PermanentFailure),
        ({"rcpt": "554 5.7.1 no"}, PermanentFailure),
        ({"data": "421 closing"}, TemporaryFailure),
        ({"data": "451 later"}, TemporaryFailure),
        ({"data": None}, TemporaryFailure),
        ({"data": "250 what?"}, TemporaryFailure),
        ({"dot": "450 greylisted"}, TemporaryFailure),
        ({"dot": "552 too large"}, PermanentFailure),
        ({"dot": "~250"}, UnknownOutcome),
        ({"dot": "~250 kep"}, UnknownOutcome),
        ({"dot": "garbage"}, UnknownOutcome),
        ({"dot": "354 again?"}, UnknownOutcome),
    ],
)
def test_each_answer_has_its_meaning(
    relay: MakeRelay, answers: dict[str, str | None], failure: type[Exception]
) -> None:
    there = relay(**answers)
    with pytest.raises(failure) as caught:
        send_through(there.url, SENDER, TO, RAW, timeout=0.5, confirm_timeout=0.5)
    assert str(caught.value).endswith(".")
    assert not str(caught.value).endswith("..")
    assert there.taken == ([RAW] if "dot" in answers else [])


def test_silence_after_the_dot_is_unknown_and_before_it_is_later(relay: MakeRelay) -> None:
    with pytest.raises(UnknownOutcome):
        send_through(relay(dot="250-half an answer").url, SENDER, TO, RAW, confirm_timeout=0.3)
    with pytest.raises(TemporaryFailure):
        send_through(relay(mail="250-half an answer").url, SENDER, TO, RAW, timeout=0.3)


def test_a_large_mail_that_breaks_off_in_the_middle_was_not_sent(relay: MakeRelay) -> None:
    there = relay(breaks_after=10)
    with pytest.raises(TemporaryFailure):
        send_through(there.url, SENDER, TO, (b"x" * 98 + b"\r\n") * 100_000)
    assert there.taken == []


def test_a_relay_that_never_comes_to_an_end_is_hung_up_on(relay: MakeRelay) -> None:
    there = relay(dot="\r\n".join(["250-still thinking"] * 1_000))
    with pytest.raises(UnknownOutcome):
        send_through(there.url, SENDER, TO, RAW, attempt_timeout=0.3)


def test_when_one_recipient_is_refused_nobody_gets_it_and_a_repeat_reaches_nobody_twice(relay: MakeRelay) -> None:
    there = relay(rcpt=["250 ok", "450 greylisted", "250 ok"])
    both = [*TO, "ann@partner.example"]
    with pytest.raises(TemporaryFailure, match="greylisted"):
        send_through(there.url, SENDER, both, RAW)
    assert there.taken == []
    send_through(there.url, SENDER, both, RAW)
    assert there.taken == [RAW]


def test_each_attempt_sends_the_same_bytes(relay: MakeRelay) -> None:
    there = relay(dot=[None, "451 busy", "250 kept"])
    for failure in (UnknownOutcome, TemporaryFailure):
        with pytest.raises(failure):
            send_through(there.url, SENDER, TO, RAW)
    send_through(there.url, SENDER, TO, RAW)
    assert there.taken == [RAW, RAW, RAW]


def test_what_a_relay_says_is_one_printable_bounded_line(relay: MakeRelay) -> None:
    with pytest.raises(PermanentFailure) as caught:
        send_through(relay(rcpt="550-no\x1b[31m\r\n550 really\tno" + "!" * 3_000).url, SENDER, TO, RAW)
    assert str(caught.value).startswith("The mail relay answered: 550 no [31m really no!!")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 350


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


@dataclass
class RealRelay:
    """aiosmtpd as a relay that wants encryption and a password."""

    taken: list[Envelope] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 kept"


class AnyPort(Controller):
    """On a free port: the library's own look at whether it answers must know which."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def is_known(server: object, session: object, envelope: object, mechanism: str, login: LoginPassword) -> AuthResult:
    return AuthResult(success=(login.login, login.password) == (b"me", b"p@ss:/word"), handled=False)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


@pytest.fixture
def real_relay(certificates: Certificates) -> Iterator[RealRelay]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    relay = RealRelay()
    controller = AnyPort(
        relay, "127.0.0.1", 0, ready_timeout=10, tls_context=context, require_starttls=True, authenticator=is_known,
        auth_required=True, enable_SMTPUTF8=True, data_size_limit=40_000_000,
    )  # fmt: skip
    controller.start()
    relay.port = controller.port
    yield relay
    controller.stop()


@pytest.fixture
def trusted(certificates: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the test authority."""
    file = tmp_path / "authority.pem"
    file.write_text(certificates.authority)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.mark.usefixtures("trusted")
def test_a_composed_mail_goes_whole_through_a_real_relay_encrypted_and_signed_in(real_relay: RealRelay) -> None:
    draft = OutgoingDraft(
        sender=Address("Größe", "support@intercom.example"),
        to=(Address("Jürgen", "jürgen@partner.example"),),
        subject="Tür",
        text="Hello\n.\n..dot\nFrom here\n" + "x" * 3_000,
        message_id="<one@intercom.example>",
        date=datetime(2026, 1, 2, tzinfo=UTC),
        attachments=(OutgoingFile("a.bin", "", bytes(range(256)) * 8_000),),
    )
    raw = compose(draft)
    send_through(
        f"smtp://me:p%40ss%3A%2Fword@localhost:{real_relay.port}?starttls=yes", SENDER, ["jürgen@partner.example"], raw
    )
    (envelope,) = real_relay.taken
    assert envelope.original_content == raw
    assert envelope.rcpt_tos == ["jürgen@partner.example"]
    assert "SMTPUTF8" in envelope.mail_options


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_tried_later_and_is_not_told(real_relay: RealRelay) -> None:
    with pytest.raises(TemporaryFailure, match="535") as caught:
        send_through(f"smtp://me:wrong@localhost:{real_relay.port}?starttls=yes", SENDER, TO, RAW)
    assert "wrong" not in str(caught.value)
    assert real_relay.taken == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_relay_that_cannot_prove_who_it_is_gets_nothing_after_starttls(real_relay: RealRelay, host: str) -> None:
    with pytest.raises(TemporaryFailure, match="prove who it is"):
        send_through(f"smtp://me:secret@{host}:{real_relay.port}?starttls=yes", SENDER, TO, RAW)
    assert real_relay.taken == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_proves_nothing(real_relay: RealRelay, monkeypatch: pytest.MonkeyPatch) -> None:
    there = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", lambda address, *rest: there(("127.0.0.1", address[1]), *rest))
    with pytest.raises(TemporaryFailure, match="prove who it is"):
        send_through(f"smtp://me:secret@mail.example:{real_relay.port}", SENDER, TO, RAW)
    assert real_relay.taken == []


def test_a_relay_that_cannot_prove_who_it_is_gets_nothing(relay: MakeRelay, certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.certificate, certificates.key)
    there = relay(tls=context)
    with pytest.raises(TemporaryFailure, match="prove who it is"):
        send_through(f"smtps://me:secret@localhost:{there.port}", SENDER, TO, RAW)
    assert there.heard == []
