"""Opens Outlook's `winmail.dat` (TNEF, MS-OXTNEF): the files in it and the text, or nothing when anything looks odd."""

import struct
from dataclasses import dataclass, field

from mainstay.channels.email import limits

from .charsets import decode_bytes

SIGNATURE = b"\x78\x9f\x3e\x22"
ATTRIBUTES_MAX = 20_000
VALUES_MAX = 50_000

# Attributes (type and name together).
BODY, MESSAGE_CLASS, CODEPAGE, MESSAGE_PROPERTIES = 0x0002800C, 0x00078008, 0x00069007, 0x00069003
FILE_STARTS, FILE_NAME, FILE_CONTENT, FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# MAPI properties.
TEXT, HTML, RTF = 0x1000, 0x1013, 0x1009
CONTENT, LONG_NAME, MIME_TYPE, CONTENT_ID, DISPLAY_NAME = 0x3701, 0x3707, 0x370E, 0x3712, 0x3001
# How many bytes the value of a property type takes; those of the second table say it themselves.
FIXED = {
    0x02: 4,
    0x03: 4,
    0x04: 4,
    0x0A: 4,
    0x0B: 4,
    0x05: 8,
    0x06: 8,
    0x07: 8,
    0x14: 8,
    0x40: 8,
    0x48: 16,
    0x00: 0,
    0x01: 0,
}
OBJECT, UNICODE, BINARY, MANY = 0x0D, 0x1F, 0x102, 0x1000
COUNTED = {OBJECT, 0x1E, UNICODE, BINARY}
NOTES = ("ipm.note", "ipm.microsoft mail.note")


class _Odd(Exception):
    """Not what the format says: it is left closed."""


@dataclass(slots=True)
class PackedFile:
    """One file out of a TNEF stream; its name and type are hearsay."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Packed:
    """What a TNEF stream holds. `is_whole`: nothing else of use is in it, so that nobody needs the stream any more."""

    text: str = ""
    html: str = ""
    files: list[PackedFile] = field(default_factory=list)
    has_rtf: bool = False
    is_whole: bool = True
    values: int = 0

    def count_values(self, number: int) -> None:
        """A stream may cost only so much; a real one has some hundreds of values."""
        self.values += number
        if self.values > VALUES_MAX:
            raise _Odd


def is_tnef(content: bytes) -> bool:
    return content.startswith(SIGNATURE)


def unpacked(content: bytes) -> Packed | None:
    """What is in the stream; `None` when it is damaged, cut off, or over the limits."""
    try:
        return _read(content)
    except (_Odd, struct.error):
        return None


def _read(content: bytes) -> Packed:
    packed = Packed()
    charset = "cp1252"
    position, count = 6, 0
    while position < len(content):
        level, attribute, length = struct.unpack_from("<BII", content, position)
        start, end = position + 9, position + 9 + length
        (checksum,) = struct.unpack_from("<H", content, end)
        value = content[start:end]
        count += 1
        if level not in {1, 2} or count > ATTRIBUTES_MAX or sum(value) & 0xFFFF != checksum:
            raise _Odd
        if attribute == CODEPAGE and length >= 4:
            charset = f"cp{struct.unpack_from('<I', value)[0]}"
        elif level == 1:
            _read_message(packed, attribute, value, charset)
        else:
            _read_file(packed, attribute, value, charset)
        position = end + 2
    if not count:
        raise _Odd
    packed.files = [file for file in packed.files if file.content or (file.name and packed.is_whole)]
    return packed


def _read_message(packed: Packed, attribute: int, value: bytes, charset: str) -> None:
    if attribute == MESSAGE_CLASS:
        # An appointment or a task says more than its text.
        packed.is_whole = packed.is_whole and decode_bytes(value).strip("\x00 ").lower() in NOTES
    elif attribute == BODY:
        packed.text = packed.text or decode_bytes(value, charset)
    elif attribute == MESSAGE_PROPERTIES:
        properties = _properties(packed, value, charset)
        packed.text = packed.text or _text(properties.get(TEXT, ""))
        html = properties.get(HTML, "")
        packed.html = packed.html or (decode_bytes(html, charset) if isinstance(html, bytes) else html)
        packed.has_rtf = packed.has_rtf or RTF in properties


def _read_file(packed: Packed, attribute: int, value: bytes, charset: str) -> None:
    if attribute == FILE_STARTS:
        if len(packed.files) >= limits.PARTS_MAX:
            raise _Odd
        packed.files.append(PackedFile())
        return
    if not packed.files:
        raise _Odd
    file = packed.files[-1]
    if attribute == FILE_NAME:
        file.name = file.name or decode_bytes(value, charset).strip("\x00")
    elif attribute == FILE_CONTENT:
        file.content = file.content or value
    elif attribute == FILE_PROPERTIES:
        properties = _properties(packed, value, charset)
        file.name = _text(properties.get(LONG_NAME)) or file.name or _text(properties.get(DISPLAY_NAME))
        file.content_type = _text(properties.get(MIME_TYPE)).strip().lower()
        file.content_id = _text(properties.get(CONTENT_ID)).strip("<> ")
        inner = properties.get(CONTENT)
        if isinstance(inner, bytes) and not file.content:
            # A mail or a document inside: the whole stream is kept beside what could be taken out.
            packed.is_whole = False


def _text(value: str | bytes | None) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""


def _properties(packed: Packed, value: bytes, charset: str) -> dict[int, str | bytes]:
    """The properties that are text or bytes; of one with many values the first."""
    found: dict[int, str | bytes] = {}
    (count,) = struct.unpack_from("<I", value)
    position = 4
    packed.count_values(count)
    for _ in range(count):
        kind, name = struct.unpack_from("<HH", value, position)
        position = _after_name(value, position + 4) if name >= 0x8000 else position + 4
        plain = kind & ~MANY
        times = 1
        if kind & MANY or plain in COUNTED:
            (times,) = struct.unpack_from("<I", value, position)
            position += 4
            packed.count_values(times)
        for _value in range(times):
            if plain in FIXED:
                length = FIXED[plain]
            elif plain in COUNTED:
                (length,) = struct.unpack_from("<I", value, position)
                position += 4
            else:
                raise _Odd
            content = value[position : position + length]
            if len(content) != length:
                raise _Odd
            if plain in COUNTED:
                found.setdefault(name, _decoded(plain, content, charset))
            position += length + -length % 4
    return found


def _after_name(value: bytes, position: int) -> int:
    """A property with a name of its own: a GUID, and a number or a text."""
    (kind,) = struct.unpack_from("<I", value, position + 16)
    if kind == 0:
        return position + 24
    (length,) = struct.unpack_from("<I", value, position + 20)
    return position + 24 + length + -length % 4


def _decoded(kind: int, content: bytes, charset: str) -> str | bytes:
    if kind == UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\x00")
    if kind in {OBJECT, BINARY}:
        return content
    return decode_bytes(content, charset)
