"""Outlook's winmail.dat: opened where it is what it says, kept whole where anything is odd."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.channels.email.reading import ParsedMail, read_mail, tnef
from mainstay.channels.email.reading.tnef import unpacked
from tests.effort import with_effort

PDF = b"%PDF-1.7 drawing"


def attribute(name: int, value: bytes, *, level: int = 1) -> bytes:
    return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def properties(*given_ones: tuple[int, int, bytes]) -> bytes:
    """Counted values (text, bytes) of a type and a name."""
    packed = struct.pack("<I", len(given_ones))
    for kind, name, value in given_ones:
        packed += struct.pack("<HHII", kind, name, 1, len(value)) + value + bytes(-len(value) % 4)
    return packed


def file(name: bytes, content: bytes, *more: tuple[int, int, bytes]) -> bytes:
    packed = attribute(tnef.FILE_STARTS, bytes(14), level=2) + attribute(tnef.FILE_NAME, name + b"\x00", level=2)
    if content:
        packed += attribute(tnef.FILE_CONTENT, content, level=2)
    return packed + (attribute(tnef.FILE_PROPERTIES, properties(*more), level=2) if more else b"")


def stream(*attributes: bytes) -> bytes:
    return tnef.SIGNATURE + b"\x01\x00" + attribute(tnef.CODEPAGE, struct.pack("<II", 1252, 0)) + b"".join(attributes)


def mail(content: bytes, text: bytes = b"See the drawing.") -> ParsedMail:
    return read_mail(
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n"
        + text
        + b"\r\n--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"--b--"
    )


def names(parsed: ParsedMail) -> list[str]:
    return [file.filename for file in parsed.attachments]


NOTE = attribute(tnef.MESSAGE_CLASS, b"IPM.Note\x00")
UNICODE_NAME = (tnef.UNICODE, tnef.LONG_NAME, "Schaltplan Tür.pdf\x00".encode("utf-16-le"))


def test_the_files_in_it_stand_in_its_place() -> None:
    parsed = mail(stream(NOTE, file(b"PLAN~1.PDF", PDF, UNICODE_NAME), file(b"b\xe4.txt", b"words")))
    assert names(parsed) == ["Schaltplan Tür.pdf", "bä.txt"]
    assert [found.content for found in parsed.attachments] == [PDF, b"words"]
    assert parsed.attachments[0].content_type == "application/pdf"
    assert parsed.body_text == "See the drawing."


def test_names_in_it_are_made_harmless() -> None:
    assert names(mail(stream(NOTE, file(b"..\\..\\evil\x00.exe", b"MZ")))) == ["evil.exe"]


@pytest.mark.parametrize(
    "words",
    [
        attribute(tnef.BODY, b"The relay stays closed.\r\n\x00"),
        attribute(tnef.MESSAGE_PROPERTIES, properties((0x1E, tnef.TEXT, b"The relay stays closed.\x00"))),
        attribute(tnef.MESSAGE_PROPERTIES, properties((0x102, tnef.HTML, b"<p>The relay <b>stays</b> closed.</p>"))),
    ],
)
def test_its_words_are_the_mails_when_it_has_none(words: bytes) -> None:
    parsed = mail(stream(NOTE, words), text=b"  ")
    assert parsed.body_text.strip() == "The relay stays closed."
    assert names(parsed) == []
    assert mail(stream(NOTE, words)).body_text == "See the drawing."


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (stream(attribute(tnef.MESSAGE_CLASS, b"IPM.Microsoft Schedule.MtgReq\x00"), file(b"a.pdf", PDF)), ["a.pdf", "winmail.dat"]),
        (stream(NOTE, file(b"inner", b"", (tnef.OBJECT, tnef.CONTENT, b"\x00" * 20))), ["winmail.dat"]),
        (stream(NOTE), ["winmail.dat"]),
        (stream(NOTE, file(b"a.pdf", PDF))[:-1], ["winmail.dat"]),
        (stream(NOTE, file(b"a.pdf", PDF)) + b"\x00\x00", ["winmail.dat"]),
        (stream(NOTE, file(b"a.pdf", PDF)).replace(b"drawing", b"drawinh"), ["winmail.dat"]),
        (stream(NOTE, attribute(tnef.FILE_CONTENT, PDF, level=2)), ["winmail.dat"]),
        (stream(NOTE, attribute(tnef.MESSAGE_PROPERTIES, b"\xff\xff\xff\xff")), ["winmail.dat"]),
        (stream(NOTE, attribute(tnef.MESSAGE_PROPERTIES, struct.pack("<IHH", 1, 0x1002, tnef.TEXT))), ["winmail.dat"]),
        (stream(NOTE, attribute(tnef.MESSAGE_PROPERTIES, struct.pack("<IHHII", 1, 0x1E, tnef.TEXT, 1, 2**31))), ["winmail.dat"]),
        (tnef.SIGNATURE + b"\x00\x00", ["winmail.dat"]),
        (stream(*[file(b"x", b"y")] * 501), ["winmail.dat"]),
    ],
    ids=["meeting", "mail inside", "nothing", "cut", "tail", "damaged", "no start", "count", "many", "length", "bare", "files"],
)  # fmt: skip
def test_whatever_is_odd_keeps_it_whole(content: bytes, kept: list[str]) -> None:
    parsed = mail(content)
    assert names(parsed) == kept
    assert parsed.attachments[-1].content == content


def test_words_in_rich_text_only_keep_it_too() -> None:
    rtf = attribute(tnef.MESSAGE_PROPERTIES, properties((0x102, tnef.RTF, b"\x00" * 16)))
    assert names(mail(stream(NOTE, rtf, file(b"a.pdf", PDF)), text=b"")) == ["a.pdf", "winmail.dat"]
    assert names(mail(stream(NOTE, rtf, file(b"a.pdf", PDF)))) == ["a.pdf"]


def test_named_fixed_and_many_valued_properties_are_passed_over() -> None:
    odd = struct.pack("<I", 5)
    odd += struct.pack("<HHI", 3, 0x0E07, 9)  # a number
    odd += struct.pack("<HH16sIII", 3, 0x8001, bytes(16), 0, 77, 5)  # one named by a number
    odd += struct.pack("<HH16sII", 0x0B, 0x8002, bytes(16), 1, 6) + b"A\x00B\x00\x00\x00\x00\x00" + struct.pack("<I", 1)
    odd += struct.pack("<HHI", 0x1003, 0x0E08, 2) + struct.pack("<II", 1, 2)  # many numbers
    odd += struct.pack("<HHII", 0x1E, tnef.TEXT, 1, 6) + b"words\x00\x00\x00"
    packed = unpacked(stream(attribute(tnef.MESSAGE_PROPERTIES, odd)))
    assert packed is not None
    assert packed.text == "words"


@given(st.binary(max_size=300), st.integers(0, 200))
def test_any_damage_is_survived(noise: bytes, place: int) -> None:
    whole = stream(
        NOTE, file(b"a.pdf", PDF, UNICODE_NAME), attribute(tnef.MESSAGE_PROPERTIES, properties((0x1E, tnef.TEXT, b"x")))
    )
    damaged = whole[:place] + noise + whole[place + len(noise) :]
    packed = unpacked(damaged)
    assert packed is None or sum(len(found.content) for found in packed.files) <= len(damaged)


@pytest.mark.parametrize(
    "piece",
    [
        attribute(tnef.CODEPAGE, b""),
        file(b"x", b""),
        attribute(tnef.MESSAGE_PROPERTIES, struct.pack("<I", 5_000) + struct.pack("<HH", 1, 1) * 5_000),
        attribute(tnef.MESSAGE_PROPERTIES, struct.pack("<IHHI", 1, 0x1000, 1, 5_000)),
        attribute(tnef.FILE_STARTS, bytes(1_000_000), level=2),
    ],
)
def test_no_stream_takes_long(piece: bytes) -> None:
    content = stream() + piece * (5_000_000 // len(piece))
    with_effort(1, lambda: unpacked(content))
