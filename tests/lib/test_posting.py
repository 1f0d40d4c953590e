"""Bytes for an address that somebody else named: encrypted, to the public internet, and nowhere else."""

import ssl
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mainstay.lib.fetching import NotFetched
from mainstay.lib.fetching.posting import post_bytes
from tests.certificates import Certificates, make_certificates
from tests.lib.listening import Listener, answer


class Encrypted(Listener):
    """The listener behind TLS."""

    def __init__(self, say: Any, certificates: Certificates) -> None:
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificates.certificate, certificates.key)
        super().__init__(say)

    def _talk(self, connection: Any) -> None:
        try:
            with self.context.wrap_socket(connection, server_side=True) as encrypted:
                super()._talk(encrypted)
        except OSError:
            pass  # whoever came did not believe us


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusts(certificates: Certificates) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=certificates.authority)


@pytest.fixture
def listener(certificates: Certificates) -> Iterator[Encrypted]:
    said: list[Any] = [[answer(b"taken", "201 Created", Location="https://127.0.0.1/other")]]
    with Encrypted(lambda _request: said[0], certificates) as listener:
        listener.said = said  # type: ignore[attr-defined]
        yield listener


def on_loopback(address: Any, _port: int) -> bool:
    return bool(address.is_loopback)


def post(listener: Any, trusts: Any, **more: Any) -> tuple[int, dict[str, str]]:
    url = f"https://127.0.0.1:{listener.port}/push/x?y"
    return post_bytes(url, b"\x00secret", {"TTL": "60"}, **{"allows": on_loopback, "trusts": trusts, **more})


def test_it_is_handed_over_with_its_headers_and_the_status_comes_back(listener: Any, trusts: Any) -> None:
    status, headers = post(listener, trusts)
    assert (status, headers["location"]) == (201, "https://127.0.0.1/other")
    [request] = listener.heard
    head, _blank, body = request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /push/x?y HTTP/1.1"
    assert {b"TTL: 60", b"Content-Length: 7", f"Host: 127.0.0.1:{listener.port}".encode()} <= set(lines)
    assert body in (b"\x00secret", b"")  # it may come in a second piece


def test_an_answer_that_sends_us_on_is_not_followed(listener: Any, trusts: Any) -> None:
    listener.said[0] = [answer(b"", "307 Temporary Redirect", Location=f"https://127.0.0.1:{listener.port}/again")]
    assert post(listener, trusts)[0] == 307
    assert len(listener.heard) == 1


def test_an_endless_answer_ends(listener: Any, trusts: Any) -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 10_000

    listener.said[0] = endless()
    assert post(listener, trusts, seconds=5)[0] == 200


def test_silence_ends_in_time(listener: Any, trusts: Any) -> None:
    def silent() -> Iterator[bytes]:
        listener.ended.wait(5)
        yield b""

    listener.said[0] = silent()
    began = time.monotonic()
    with pytest.raises(NotFetched):
        post(listener, trusts, seconds=0.4)
    assert time.monotonic() - began < 3


def test_a_certificate_that_nobody_vouches_for_is_not_believed(listener: Any) -> None:
    with pytest.raises(NotFetched):
        post(listener, None)
    assert listener.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "http://push.example/a",
        "https://127.0.0.1/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/a",
        "https://push.example:8443/a",
        "https://inside.example/a",
    ],
)
def test_nothing_else_is_spoken_to(url: str) -> None:
    found = {"push.example": ["93.184.216.34"], "inside.example": ["93.184.216.34", "192.168.0.7"]}
    with pytest.raises(NotFetched):
        post_bytes(url, b"x", {}, resolve=lambda host, _port: found[host])
