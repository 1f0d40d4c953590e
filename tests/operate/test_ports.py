"""Ports are looked at before anything starts."""

import select
import socket

import pytest

from mainstay.operate.errors import PortTaken
from mainstay.operate.ports import free_port, listening_socket, listening_sockets, reachable_host, web_address


@pytest.fixture
def taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_named_with_the_way_out(taken):
    with pytest.raises(PortTaken) as told:
        listening_socket("127.0.0.1", taken, "--port")
    assert str(told.value) == (
        f"Port {taken} is taken: another program already listens on 127.0.0.1; choose another with --port."
    )


def test_an_address_of_another_machine_cannot_be_listened_on():
    with pytest.raises(
        PortTaken, match=r"Port 8000 can't be opened on 192\.0\.2\.1 \(.+\); choose another with --port"
    ):
        listening_socket("192.0.2.1", 8000, "--port")


def test_zero_takes_a_free_port():
    port = free_port("127.0.0.1", 0, "--smtp-port")
    assert free_port("127.0.0.1", port, "--smtp-port") == port


def test_a_listening_socket_lets_visitors_wait_for_their_server():
    with (
        listening_socket("127.0.0.1", 0, "--port") as listener,
        socket.create_connection(listener.getsockname(), timeout=1) as visitor,
    ):
        server, _address = listener.accept()
        with server:
            server.sendall(b"here")
        assert visitor.recv(4) == b"here"


def test_several_servers_share_a_port_and_nobody_else_joins_them():
    listeners = listening_sockets(2, "127.0.0.1", 0, "--port")
    port = listeners[0].getsockname()[1]
    try:
        assert [one.getsockname()[1] for one in listeners] == [port, port]
        with pytest.raises(PortTaken):
            listening_sockets(2, "127.0.0.1", port, "--port")
        for _ in range(8):
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                ready, _, _ = select.select(listeners, [], [], 1)
                ready[0].accept()[0].close()
    finally:
        for one in listeners:
            one.close()
    for one in listening_sockets(2, "127.0.0.1", port, "--port"):
        one.close()


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("desk.example", "http://desk.example:8000"),
    ],
)
def test_the_address_for_a_browser(host, address):
    assert web_address(host, 8000) == address
    assert reachable_host(host) in address
