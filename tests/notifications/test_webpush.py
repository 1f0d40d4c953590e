"""What a push service gets: by the published example of RFC 8291, and read by a browser of our own."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from mainstay.notifications.errors import NotABrowser
from mainstay.notifications.webpush import PAYLOAD_MAX, authorization, encrypted, point_of, to_text
from tests.notifications.push_service import Browser, claims_of, raw

# RFC 8291, Appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_POINT = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER_SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
PUBLISHED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95b"
    "Qpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_to_the_byte() -> None:
    ours = ec.derive_private_key(int.from_bytes(raw(SENDER_KEY), "big"), ec.SECP256R1())
    assert to_text(point_of(ours.public_key())) == SENDER_POINT
    found = encrypted(PLAIN, BROWSER_POINT, BROWSER_SECRET, ours=ours, salt=raw(SALT))
    assert to_text(found) == PUBLISHED


@given(st.binary(max_size=PAYLOAD_MAX))
def test_only_the_browser_reads_it(content: bytes) -> None:
    browser = Browser()
    sealed = encrypted(content, browser.public_key, browser.secret)
    assert browser.read(sealed) == content
    assert len(content) < 8 or content not in sealed
    assert len(sealed) <= 4096


def test_no_two_messages_share_a_key() -> None:
    browser = Browser()
    first, second = (encrypted(b"same", browser.public_key, browser.secret) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_more_than_a_push_service_takes_is_refused() -> None:
    browser = Browser()
    with pytest.raises(ValueError, match="3,000"):
        encrypted(b"x" * (PAYLOAD_MAX + 1), browser.public_key, browser.secret)


@pytest.mark.parametrize(
    ("public_key", "secret"),
    [
        ("", BROWSER_SECRET),
        ("*", BROWSER_SECRET),
        (BROWSER_POINT[:-2], BROWSER_SECRET),
        (to_text(b"\x04" + b"\x01" * 64), BROWSER_SECRET),  # not on the curve
        (to_text(b"\x02" + b"\x01" * 32), BROWSER_SECRET),  # compressed
        (BROWSER_POINT, ""),
        (BROWSER_POINT, "AAAA"),
        (BROWSER_POINT, "é"),
    ],
)
def test_what_is_no_key_is_refused(public_key: str, secret: str) -> None:
    with pytest.raises(NotABrowser):
        encrypted(b"x", public_key, secret)


def test_we_say_who_we_are_to_this_service_only_and_for_half_a_day() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    header = authorization("https://push.example:443/a/b?c", key, "mailto:postmaster@desk.example", at=1_000_000.7)
    claims, public = claims_of(header)
    assert claims == {
        "aud": "https://push.example:443",
        "exp": 1_000_000 + 12 * 3600,
        "sub": "mailto:postmaster@desk.example",
    }
    assert public == to_text(point_of(key.public_key()))


def test_a_signature_of_another_key_is_none() -> None:
    one, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    header = authorization("https://push.example/a", one, "https://desk.example")
    forged = header.rpartition("k=")[0] + "k=" + to_text(point_of(other.public_key()))
    with pytest.raises(InvalidSignature):
        claims_of(forged)
