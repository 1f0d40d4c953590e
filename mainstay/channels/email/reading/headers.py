"""Finds the header block of a mail or part and reads values from it, in linear time and without a surprise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mainstay.channels.email import limits

from .errors import UnreadableMail

FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
BLANK_LINE = re.compile(rb"\n\r*(?:\n|\Z)")
WELL_KNOWN = re.compile(
    rb"(?i)\n(?:from|to|cc|subject|date|message-id|content-type|mime-version|received|return-path)[ \t]*:"
)


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one block in their order, raw. Names are data and never become attributes."""

    fields: tuple[tuple[str, bytes], ...] = ()

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def first(self, name: str) -> bytes:
        return next((value for key, value in self.fields if key == name), b"")

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)


def read_headers(raw: bytes, start: int, end: int, *, forgiving: bool = False) -> tuple[Headers, int]:
    """The header block that opens `raw[start:end]`, and where its body begins; refuses a block over the limits.

    A line that is no header ends the block. Read `forgiving`, as for a whole mail, such a line is damage and skipped
    as long as well-known headers still follow it.
    """
    fields: list[tuple[str, list[bytes]]] = []
    damage_until = -1
    body = end
    for line, position, following in _lines(raw, start, end):
        if position - start > limits.HEADERS_MAX_BYTES:
            raise UnreadableMail(f"more than {limits.HEADERS_MAX_BYTES // limits.KIB} kB of headers")
        if not line:
            body = following
            break
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif found := FIELD.match(line):
            fields.append((found[1].decode("ascii").lower(), [line[found.end() :]]))
            if len(fields) > limits.HEADERS_MAX:
                raise UnreadableMail(f"more than {limits.HEADERS_MAX:,} headers")
        else:
            if damage_until < 0:
                damage_until = _last_well_known(raw, position, end) if forgiving else 0
            if position >= damage_until:
                body = position
                break
    if body - start > limits.HEADERS_MAX_BYTES + 2:
        raise UnreadableMail(f"more than {limits.HEADERS_MAX_BYTES // limits.KIB} kB of headers")
    return Headers(tuple((name, b"\n".join(lines)) for name, lines in fields)), body


def _lines(raw: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Each line without its ending, where it starts, and where the next one does."""
    position = start
    while position < end:
        newline = raw.find(b"\n", position, end)
        following = end if newline < 0 else newline + 1
        yield raw[position : end if newline < 0 else newline].rstrip(b"\r"), position, following
        position = following


def _last_well_known(raw: bytes, start: int, end: int) -> int:
    """Where the last well-known header before the next blank line stands; 0 when there is none."""
    window = min(end, start + limits.HEADERS_MAX_BYTES)
    blank = BLANK_LINE.search(raw, start, window)
    last = 0
    for found in WELL_KNOWN.finditer(raw, start, blank.start() if blank else window):
        last = found.start() + 1
    return last
