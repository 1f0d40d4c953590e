"""Pictures known by their bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.lib.pictures import Picture, picture_of


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06\x00\x00\x00"


def jpeg(width: int, height: int, before: int = 0) -> bytes:
    notes = b"\xff\xe1" + struct.pack(">H", before + 2) + b"\xff" * before
    return b"\xff\xd8" + notes + b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" * 12


def webp(form: bytes, data: bytes) -> bytes:
    return b"RIFF\x00\x00\x00\x00WEBP" + form + b"\x00\x00\x00\x00" + data.ljust(10, b"\x00")


@pytest.mark.parametrize(
    ("content", "picture"),
    [
        (png(640, 480), Picture("image/png", 640, 480)),
        (b"GIF89a" + struct.pack("<HH", 3, 2), Picture("image/gif", 3, 2)),
        (b"GIF87a" + struct.pack("<HH", 300, 2), Picture("image/gif", 300, 2)),
        (jpeg(4032, 3024), Picture("image/jpeg", 4032, 3024)),
        (jpeg(4032, 3024, before=60_000), Picture("image/jpeg", 4032, 3024)),
        (webp(b"VP8X", b"\x00" * 4 + b"\x7f\x02\x00\xdf\x01\x00"), Picture("image/webp", 640, 480)),
        (webp(b"VP8L", b"\x2f" + ((480 - 1) << 14 | (640 - 1)).to_bytes(4, "little")), Picture("image/webp", 640, 480)),
        (webp(b"VP8 ", b"\x00" * 3 + b"\x9d\x01\x2a" + struct.pack("<HH", 640, 480)), Picture("image/webp", 640, 480)),
    ],
)
def test_the_four_kinds_that_are_shown(content: bytes, picture: Picture) -> None:
    assert picture_of(content) == picture


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<?xml version='1.0'?><svg/>", b"<html>", b"%PDF-1.7", b"BM" + b"x" * 60,
        b"\x00\x00\x01\x00", b"GIF89a<script>alert(1)</script>"[:8], png(0, 5), png(40_000, 40_000), png(2**32 - 1, 1),
        b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", b"\xff\xd8\xff\xe0<script>", webp(b"VP8Q", b""), b"RIFF0000WAVE" + b"x" * 30,
    ],
)  # fmt: skip
def test_nothing_else_is_a_picture(content: bytes) -> None:
    assert picture_of(content) is None


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF0000WEBPVP8X"]), st.binary(max_size=80))
def test_any_bytes_are_read_without_a_fault(start: bytes, rest: bytes) -> None:
    found = picture_of(start + rest)
    assert found is None or found.width * found.height > 0
