"""The only way out to trackers: to the address that was checked, encrypted, in time, and inside only where it was allowed."""

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from mainstay.escalations.asking import Web, is_inside, read_address
from mainstay.escalations.errors import TrackerTrouble, WrongSetUp
from mainstay.escalations.tracking import Access
from tests.certificates import make_certificates
from tests.lib.listening import Listener, answer
from tests.trackers.fakes import FAKES, TOKEN, FakeGitLab


def web(address: str, *, resolve: Any = None, **more: Any) -> Web:
    access = Access(**{"address": address, "project": "a/b", "token": TOKEN, **more})
    extra = {"resolve": resolve} if resolve else {}
    return Web("GitLab", access, {"PRIVATE-TOKEN": TOKEN}, seconds=2.0, **extra)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "gitlab.example",
            "ftp://gitlab.example",
            "javascript:alert(1)",
            "https://",
            "https://user@gitlab.example",
        ),
        *("https://gitlab.example@evil.example", "https://gitlab.example/?x=1", "https://gitlab.example/#x"),
        *("https://gitlab.example\\@evil.example", "https://git lab.example", "https://127.1", "https://2130706433"),
        *(
            "https://0x7f.1",
            "https://gitlab..example",
            "https://gitlab.example:99999",
            "https://[::1",
            "https://-a.example",
        ),
        "http://gitlab.example",
    ],
)
def test_an_address_that_two_readers_could_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(WrongSetUp):
        read_address(text)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("https://gitlab.example", "gitlab.example", 443),
        ("https://gitlab", "gitlab", 443),
        ("https://GitLab.Example:8443/gitlab", "gitlab.example", 8443),
        ("http://127.0.0.1:8080", "127.0.0.1", 8080),
        ("http://localhost:8080", "localhost", 8080),
        ("https://10.0.0.7", "10.0.0.7", 443),
        ("https://[fd00::7]", "fd00::7", 443),
    ],
)
def test_an_address_is_read_in_one_way(text: str, host: str, port: int) -> None:
    target = read_address(text)
    assert (target.host.strip("[]"), target.port) == (host, port)


@pytest.mark.parametrize(
    ("address", "may"),
    [
        *(("10.0.0.1", True), ("192.168.1.1", True), ("127.0.0.1", True), ("172.16.0.1", True), ("100.64.0.1", True)),
        *(("169.254.169.254", False), ("0.0.0.0", False), ("224.0.0.1", False), ("255.255.255.255", False)),
        *(("::1", True), ("fd00::1", True), ("fe80::1", False), ("::", False), ("ff02::1", False)),
        *(("::ffff:169.254.169.254", False), ("::ffff:10.0.0.1", True)),
    ],
)
def test_inside_is_a_companys_network_and_never_what_a_cloud_keeps(address: str, may: bool) -> None:
    assert is_inside(ip_address(address)) is may


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "192.168.0.1"])
def test_no_packet_goes_inside_unless_it_was_allowed_for_this_tracker(inside: str) -> None:
    with Listener(lambda _request: [answer(b"{}")]) as there:
        asking = web(f"https://tracker.example:{there.port}", resolve=lambda _host, _port: [inside])
        with pytest.raises(TrackerTrouble, match="public internet"):
            asking.ask("GET", "/")
        assert there.heard == []


def test_a_name_that_leads_outside_and_inside_is_refused() -> None:
    with Listener(lambda _request: [answer(b"{}")]) as there:
        asking = web(f"https://tracker.example:{there.port}", resolve=lambda _host, _port: ["8.8.8.8", "127.0.0.1"])
        with pytest.raises(TrackerTrouble):
            asking.ask("GET", "/")
        assert there.heard == []


def test_clouds_own_addresses_stay_shut_even_when_inside_is_allowed() -> None:
    asking = web("https://tracker.example", allows_private=True, resolve=lambda _host, _port: ["169.254.169.254"])
    with pytest.raises(TrackerTrouble, match="no tracker has"):
        asking.ask("GET", "/")


def test_a_redirect_is_told_and_the_token_goes_nowhere_else() -> None:
    with (
        Listener(lambda _request: [answer(b"{}")]) as thief,
        Listener(lambda _request: [answer(b"", "302 Found", Location=f"http://127.0.0.1:{thief.port}/")]) as there,
    ):
        asking = web(f"http://127.0.0.1:{there.port}", allows_private=True)
        with pytest.raises(TrackerTrouble, match="another address") as told:
            asking.ask("GET", "/")
        assert told.value.needs_person
        assert thief.heard == []
        assert TOKEN.encode() in there.heard[0]


def test_a_certificate_that_nobody_signed_is_refused_and_one_of_our_own_authority_is_not(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    fake = FakeGitLab()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)
    fake.server.handle_error = lambda *_request: None  # type: ignore[method-assign]
    with fake:
        address = fake.address.replace("http:", "https:")
        with pytest.raises(TrackerTrouble, match="can't prove who it is") as told:
            web(address, allows_private=True).ask("GET", fake.me)
        assert told.value.needs_person
        assert fake.asked == [], "the token never left"
        asked = web(address, allows_private=True, extra_ca=made.authority).ask("GET", fake.me)
        assert asked["username"] == "mainstay-bot"


def test_what_is_no_json_and_what_is_endless_are_told() -> None:
    with FAKES["gitlab"]() as fake:
        asking = web(fake.address, allows_private=True)
        fake.faults = ["html", "huge"]
        with pytest.raises(TrackerTrouble, match="is not GitLab"):
            asking.ask("GET", "/api/v4/user")
        with pytest.raises(TrackerTrouble, match="far more"):
            asking.ask("GET", "/api/v4/user")


def test_a_refusal_tells_the_trackers_own_words_but_no_secret() -> None:
    with FAKES["gitlab"]() as fake:
        fake.faults = ["422"]
        with pytest.raises(TrackerTrouble) as told:
            web(fake.address, allows_private=True).ask("POST", "/api/v4/x", data={"title": "x"})
        assert "as planned" in str(told.value)
        assert TOKEN not in str(told.value)
