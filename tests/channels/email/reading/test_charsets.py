"""Text from bytes, whatever the label says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.reading.charsets import decode_bytes


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        ("Größe".encode(), "utf-8", "Größe"),
        ("Größe".encode(), "", "Größe"),
        ("Größe".encode("latin-1"), "iso-8859-1", "Größe"),
        ("Größe €".encode("cp1252"), "iso-8859-1", "Größe €"),
        ("Größe".encode("latin-1"), "utf-8", "Größe"),
        ("Größe".encode("latin-1"), "us-ascii", "Größe"),
        ("привет".encode("koi8-r"), "KOI8-R", "привет"),
        ("日本語".encode("iso-2022-jp"), "iso-2022-jp", "日本語"),
        ("中文".encode("gbk"), "gb2312", "中文"),
        ("中文".encode("gbk"), "iso-gb2312", "中文"),
        ("한국어".encode("cp949"), "ks_c_5601-1987", "한국어"),
        ("Größe".encode(), "X-UNKNOWN", "Größe"),
        ("Größe".encode(), "utf-8\x00", "Größe"),
        (b"abc-", "punycode", "abc-"),
        (b"x\x9cxyz", "zlib", "xœxyz"),
        (b"\\u0041", "unicode_escape", "\\u0041"),
        (b"a\x00b", "utf-8", "ab"),
        (b"+2AA-", "utf-7", ""),
        (b"\x81", "", "\ufffd"),
    ],
)
def test_bytes_become_the_text_that_was_meant(content: bytes, label: str, text: str) -> None:
    assert decode_bytes(content, label) == text


def test_one_broken_place_does_not_spoil_a_text() -> None:
    text = "Größe und Länge und Höhe und Fläche und schöne Grüße. " * 3
    assert decode_bytes(text.encode() + b"\xc3", "utf-8") == text + "\ufffd"


@given(st.binary(), st.text(max_size=30))
def test_any_bytes_under_any_label_become_storable_text(content: bytes, label: str) -> None:
    text = decode_bytes(content, label)
    assert "\x00" not in text
    text.encode("utf-8")
