"""Whether a mail was proven to come from its sender, and all the ways to pretend it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.reading.authentication import HEADERS_READ, verdict_of
from tests.effort import with_effort

OURS = "mx.desk.example"
BOB = "bob@partner.example"
PASS = f"{OURS}; dmarc=pass header.from=partner.example"


def verdict(*results: str, sender: str = BOB, trusted: tuple[str, ...] = (OURS,)) -> str:
    return verdict_of(results, sender, trusted=trusted)


@pytest.mark.parametrize(
    "value",
    [
        "dmarc=pass header.from=partner.example",
        "dmarc=pass (p=reject; dis=none) header.from=Partner.Example",
        "dkim=pass header.d=partner.example",
        "dkim=pass header.i=@x header.d=partner.example header.s=mail header.b=a1b2c3",
        'dkim=pass reason="good signature" header.d="partner.example"',
        "dkim = pass (2048-bit (rsa) key) header.d = partner.example",
        "dkim/1=pass header.d=partner.example",
        "DKIM=PASS HEADER.D=PARTNER.EXAMPLE",
        "spf=pass smtp.mailfrom=bounces@partner.example",
        "spf=pass smtp.mailfrom=partner.example",
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=partner.example; dkim=none; compauth=pass reason=100",
        "dkim=fail header.d=partner.example; dkim=pass header.d=partner.example",
        "spf=softfail smtp.mailfrom=evil.example; dkim=pass header.d=partner.example; dmarc=none",
    ],
)
def test_what_our_server_found_is_believed(value: str) -> None:
    assert verdict(f"{OURS}; {value}") == "verified"
    assert verdict(f"{OURS.upper()} 1;\t{value}") == "verified"
    assert verdict(f'"{OURS}"; {value}') == "verified"
    assert verdict(f"(note) {OURS}; {value}") == "verified"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "none",
        "dmarc=pass",
        "dmarc=pass header.from=evil.example",
        "dmarc=bestguesspass header.from=partner.example",
        "dkim=pass header.d=evil.example",
        "dkim=pass header.d=partner.example.evil.example",
        "dkim=pass header.d=xpartner.example",
        "dkim=pass header.d=mail.partner.example",
        "dkim=pass header.d=example",
        "dkim=pass header.i=@partner.example",
        "dkim=neutral header.d=partner.example",
        "spf=pass smtp.helo=partner.example",
        "spf=pass smtp.mailfrom=<>",
        "spf=pass smtp.mailfrom=",
        "x-dkim=pass header.d=partner.example",
        "auth=pass smtp.auth=bob@partner.example",
        "dkim=pass header.d=evil.example (header.d=partner.example)",
        "dkim=fail (dkim=pass header.d=partner.example)",
        "dkim=fail reason=\"; dkim=pass header.d=partner.example\"",
        "spf=pass smtp.mailfrom=\"partner.example\"@evil.example",
        "spf=pass smtp.mailfrom=\"a; dkim=pass header.d=partner.example\"@evil.example",
        "spf=pass smtp.mailfrom=partner.example @evil.example",
        "spf=pass smtp.mailfrom=partner.example(x)@evil.example",
        "spf=pass smtp.mailfrom=evil.example smtp.mailfrom=partner.example",
        "dkim=pass header.d=partner.example header.d=evil.example",
        "dkim=pass header.d\"=\"partner.example",
        "dkim=pass header.d=partner.example (never closed",
        "dkim=pass header.d=partner.example reason=\"never closed",
        "dkim=pass header.d=partner.example; dmarc=fail header.from=partner.example",
        "dmarc=pass header.from=partner.example; dmarc=fail (p=none)",
        "dkim=pass header.d=partner.example; dmarc=fail some junk",
    ],
)  # fmt: skip
def test_anything_less_proves_nothing(value: str) -> None:
    assert verdict(f"{OURS}; {value}") == "unverified"


@pytest.mark.parametrize("subject", ["a@mail.partner.example", "a@deep.mail.partner.example"])
def test_a_domain_vouches_for_what_is_below_it(subject: str) -> None:
    assert verdict(f"{OURS}; dkim=pass header.d=partner.example", sender=subject) == "verified"


@pytest.mark.parametrize(
    "results",
    [
        ("mx.evil.example; dmarc=pass header.from=partner.example",),
        ("mx.evil.example; none", PASS),
        ("", PASS),
        (f"{OURS}.evil.example; dmarc=pass header.from=partner.example",),
        (f"x{OURS}; dmarc=pass header.from=partner.example",),
        (f'"{OURS};"; dmarc=pass header.from=partner.example',),
        ("; dmarc=pass header.from=partner.example",),
        (f"{OURS} dmarc=pass header.from=partner.example",),
        (f"{OURS}; dmarc=none", PASS),
        (f"{OURS}; none", PASS),
        (PASS, f"{OURS}; dmarc=fail header.from=partner.example"),
        (*[f"{OURS}; none"] * HEADERS_READ, PASS),
        (f"{OURS}; dkim=fail ({'x' * 20_000})", PASS),
    ],
)
def test_a_forged_header_is_not_believed(results: tuple[str, ...]) -> None:
    assert verdict(*results) == "unverified"


def test_headers_below_ours_change_nothing() -> None:
    assert verdict(PASS, "mx.evil.example; dmarc=fail header.from=partner.example") == "verified"
    assert verdict(PASS, f"{OURS}; dkim=pass header.d=evil.example") == "verified"


def test_two_servers_of_ours_are_each_believed_once() -> None:
    both = (OURS, "gate.desk.example")
    results = ("gate.desk.example; spf=none", PASS)
    assert verdict(*results, trusted=both) == "verified"
    assert verdict(*results) == "unverified"
    assert verdict("gate.desk.example; dmarc=fail", PASS, trusted=both) == "unverified"


@pytest.mark.parametrize(
    "sender", ["", "bob", "@partner.example", "Bob@partner.example", "bob@partner.example.", "x@example"]
)
def test_a_sender_that_is_no_address_in_its_form_is_never_verified(sender: str) -> None:
    assert verdict(PASS, sender=sender) == "unverified"


def test_without_a_trusted_server_nobody_is_verified() -> None:
    assert verdict(PASS, trusted=()) == "unverified"
    assert verdict("; dmarc=pass header.from=partner.example", trusted=("",)) == "unverified"


@pytest.mark.parametrize("piece", ["(", ")", '"', '"a"', "\\", ";", "=", "a=", "a ", "(a)", '"a', "a=b ", "((("])
def test_no_header_takes_long(piece: str) -> None:
    huge = f"{OURS}; " + piece * (1_000_000 // len(piece))
    large = f"{OURS}; " + piece * (16_000 // len(piece))
    with_effort(1, lambda: (verdict(*[huge] * 100), verdict(*[large] * 100)))


@given(st.lists(st.sampled_from([OURS, ";", "=", "dmarc", "dkim", "pass", "fail", "header.d", "partner.example", '"', "(", ")", " ", "\\"]) | st.text(max_size=5), max_size=30))  # fmt: skip
def test_nobody_is_verified_by_somebody_elses_header(pieces: list[str]) -> None:
    assert verdict("mx.evil.example; " + "".join(pieces), PASS) == "unverified"
