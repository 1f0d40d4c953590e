"""LMTP: another greeting, one stored mail, and an answer for each recipient."""

import contextlib
import smtplib
import socket
import stat
import threading
from pathlib import Path

import pytest

from mainstay.channels.email.intake import CannotListen
from tests.channels.email.intake.desks import OURS, TAGGED, Desk
from tests.channels.email.smtp_doubles import PlainClient


def test_a_mail_for_several_of_our_addresses_is_stored_once_and_answered_for_each(desk: Desk) -> None:
    with smtplib.LMTP(*desk.lmtp, timeout=10) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("bob@partner.example")
        assert [server.rcpt(one)[0] for one in (OURS, "info@elsewhere.example", TAGGED)] == [250, 550, 250]
        # The standard library asks for one answer only.
        assert [server.data(b"Hello\r\n")[0], server.getreply()[0]] == [250, 250]
        assert server.noop()[0] == 250
    assert desk.kept == [(b"Hello\r\n", "bob@partner.example", [OURS, TAGGED], "127.0.0.1")]


def answers_after_data(lmtp: PlainClient, recipients: list[str]) -> list[str]:
    lmtp.answer()
    lmtp.say("LHLO x", "MAIL FROM:<bob@partner.example>", *(f"RCPT TO:<{one}>" for one in recipients), "DATA")
    lmtp.send(b"Hello\r\n.\r\n")
    return [lmtp.answer()[:3] for _ in recipients]


def test_each_recipient_has_an_answer_and_the_same_one_twice_has_two(desk: Desk, lmtp: PlainClient) -> None:
    assert answers_after_data(lmtp, [OURS, TAGGED, OURS]) == ["250", "250", "250"]
    assert lmtp.say("NOOP").startswith("250")
    assert len(desk.kept) == 1


def test_a_store_that_fails_leaves_the_mail_with_its_sender_for_each_recipient(desk: Desk, lmtp: PlainClient) -> None:
    desk.trouble.append(RuntimeError("database is down"))
    assert answers_after_data(lmtp, [OURS, TAGGED]) == ["451", "451"]
    assert lmtp.say("NOOP").startswith("250")


def test_no_250_before_the_store_has_returned(desk: Desk, lmtp: PlainClient) -> None:
    desk.hold = threading.Event()
    lmtp.begin()
    lmtp.send(b"Hello\r\n.\r\n")
    lmtp.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        lmtp.socket.recv(1)
    desk.hold.set()
    lmtp.socket.settimeout(10)
    assert lmtp.socket.recv(3) == b"250"


def test_without_a_recipient_of_ours_there_is_no_data(desk: Desk, lmtp: PlainClient) -> None:
    lmtp.answer()
    lmtp.say("LHLO x", "MAIL FROM:<bob@partner.example>")
    assert lmtp.say("RCPT TO:<info@elsewhere.example>").startswith("550 5.1.1")
    assert lmtp.say("DATA").startswith("503")
    assert desk.kept == []


@pytest.mark.parametrize("command", ["HELO x", "EHLO x", "MAIL FROM:<bob@partner.example>"])
def test_smtp_is_not_spoken_here(lmtp: PlainClient, command: str) -> None:
    lmtp.answer()
    answer = lmtp.say(command)
    assert answer[:3] in {"500", "503"}
    assert "LHLO" in answer


def test_lmtp_is_not_spoken_at_the_smtp_port(client: PlainClient) -> None:
    client.answer()
    assert client.say("LHLO x").startswith("500")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "lmtp"


def test_a_unix_socket_takes_mail_from_its_user_and_group_and_is_gone_after_the_stop(desk: Desk, place: Path) -> None:
    desk.run(desk.listener.start_socket(place))
    assert stat.S_IMODE(place.stat().st_mode) == 0o660
    with smtplib.LMTP(str(place)) as server:
        server.sendmail("bob@partner.example", [OURS], b"Hello\r\n")
    assert desk.kept == [(b"Hello\r\n", "bob@partner.example", [OURS], "")]
    desk.stop(0.1)
    assert not place.exists()


def test_a_socket_that_was_left_behind_is_replaced(desk: Desk, place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(place))
    desk.run(desk.listener.start_socket(place))
    with smtplib.LMTP(str(place)) as server:
        assert server.noop()[0] == 250


def test_a_socket_at_which_somebody_listens_stays_theirs(desk: Desk, place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(place))
        theirs.listen()
        with pytest.raises(CannotListen, match="Another process"):
            desk.run(desk.listener.start_socket(place))
    assert place.is_socket()


def test_a_file_is_never_replaced(desk: Desk, place: Path) -> None:
    place.write_text("precious")
    with pytest.raises(CannotListen, match="no socket"):
        desk.run(desk.listener.start_socket(place))
    assert place.read_text() == "precious"


@pytest.mark.parametrize("name", ["missing/lmtp", "x" * 200])
def test_a_place_where_no_socket_can_be_is_told(desk: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotListen, match="cannot be opened for mail"):
        desk.run(desk.listener.start_socket(tmp_path / name))


def test_a_client_that_vanishes_during_its_answers_harms_nobody(desk: Desk) -> None:
    client = PlainClient(desk.lmtp, greeting="LHLO")
    desk.hold = threading.Event()
    client.begin()
    client.send(b"Hello\r\n.\r\n")
    client.close()
    desk.hold.set()
    with contextlib.closing(PlainClient(desk.lmtp, greeting="LHLO")) as other:
        assert other.begin().startswith("354")
