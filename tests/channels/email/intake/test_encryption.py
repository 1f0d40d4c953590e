"""Encryption at the listener: offered with a certificate, demanded of other machines, and no place in the clear by mistake."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from mainstay.channels.email.intake import (
    CannotListen,
    Certificate,
    CertificateUnusable,
    certificate_from,
    must_be_safe,
)
from mainstay.channels.email.intake.places import is_near
from tests.certificates import Certificates, make_certificates
from tests.channels.email.intake.desks import OURS, Desk, running, send, wait_until
from tests.channels.email.smtp_doubles import PlainClient

HERE = [("127.0.0.1", 5), ("127.8.0.1", 5), ("::1", 5, 0, 0), ("::ffff:127.0.0.1", 5, 0, 0), "", None]
ELSEWHERE = [("192.0.2.1", 5), ("10.0.0.1", 5), ("2001:db8::1", 5, 0, 0), ("fe80::1%eth0", 5, 0, 2), ("::ffff:192.0.2.1", 5, 0, 0)]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


@pytest.fixture
def trusting(files: Certificates) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=files.authority)


@pytest.fixture
def safe(files: Certificates) -> Iterator[Desk]:
    with running(certificate=Certificate(files.certificate, files.key)) as desk:
        yield desk


@pytest.fixture
def from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients count as coming from another machine."""
    monkeypatch.setattr("mainstay.channels.email.intake.sessions.is_near", lambda peer: False)


@pytest.mark.parametrize("protocol", [smtplib.SMTP, smtplib.LMTP])
@pytest.mark.usefixtures("from_elsewhere")
def test_a_mail_comes_in_encrypted(safe: Desk, trusting: ssl.SSLContext, protocol: type[smtplib.SMTP]) -> None:
    place = safe.lmtp if protocol is smtplib.LMTP else safe.address
    raw = b"Subject: x\r\n\r\n" + b"y" * 200_000 + b"\r\n.\r\n"
    with protocol("localhost", place[1], timeout=10) as server:
        server.ehlo_or_helo_if_needed()
        assert server.has_extn("starttls")
        server.starttls(context=trusting)
        server.ehlo_or_helo_if_needed()
        assert not server.has_extn("starttls")
        assert not server.has_extn("auth")
        server.sendmail("bob@partner.example", [OURS], raw)
    assert [mail[0] for mail in safe.kept] == [raw]
    wait_until(lambda: not safe.listener.sessions)


@pytest.mark.parametrize("greeting", ["EHLO", "LHLO"])
@pytest.mark.usefixtures("from_elsewhere")
def test_other_machines_must_encrypt(safe: Desk, greeting: str) -> None:
    with contextlib.closing(PlainClient(safe.lmtp if greeting == "LHLO" else safe.address, greeting)) as client:
        client.answer()
        assert client.say(f"{greeting} x").startswith("250")
        assert client.say("MAIL FROM:<bob@partner.example>").startswith("530 5.7.0")
        assert client.say(f"RCPT TO:<{OURS}>").startswith("503")
        assert client.say("DATA").startswith("503")
    assert safe.kept == []


def test_this_machine_need_not(safe: Desk) -> None:
    send(safe, b"Hello\r\n")
    assert len(safe.kept) == 1


@pytest.mark.usefixtures("from_elsewhere")
def test_other_machines_need_not_either_where_that_is_said(files: Certificates) -> None:
    with running(certificate=Certificate(files.certificate, files.key), allow_plain=True) as desk:
        send(desk, b"Hello\r\n")
        assert len(desk.kept) == 1


@pytest.mark.usefixtures("from_elsewhere")
def test_what_was_said_before_the_encryption_counts_for_nothing(safe: Desk, trusting: ssl.SSLContext) -> None:
    """Commands that somebody in between put behind STARTTLS must not be carried out as if they came encrypted."""
    client = PlainClient(safe.address)
    client.answer()
    client.say("EHLO x")
    client.send(b"STARTTLS\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<" + OURS.encode() + b">\r\n")
    assert client.answer().startswith("220")
    encrypted = trusting.wrap_socket(client.socket, server_hostname="localhost")
    encrypted.sendall(b"NOOP\r\nDATA\r\nEHLO x\r\nDATA\r\n")
    lines = encrypted.makefile("rb")
    assert lines.readline().startswith(b"250")  # NOOP, and nothing of what was put in between
    assert lines.readline().startswith(b"503")
    while lines.readline()[3:4] == b"-":
        pass
    assert lines.readline().startswith(b"503")
    lines.close()
    encrypted.close()
    client.lines.close()


def test_a_handshake_that_stalls_or_fails_is_ended_while_others_are_served(files: Certificates) -> None:
    with running(certificate=Certificate(files.certificate, files.key), idle_seconds=0.3) as desk:
        stalled, broken = PlainClient(desk.address), PlainClient(desk.address)
        for client in (stalled, broken):
            client.answer()
            assert client.say("EHLO x", "STARTTLS").startswith("220")
        broken.send(b"this is no handshake\r\n" * 10)
        send(desk, b"Hello\r\n")
        for client in (stalled, broken):
            while client.lines.read(1000):
                pass
            client.close()
        assert len(desk.kept) == 1
        wait_until(lambda: not desk.listener.sessions)


def test_a_client_that_vanishes_while_it_is_encrypted_leaves_nothing_behind(
    safe: Desk, trusting: ssl.SSLContext
) -> None:
    for bye in (b"", b"DATA\r\nhalf a mail"):
        client = PlainClient(safe.address)
        client.answer()
        client.say("EHLO x", "STARTTLS")
        encrypted = trusting.wrap_socket(client.socket, server_hostname="localhost")
        encrypted.sendall(f"EHLO x\r\nMAIL FROM:<b@x.example>\r\nRCPT TO:<{OURS}>\r\n".encode() + bye)
        encrypted.close()
        client.lines.close()
    wait_until(lambda: not safe.listener.sessions)
    assert safe.kept == []


def test_a_renewed_certificate_is_used_from_the_next_connection_on(files: Certificates, tmp_path: Path) -> None:
    (tmp_path / "renewed").mkdir()
    renewed = make_certificates(tmp_path / "renewed")
    with running(certificate=Certificate(files.certificate, files.key)) as desk:
        renewed.certificate.replace(files.certificate)
        with pytest.raises(ssl.SSLCertVerificationError):  # a certificate without its key: the old pair holds
            encrypted_greeting(desk, renewed)
        renewed.key.replace(files.key)
        encrypted_greeting(desk, renewed)


def encrypted_greeting(desk: Desk, files: Certificates) -> None:
    with smtplib.SMTP("localhost", desk.address[1], timeout=10) as server:
        server.starttls(context=ssl.create_default_context(cadata=files.authority))
        assert server.ehlo()[0] == 250


def test_old_protocols_are_not_spoken(safe: Desk) -> None:
    with pytest.warns(DeprecationWarning):
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.raises(OSError), smtplib.SMTP("localhost", safe.address[1], timeout=10) as server:
        server.starttls(context=old)


def test_files_that_prove_nothing_are_told(files: Certificates, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    another = make_certificates(other)
    empty = tmp_path / "empty"
    empty.touch()
    for certificate, key in [
        (files.certificate, another.key),
        (files.key, files.certificate),
        (empty, files.key),
        (tmp_path / "missing", files.key),
        (files.certificate, tmp_path / "missing"),
    ]:
        with pytest.raises(CertificateUnusable, match=r"cannot be used: .+"):
            certificate_from(certificate, key)
    for pair in [(files.certificate, None), (None, files.key)]:
        with pytest.raises(CertificateUnusable, match="name both"):
            certificate_from(*pair)
    assert certificate_from(None, None) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "mail.example", "", "10.0.0.1", "2001:db8::1"])
def test_no_place_that_others_reach_is_opened_in_the_clear_by_mistake(files: Certificates, host: str) -> None:
    with pytest.raises(CannotListen, match="--tls-cert"):
        must_be_safe(host, None, allow_plain=False)
    must_be_safe(host, None, allow_plain=True)
    must_be_safe(host, Certificate(files.certificate, files.key), allow_plain=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost"])
def test_loopback_needs_no_certificate(host: str) -> None:
    must_be_safe(host, None, allow_plain=False)


@pytest.mark.parametrize("lmtp", [False, True])
def test_the_listener_itself_refuses_such_a_place(desk: Desk, lmtp: bool) -> None:
    with pytest.raises(CannotListen):
        desk.run(desk.listener.start("0.0.0.0", 0, lmtp=lmtp))


def test_a_port_that_is_taken_is_told(desk: Desk) -> None:
    with pytest.raises(CannotListen, match="cannot be opened for mail"):
        desk.run(desk.listener.start(*desk.address))


@pytest.mark.parametrize("peer", HERE)
def test_loopback_and_sockets_are_near(peer: object) -> None:
    assert is_near(peer)


@pytest.mark.parametrize("peer", ELSEWHERE)
def test_every_other_address_is_far(peer: object) -> None:
    assert not is_near(peer)
