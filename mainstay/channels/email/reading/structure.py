"""Takes a mail apart into its leaves: offsets into the raw bytes, so that no nesting makes copies or deep calls.

The standard library's parser needs seconds and gigabytes for mails built to hurt it; this one refuses them while it looks
for the boundaries. What both read must be the same: the tests compare them leaf by leaf.
"""

import re
from dataclasses import dataclass

from mainstay.channels.email import limits

from .errors import UnreadableMail
from .headers import Headers, read_headers
from .words import read_parameters

FIRST_BREAK = re.compile(rb"\r*\n|\r")
BOUNDARY_MAX = 400
# Boundary lines of all levels that are looked at together; a real mail has some hundreds.
DELIMITERS_MAX = 20 * limits.PARTS_MAX


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf: its headers, where its content lies in the bytes, and the multiparts around it from the outside in.

    `within` names their types, `path` tells them apart.
    """

    headers: Headers
    content_type: str
    parameters: dict[str, str]
    start: int
    end: int
    within: tuple[str, ...]
    path: tuple[int, ...]


@dataclass(slots=True)
class _Bounds:
    """What this mail may still cost."""

    parts: int = 0
    containers: int = 0
    delimiters: int = 0
    part_headers_bytes: int = 0


def opened(raw: bytes) -> bytes:
    """The bytes to take apart: blank lines before the first header dropped, old Macintosh line ends made readable."""
    raw = raw.lstrip(b"\r\n")
    first = FIRST_BREAK.search(raw, 0, limits.HEADERS_MAX_BYTES)
    if first and first[0] == b"\r":
        return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def read_structure(raw: bytes) -> tuple[Headers, tuple[Part, ...]]:
    """The mail's own headers and its leaves in order. `raw` must come from `opened`."""
    if len(raw) > limits.MAIL_MAX_BYTES:
        raise UnreadableMail(f"larger than {limits.MAIL_MAX_BYTES // limits.MIB} MB")
    headers, body = read_headers(raw, 0, len(raw), forgiving=True)
    leaves: list[Part] = []
    _take_apart(raw, headers, body, len(raw), (), (), leaves, _Bounds())
    return headers, tuple(leaves)


def _take_apart(
    raw: bytes,
    headers: Headers,
    start: int,
    end: int,
    within: tuple[str, ...],
    path: tuple[int, ...],
    leaves: list[Part],
    bounds: _Bounds,
) -> None:
    default = "message/rfc822" if within and within[-1] == "multipart/digest" else "text/plain"
    content_type, parameters = read_parameters(headers.first("content-type") or default.encode())
    if content_type.count("/") != 1:
        content_type = "text/plain"
    if content_type.startswith("multipart/"):
        if len(within) >= limits.MIME_MAX_DEPTH:
            raise UnreadableMail(f"parts nested more than {limits.MIME_MAX_DEPTH} deep")
        spans = _spans(raw, parameters.get("boundary", ""), start, end, bounds)
        if spans is not None:
            bounds.containers += 1
            inside = (*path, bounds.containers)
            for span_start, span_end in spans:
                inner, body = read_headers(raw, span_start, span_end)
                bounds.part_headers_bytes += body - span_start
                if bounds.part_headers_bytes > limits.PART_HEADERS_MAX_BYTES:
                    raise UnreadableMail(f"more than {limits.PART_HEADERS_MAX_BYTES // limits.MIB} MB of part headers")
                _take_apart(raw, inner, body, span_end, (*within, content_type), inside, leaves, bounds)
            return
        # A multipart without its boundary is shown as the text that it is: nothing of it may get lost.
        content_type = "text/plain"
    bounds.parts += 1
    if bounds.parts > limits.PARTS_MAX:
        raise UnreadableMail(f"more than {limits.PARTS_MAX} parts")
    leaves.append(Part(headers, content_type, parameters, start, end, within, path))


def _spans(raw: bytes, boundary: str, start: int, end: int, bounds: _Bounds) -> list[tuple[int, int]] | None:
    """Where the parts between the boundary lines lie, `None` when there is no such line; the last part may lack its end."""
    mark = boundary.rstrip().encode("utf-8", "replace")
    if not mark or len(mark) > BOUNDARY_MAX:
        return None
    line = re.compile(rb"\n--" + re.escape(mark) + rb"(--)?+[ \t]*+\r*+(?:\n|\Z)")
    spans: list[tuple[int, int]] = []
    opened_at, is_found, is_closed = -1, False, False
    position = max(start - 1, 0)
    while not is_closed and (found := line.search(raw, position, end)):
        bounds.delimiters += 1
        if opened_at >= 0 and found.start() >= opened_at:  # else: a boundary line twice in a row, with no part between
            spans.append((opened_at, _without_line_end(raw, opened_at, found.start())))
        if len(spans) > limits.PARTS_MAX or bounds.delimiters > DELIMITERS_MAX:
            raise UnreadableMail(f"more than {limits.PARTS_MAX} parts")
        opened_at, is_found, is_closed = found.end(), True, bool(found[1])
        position = found.end() - 1
    if is_found and not is_closed and opened_at < end:
        spans.append((opened_at, end))
    return spans if is_found else None


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    """The CR before a boundary line belongs to the boundary."""
    return end - 1 if end > start and raw[end - 1 : end] == b"\r" else end
