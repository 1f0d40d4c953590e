"""One client before the listener, on real sockets: kept before 250, refused by name, and never two mails out of one."""

import contextlib
import smtplib
import socket
import threading

import pytest

from mainstay.channels.email import limits
from mainstay.channels.email.intake.spool import Spool
from tests.channels.email.intake.desks import OURS, Desk, running, send, sized, wait_until
from tests.channels.email.smtp_doubles import PlainClient


def test_a_mail_is_kept_byte_for_byte_with_its_envelope(desk: Desk) -> None:
    raw = b"Subject: x\r\n\r\n.dot\r\n..\r\n\xff\xfe\x00\r\n"
    send(desk, raw, [OURS, "support+t.abc@intercom.example"])
    assert desk.kept == [(raw, "bob@partner.example", [OURS, "support+t.abc@intercom.example"], "127.0.0.1")]


def test_a_bounce_has_an_empty_sender(desk: Desk) -> None:
    send(desk, b"Subject: x\r\n\r\nHello\r\n", sender="")
    assert desk.kept[0][1] == ""


def test_250_comes_only_after_the_store_has_returned(desk: Desk, client: PlainClient) -> None:
    desk.hold = threading.Event()
    client.begin()
    client.send(b"Hello\r\n.\r\n")
    client.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        client.socket.recv(1)
    assert desk.kept == []
    desk.hold.set()
    client.socket.settimeout(10)
    assert client.socket.recv(3) == b"250"
    assert len(desk.kept) == 1


def test_a_full_disk_leaves_the_mail_with_its_sender(
    desk: Desk, client: PlainClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(spool: Spool, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Spool, "write", full)
        client.begin()
        client.send(b"Hello\r\n.\r\n")
        assert client.answer().startswith("451")
    assert desk.kept == []
    assert client.say("MAIL FROM:<a@b.example>", f"RCPT TO:<{OURS}>", "DATA").startswith("354")
    client.send(b"Hello\r\n.\r\n")
    assert client.answer().startswith("250")


def test_a_store_that_fails_leaves_the_mail_with_its_sender_and_heals_without_a_restart(desk: Desk) -> None:
    desk.trouble.append(RuntimeError("database is down"))
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(desk, b"Hello\r\n")
    assert caught.value.smtp_code == 451
    assert b"database" not in caught.value.smtp_error
    desk.trouble.clear()
    send(desk, b"Hello\r\n")
    assert len(desk.kept) == 1


def test_strangers_addresses_are_refused_before_the_mail_is_sent(desk: Desk, client: PlainClient) -> None:
    client.answer()
    client.say("EHLO x", "MAIL FROM:<bob@partner.example>")
    assert client.say("RCPT TO:<info@elsewhere.example>").startswith("550 5.1.1")
    assert client.say("RCPT TO:<SUPPORT@Intercom.Example>").startswith("250")
    assert client.say("RCPT TO:<not an address>").startswith("553")


def test_when_our_addresses_are_unknown_the_sender_tries_later(desk: Desk, client: PlainClient) -> None:
    def broken(address: str) -> bool:
        raise RuntimeError("database is down")

    desk.listener.accepts = broken
    client.answer()
    assert client.say("EHLO x", "MAIL FROM:<bob@partner.example>", f"RCPT TO:<{OURS}>").startswith("451")


@pytest.mark.parametrize(
    "smuggled",
    [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\n.\r", b"\r.\r\n", b"\r\n\x00.\r\n"],
    ids=["lf-lf", "lf-crlf", "crlf-lf", "cr-cr", "crlf-cr", "lf-cr", "cr-crlf", "nul"],
)
@pytest.mark.parametrize("protocol", ["client", "lmtp"])
def test_no_second_mail_can_be_smuggled_into_one(
    desk: Desk, request: pytest.FixtureRequest, protocol: str, smuggled: bytes
) -> None:
    client: PlainClient = request.getfixturevalue(protocol)
    inner = (
        b"MAIL FROM:<boss@intercom.example>\r\nRCPT TO:<"
        + OURS.encode()
        + b">\r\nDATA\r\nSubject: forged\r\n\r\nForged\r\n"
    )
    client.begin()
    client.send(b"Subject: outer\r\n\r\nOuter" + smuggled + inner + b".\r\n")
    assert client.answer().startswith("250")
    assert client.say("QUIT").startswith("221")
    assert len(desk.kept) == 1
    assert desk.kept[0][1] == "bob@partner.example"
    assert b"Forged" in desk.kept[0][0]


@pytest.mark.parametrize("cut", range(1, 11))
def test_the_end_is_found_wherever_the_network_cuts(desk: Desk, client: PlainClient, cut: int) -> None:
    content = b"a\r\n..b\r\n.\r\n"
    client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.begin()
    client.send(content[:cut])
    threading.Event().wait(0.02)
    client.send(content[cut:])
    assert client.answer().startswith("250")
    assert desk.kept[0][0] == b"a\r\n.b\r\n"


def test_lines_of_any_length_are_kept(desk: Desk) -> None:
    raw = b"Subject: x\r\n\r\n" + b"y" * 3_000_000 + b"\r\n"
    send(desk, raw)
    assert desk.kept[0][0] == raw


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """So that sizes around the limit are quick to send."""
    monkeypatch.setattr(limits, "MAIL_MAX_BYTES", 50_000)
    monkeypatch.setattr(limits, "SPOOL_IN_MEMORY_BYTES", 10_000)
    return limits.MAIL_MAX_BYTES


@pytest.mark.parametrize("protocol", [smtplib.SMTP, smtplib.LMTP])
@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_mail_is_taken_up_to_the_limit_and_refused_beyond(
    small_limit: int, desk: Desk, protocol: type[smtplib.SMTP], extra: int
) -> None:
    raw = sized(small_limit + extra)
    assert len(raw) == small_limit + extra
    with protocol(*(desk.lmtp if protocol is smtplib.LMTP else desk.address), timeout=20) as server:
        if extra > 0:
            with pytest.raises(smtplib.SMTPSenderRefused) as announced:
                server.sendmail("bob@partner.example", [OURS], raw)
            assert announced.value.smtp_code == 552
        else:
            server.sendmail("bob@partner.example", [OURS], raw)
    assert [mail[0] for mail in desk.kept] == ([raw] if extra <= 0 else [])


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_the_limit_holds_for_those_who_do_not_say_how_much_they_bring(
    small_limit: int, client: PlainClient, desk: Desk, extra: int
) -> None:
    client.begin()
    client.send(sized(small_limit + extra) + b".\r\n")
    assert client.answer().startswith("552 5.3.4" if extra > 0 else "250")
    assert [len(mail[0]) for mail in desk.kept] == ([] if extra > 0 else [small_limit + extra])
    assert client.say("MAIL FROM:<a@b.example>", f"RCPT TO:<{OURS}>").startswith("250")


def test_dots_that_smtp_doubles_do_not_count(small_limit: int, client: PlainClient, desk: Desk) -> None:
    lines = small_limit // 4
    client.begin()
    client.send(b"..a\r\n" * lines + b".\r\n")
    assert client.answer().startswith("250")
    assert desk.kept[0][0] == b".a\r\n" * lines


@pytest.mark.parametrize("extra", [0, 1])
def test_the_real_limit_is_35_mb(desk: Desk, extra: int) -> None:
    raw = sized(36_700_160 + extra)
    if extra:
        with pytest.raises(smtplib.SMTPSenderRefused):
            send(desk, raw)
    else:
        send(desk, raw)
        assert desk.kept[0][0] == raw


def test_the_limit_is_announced(desk: Desk) -> None:
    with smtplib.SMTP(*desk.address, timeout=10) as server:
        server.ehlo()
        assert server.esmtp_features["size"] == str(limits.MAIL_MAX_BYTES)


def test_a_sender_without_end_is_hung_up_on(desk: Desk, client: PlainClient) -> None:
    client.begin()
    block = b"x" * 1_000_000
    with contextlib.suppress(ConnectionError):
        for _ in range(2 * limits.MAIL_MAX_BYTES // len(block) + 5):
            client.send(block)
        client.answer()
    assert desk.kept == []
    send(desk, b"Hello\r\n")
    assert len(desk.kept) == 1


def test_too_many_recipients_are_sent_away_to_come_again(desk: Desk, client: PlainClient) -> None:
    client.answer()
    client.say("EHLO x", "MAIL FROM:<bob@partner.example>")
    answers = [
        client.say(f"RCPT TO:<support+t.{number}@intercom.example>")[:3] for number in range(limits.RECIPIENTS_MAX + 1)
    ]
    assert answers == ["250"] * limits.RECIPIENTS_MAX + ["452"]


def test_nobody_is_asked_to_sign_in(desk: Desk, client: PlainClient) -> None:
    client.answer()
    assert client.say("EHLO x").startswith("250")
    assert client.say("AUTH PLAIN AGEAYg==").startswith("502")


def test_a_long_command_line_is_refused(desk: Desk, client: PlainClient) -> None:
    client.answer()
    assert client.say("EHLO x").startswith("250")
    assert client.say("NOOP " + "x" * 5_000).startswith("500")
    assert client.say("NOOP " + "x" * 500_000).startswith("500")
    assert client.say("NOOP").startswith("250")


def test_a_strange_sender_is_refused_or_kept_storable(desk: Desk, client: PlainClient) -> None:
    client.answer()
    client.say("EHLO x")
    client.send(b"MAIL FROM:<b\xff\xfeb@partner.example> SMTPUTF8\r\n")
    assert client.answer().startswith("250")
    assert client.say(f"RCPT TO:<{OURS}>", "DATA").startswith("354")
    client.send(b"Hello\r\n.\r\n")
    assert client.answer().startswith("250")
    desk.kept[0][1].encode("utf-8")


def test_more_than_the_allowed_connections_are_told_to_come_again(desk: Desk) -> None:
    clients = [PlainClient(desk.address) for _ in range(limits.CONNECTIONS_MAX)]
    assert all(client.answer().startswith("220") for client in clients)
    late = PlainClient(desk.address)
    assert late.answer().startswith("421")
    for client in [*clients, late]:
        client.close()
    wait_until(lambda: not desk.listener.sessions)
    send(desk, b"Hello\r\n")
    assert len(desk.kept) == 1


def test_a_client_that_stalls_is_let_go_while_others_are_served() -> None:
    with running(idle_seconds=0.3) as desk:
        stalled, halfway = PlainClient(desk.address), PlainClient(desk.address)
        stalled.answer()
        halfway.begin()
        halfway.send(b"half a mail\r\n")
        send(desk, b"Hello\r\n")
        assert len(desk.kept) == 1
        assert stalled.answer().startswith("421")
        assert stalled.answer() == ""
        assert halfway.answer().startswith("421")
        assert len(desk.kept) == 1
        stalled.close()
        halfway.close()


def test_a_client_that_vanishes_leaves_nothing_behind(desk: Desk) -> None:
    client = PlainClient(desk.address)
    client.begin()
    client.send(b"half a mail\r\n")
    client.close()
    wait_until(lambda: not desk.listener.sessions)
    assert desk.kept == []


def test_stopping_lets_a_mail_on_its_way_arrive_and_tells_others_to_come_again(desk: Desk, client: PlainClient) -> None:
    idle = PlainClient(desk.address)
    idle.answer()
    client.begin()
    client.send(b"Hello\r\n")
    stopping = threading.Thread(target=desk.stop, args=(5,))
    stopping.start()
    assert idle.answer().startswith("421")
    client.send(b".\r\n")
    assert client.answer().startswith("250")
    stopping.join(10)
    assert len(desk.kept) == 1
    with pytest.raises(ConnectionError):
        PlainClient(desk.address)
    idle.close()
