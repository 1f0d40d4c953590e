"""One form for each address, and tokens that survive the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.addresses import canonical_address, new_message_id, new_token, token_address, token_in

DESK = "support@intercom.example"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("Bob@Example.COM", "bob@example.com"),
        (" bob@example.com. ", "bob@example.com"),
        ('"bob.smith"@example.com', "bob.smith@example.com"),
        ("bob+tag@example.com", "bob+tag@example.com"),
        ("bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@BÜCHER.example", "bob@xn--bcher-kva.example"),
        ("bob@bu\u0308cher.example", "bob@xn--bcher-kva.example"),
        ("bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example"),
        ("root@localhost", "root@localhost"),
        ("müller@example.com", "müller@example.com"),
    ],
)
def test_the_same_mailbox_has_one_form(written: str, canonical: str) -> None:
    assert canonical_address(written) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mike@example.com", "mıke@example.com"),
        ("strasse@example.com", "straße@example.com"),
        ("bob@strasse.example", "bob@straße.example"),
        ("mike@example.com", "mi\u212ae@example.com"),
        ("bob@example.com", "bob@ex\u0430mple.com"),
        ("bob@example.com", "bob+x@example.com"),
    ],
)
def test_look_alikes_stay_different(one: str, other: str) -> None:
    assert canonical_address(one) is not None
    assert canonical_address(one) != canonical_address(other)


@pytest.mark.parametrize(
    "written",
    [
        "", "bob", "@example.com", "bob@", "bob@.example", "bob@exa mple.com", "bob smith@example.com", "bob@example..com",
        '"a@ours"@evil.example', "bob@\u212aelvin.example", "bob@ｅxample.com", "b\x00b@example.com", "bob@-x.example",
        "a" * 65 + "@example.com", "bob@" + "a" * 64 + ".example", "bob@" + ".".join(["abcdefgh"] * 40), "<bob@example.com>",
        "bob@example.com\r\nBcc: x@y", "bob@exam\u200bple.com", "é" * 40 + "@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(written: str) -> None:
    assert canonical_address(written) is None


@given(st.text())
def test_any_text_is_an_address_in_one_stable_form_or_none(text: str) -> None:
    canonical = canonical_address(text)
    assert canonical is None or canonical_address(canonical) == canonical


def test_a_token_comes_back_from_its_address_in_any_case() -> None:
    token = new_token()
    address = token_address(DESK, token)
    assert address == f"support+t.{token}@intercom.example"
    assert token_in(address, DESK) == token
    assert token_in(address.upper(), DESK) == token


def test_tokens_have_128_bits_and_differ() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) * 5 >= 128 for token in tokens)


@pytest.mark.parametrize(
    "address",
    [DESK, "support+t.@intercom.example", "support+x@intercom.example", f"other+t.{'a' * 26}@intercom.example",
     f"support+t.{'a' * 26}@evil.example", f"support+t.{'a' * 27}@intercom.example", "rubbish"],
)  # fmt: skip
def test_an_address_without_a_token_of_ours_has_none(address: str) -> None:
    assert token_in(address, DESK) is None


def test_a_base_without_room_for_a_token_is_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        token_address("a" * 50 + "@intercom.example", new_token())


def test_message_ids_are_unique_and_in_brackets() -> None:
    one, other = new_message_id("Intercom.example"), new_message_id("Intercom.example")
    assert one != other
    assert one.startswith("<")
    assert one.endswith("@intercom.example>")
    with pytest.raises(ValueError, match="no domain"):
        new_message_id("intercom.example>\r\nBcc: x")
