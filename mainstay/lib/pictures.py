"""Knows a picture by its bytes: what kind it is and how large it will be, whatever it is called."""

from collections.abc import Callable
from dataclasses import dataclass

PIXELS_MAX = 50_000_000  # a larger one costs a browser 200 MB and more
HEAD_BYTES = 512 * 1024  # a camera's notes stand before a JPEG's size
JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that browsers show without running anything."""

    content_type: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture | None:
    """The PNG, JPEG, GIF or WebP that begins with these bytes; None for all else, SVG too, and for one too large to show."""
    found = next((reader(content) for start, reader in READERS if content.startswith(start)), None)
    if found is None or not 0 < found.width * found.height <= PIXELS_MAX:
        return None
    return found


def _png(content: bytes) -> Picture | None:
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return Picture("image/png", int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))


def _gif(content: bytes) -> Picture | None:
    if len(content) < 10:
        return None
    return Picture("image/gif", int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little"))


def _jpeg(content: bytes) -> Picture | None:
    """The size stands in the first frame; the segments before it are stepped over."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        kind = content[at + 1]
        if kind in JPEG_SIZES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return Picture("image/jpeg", int.from_bytes(width, "big"), int.from_bytes(height, "big"))
        if kind == 0xFF:
            at += 1
        elif kind in JPEG_BARE:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return None


def _webp(content: bytes) -> Picture | None:
    if content[8:12] != b"WEBP" or len(content) < 30:
        return None
    form, data = content[12:16], content[20:30]
    if form == b"VP8X":
        width, height = int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    elif form == b"VP8L" and data[0] == 0x2F:
        bits = int.from_bytes(data[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif form == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    else:
        return None
    return Picture("image/webp", width, height)


READERS: tuple[tuple[bytes, Callable[[bytes], Picture | None]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF87a", _gif),
    (b"GIF89a", _gif),
    (b"RIFF", _webp),
)
