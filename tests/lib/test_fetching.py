"""Fetching what somebody else named: every way inside is shut, and nothing is sent to find that out."""

import json
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.lib.fetching import Fetched, NotFetched, fetch_image, is_public, is_public_web
from mainstay.lib.fetching.targets import read_url
from tests.lib.listening import PNG, Listener, answer

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "ssrf" / "cases.json"
PUBLIC = "93.184.215.14"
SAID_IN_WORDS = {"sf-own-18", "sf-own-19", "sf-own-20", "sf-own-21"}

connected: list[Any] = []
sys.addaudithook(lambda event, given: connected.append(given) if event in {"socket.connect", "socket.sendto"} else None)


@pytest.fixture(autouse=True)
def packets() -> Iterator[list[Any]]:
    """Every connection that this process tries to make during the test."""
    connected.clear()
    yield connected


def loopback_too(address: Any, port: int) -> bool:
    """What a test allows beside the public internet: loopback, by its own address."""
    return str(address) == "127.0.0.1" or is_public_web(address, port)


def at(names: dict[str, str]) -> Any:
    return lambda host, port: [names[host]] if host in names else []


def fetch_here(listener: Listener, url: str = "/picture.png", host: str = "pictures.example", **more: Any) -> Fetched:
    more = {"allows": loopback_too, "resolve": at({host: "127.0.0.1"}), **more}
    return fetch_image(f"http://{host}:{listener.port}{url}", **more)


def cases() -> list[Any]:
    if not SAMPLES.is_file():
        return [pytest.param({}, marks=pytest.mark.skip(reason="the shared samples are not beside the project"))]
    found = json.loads(SAMPLES.read_text())["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["id"] not in SAID_IN_WORDS]


@pytest.mark.parametrize("case", cases())
def test_what_leads_inside_is_refused_before_a_packet_leaves(case: dict[str, Any], packets: list[Any]) -> None:
    inside = at({"metadata.google.internal": "169.254.169.254", "localhost": "127.0.0.1"})
    with pytest.raises(NotFetched):
        fetch_image(case["url"], resolve=inside)
    assert packets == []


@pytest.mark.parametrize("case", cases())
def test_nothing_is_heard_at_a_loopback_port_that_waits(case: dict[str, Any]) -> None:
    """The same addresses with the port of a real listener, every port allowed: only the address can refuse them."""
    with Listener(lambda _request: [answer()]) as listener:
        url = re.sub(r"^(\w+://(?:\[::\]|[^/#?:]*))(?::\d+)?", rf"\1:{listener.port}", case["url"])
        with pytest.raises(NotFetched):
            fetch_image(url, allows=lambda address, _port: is_public(address), seconds=1)
        assert listener.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::a00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::1",
        "2002:808:808::1", "3fff::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
        "2606:4700::1%eth0",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", PUBLIC, "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808"]
)
def test_addresses_of_the_public_internet(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_python_calls_inside_is_never_called_public(address: Any) -> None:
    if address.is_private or address.is_multicast or address.is_loopback or address.is_link_local:
        assert not is_public(address)


@pytest.mark.parametrize(
    ("port", "allowed"), [(80, True), (443, True), (22, False), (25, False), (0, False), (8080, False)]
)
def test_only_the_ports_of_the_web(port: int, allowed: bool) -> None:
    assert is_public_web(ip_address(PUBLIC), port) is allowed


@pytest.mark.parametrize(
    "url",
    [
        "", "picture.png", "//x.example/", "http:", "http://", "http:///x", "https:x.example", "data:image/png;base64,AA",
        "javascript:alert(1)", "http://x.example\\@127.0.0.1/", "http://x.example\t.evil.example/", "http://x.example/\r\nHost: y",
        "http://x.example@127.0.0.1/", "http://:secret@x.example/", "http://x%2eexample/", "http://127.1/", "http://2130706433/",
        "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://1.2.3/", "http://1.2.3.4.5/", "http://1.2.3.08/",
        "http://localhost/", "http://intranet/", "http://a..example/", "http://-a.example/", "http://x.example/" + "a" * 2_000,
        "http://１２７.0.0.1/", "http://x.example:99999999/", "http://[::1/", "http://[1.2.3.4]/", "ftp://x.example/a.png",
    ],
)  # fmt: skip
def test_what_cannot_be_read_in_one_way_only_is_refused(url: str, packets: list[Any]) -> None:
    with pytest.raises(NotFetched):
        fetch_image(url, resolve=lambda *_: ["127.0.0.1"])
    assert packets == []


def test_a_usual_address_is_read_as_browsers_read_it() -> None:
    target = read_url("HTTPS://Bücher.Example./a b?x=ü#part".replace(" ", "%20"))
    assert (target.scheme, target.host, target.port) == ("https", "xn--bcher-kva.example", 443)
    assert target.path == b"/a%20b?x=%C3%BC"


def test_a_picture_is_fetched_without_a_word_about_us_or_the_reader() -> None:
    with Listener(lambda _request: [answer(Content_Type="text/html", Set_Cookie="id=1")]) as listener:
        assert fetch_here(listener) == Fetched(PNG, "image/png")
        assert fetch_here(listener).content == PNG
    for request in listener.heard:
        lines = request.decode().lower().split("\r\n")
        assert lines[0] == "get /picture.png http/1.1"
        assert f"host: pictures.example:{listener.port}" in lines
        names = {line.partition(":")[0] for line in lines[1:] if line}
        assert names == {"host", "accept", "accept-encoding", "user-agent", "connection"}


def test_one_address_inside_spoils_all_of_a_name(packets: list[Any]) -> None:
    with pytest.raises(NotFetched):
        fetch_image("http://both.example/x.png", resolve=lambda *_: [PUBLIC, "127.0.0.1"])
    with pytest.raises(NotFetched):
        fetch_image("http://nobody.example/x.png", resolve=lambda *_: [])
    with pytest.raises(NotFetched):
        fetch_image("http://odd.example/x.png", resolve=lambda *_: ["not an address"])
    assert packets == []


def test_a_name_that_changes_its_mind_is_asked_only_once() -> None:
    """Rebinding: the second answer would be inside; the connection goes to the first, which was checked."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with Listener(lambda _request: [answer()]) as listener:
        assert fetch_here(listener, host="rebind.example", resolve=resolve).content == PNG
        with pytest.raises(NotFetched):
            fetch_here(listener, host="rebind.example", resolve=resolve)  # asked anew, and checked anew
    assert asked == ["rebind.example"] * 2
    assert len(listener.heard) == 1


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/", "http://localhost/", "http://169.254.169.254/latest/", "file:///etc/passwd", "//[::1]/",
        "http://inside.example/", "http://pictures.example:22/", "gopher://x.example/", "http://a@pictures.example/", "",
    ],
)  # fmt: skip
def test_a_redirect_is_checked_like_a_first_address(location: str) -> None:
    with Listener(lambda _request: [answer(b"", "302 Found", Location=location)]) as listener:
        names = {"pictures.example": "127.0.0.1", "inside.example": "10.0.0.1"}
        own = listener.port

        def allows(address: Any, port: int) -> bool:
            return (str(address), port) == ("127.0.0.1", own)

        with pytest.raises(NotFetched):
            fetch_here(listener, allows=allows, resolve=at(names))
    assert len(listener.heard) == 1


def test_three_redirects_are_followed_and_no_fourth() -> None:
    def say(request: bytes) -> Iterable[bytes]:
        step = int(re.search(rb"/(\d+)", request)[1])  # type: ignore[index]
        yield answer() if step == 0 else answer(b"", "307 Temporary Redirect", Location=f"/{step - 1}")

    with Listener(say) as listener:
        assert fetch_here(listener, "/3").content == PNG
        assert len(listener.heard) == 4
        with pytest.raises(NotFetched):
            fetch_here(listener, "/4")
        assert len(listener.heard) == 8


@pytest.mark.parametrize("says_its_size", [True, False])
def test_a_body_without_end_is_cut_off(says_its_size: bool) -> None:
    sent = 0

    def say(_request: bytes) -> Iterator[bytes]:
        nonlocal sent
        size = f"Content-Length: {10 * 2**30}\r\n" if says_its_size else ""
        yield b"HTTP/1.1 200 OK\r\n" + size.encode() + b"\r\n" + PNG
        while True:
            sent += 65_536
            yield b"x" * 65_536

    with Listener(say) as listener:
        with pytest.raises(NotFetched) as refused:
            fetch_here(listener, bytes_max=2**20)
        assert refused.value.because == "too large"
        until_quiet(lambda: sent)
    assert sent < 16 * 2**20  # what the loopback's buffers hold is more than was read


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_one_byte_at_a_time_ends_in_time(start: bytes) -> None:
    def say(_request: bytes) -> Iterator[bytes]:
        yield start
        while not listener.ended.wait(0.05):
            yield b"a"

    with Listener(say) as listener:
        began = time.monotonic()
        with pytest.raises(NotFetched):
            fetch_here(listener, seconds=0.5)
        assert time.monotonic() - began < 3


def test_a_resolver_that_never_answers_ends_in_time() -> None:
    never = threading.Event()
    began = time.monotonic()
    with pytest.raises(NotFetched):
        fetch_image("http://slow.example/x.png", resolve=lambda *_: [str(never.wait(20))], seconds=0.2)
    assert time.monotonic() - began < 3
    never.set()


@pytest.mark.parametrize(
    "said",
    [
        answer(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Content_Type="image/png"),
        answer(b"<html>", Content_Type="image/png"),
        answer(b""),
        answer(PNG, "404 Not Found"),
        answer(PNG, "304 Not Modified"),
        answer(PNG[:16] + (100_000).to_bytes(4, "big") * 2 + PNG[24:]),
        b"nonsense\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_picture_is_not_given_on(said: bytes) -> None:
    with Listener(lambda _request: [said]) as listener, pytest.raises(NotFetched):
        fetch_here(listener)


def test_over_tls_the_name_is_asked_for_and_the_certificate_is_checked() -> None:
    """To the checked address, but under the name that was asked for; what answers without a certificate is refused."""
    with Listener(lambda _request: [b"HTTP/1.1 200 OK\r\n\r\n" + PNG]) as listener:
        with pytest.raises(NotFetched):
            fetch_image(
                f"https://pictures.example:{listener.port}/x.png",
                allows=loopback_too,
                resolve=at({"pictures.example": "127.0.0.1"}),
            )
        assert listener.heard[0][:2] == b"\x16\x03"
        assert b"pictures.example" in listener.heard[0]
        assert b"x.png" not in listener.heard[0]


def test_every_refusal_reads_the_same() -> None:
    """Whether a port is open inside can't be told from the words."""
    words = set()
    for url in ("http://10.0.0.1/", "http://x.example:22/", "file:///etc/passwd", "http://nobody.example/"):
        with pytest.raises(NotFetched) as refused:
            fetch_image(url, resolve=lambda *_: [])
        words.add(str(refused.value))
    assert words == {"This could not be fetched."}


def until_quiet(figure: Any) -> None:
    """Waits until the figure no longer changes."""
    last = -1
    while last != (last := figure()):
        time.sleep(0.1)
