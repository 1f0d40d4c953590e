"""Undoes the transfer encoding of one part, also where the label lies."""

import binascii
import re
from io import BytesIO

from .structure import Part
from .words import decode_base64

BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t "
AFTER_PADDING = re.compile(rb"=\s*([A-Za-z0-9+/])")
BEGIN_UU = re.compile(rb"begin [0-7]{3,4} [^\n]*\n")
# How much of a part may be foreign to base64 before it counts as plain text with a wrong label.
FOREIGN_SHARE = 0.05
PADDINGS_READ = 1_000


def part_content(raw: bytes, part: Part) -> bytes:
    """The bytes that the sender put in; what cannot be decoded is given as it stands."""
    content = raw[part.start : part.end]
    encoding = part.headers.first("content-transfer-encoding").partition(b";")[0].strip().strip(b'"').lower()
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(content)
    if encoding == b"base64":
        return _from_base64(content)
    if encoding in {b"x-uuencode", b"uuencode", b"uue", b"x-uue"}:
        return _from_uu(content)
    return content


def _from_base64(content: bytes) -> bytes:
    foreign = len(content.translate(None, BASE64_LETTERS))
    if foreign > len(content) * FOREIGN_SHARE:
        return content
    # Some programs encode a file in pieces and join the pieces, padding and all.
    pieces: list[bytes] = []
    position = 0
    for count, found in enumerate(AFTER_PADDING.finditer(content)):
        if count >= PADDINGS_READ:
            break
        pieces.append(decode_base64(content[position : found.start() + 1]))
        position = found.start(1)
    pieces.append(decode_base64(content[position:]))
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _from_uu(content: bytes) -> bytes:
    begin = BEGIN_UU.search(content)
    if not begin:
        return content
    decoded = bytearray()
    for ended in BytesIO(content[begin.end() :]):
        line = ended.rstrip(b"\r\n")
        if line.strip() in {b"end", b"`", b""}:
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:
            # Trailing blanks that were cut or added on the way: read as many letters as the line says it has.
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[:wanted])
            except binascii.Error:
                return content
    return bytes(decoded)
