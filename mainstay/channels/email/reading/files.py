"""Takes the files out of a mail: names made harmless, types decided from the bytes."""

import hashlib
import re
import unicodedata

import puremagic

from mainstay.channels.email import limits

from .errors import UnreadableMail
from .headers import read_headers
from .parsed import Attachment
from .structure import Part
from .transfer import part_content
from .words import plain, read_parameters, readable, shortened, unfolded

UNKNOWN = "application/octet-stream"
HEAD_READ = 4_096
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
ACTIVE_MARKUP = re.compile(rb"<\s*[!?a-zA-Z]")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
EXTENSION = {"text/html": ".html", "text/plain": ".txt", "message/rfc822": ".eml", "text/calendar": ".ics"}
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}


def read_files(raw: bytes, parts: tuple[Part, ...], used: frozenset[int]) -> tuple[Attachment, ...]:
    """Every part that is not shown as text, empty ones included; refuses a file over the limit."""
    return tuple(_attachment(raw, part, number) for number, part in enumerate(parts) if number not in used)


def _attachment(raw: bytes, part: Part, number: int) -> Attachment:
    content = part_content(raw, part)
    if len(content) > limits.ATTACHMENT_MAX_BYTES:
        raise UnreadableMail(f"an attachment larger than {limits.ATTACHMENT_MAX_BYTES // limits.MIB} MB")
    disposition, parameters = read_parameters(part.headers.first("content-disposition"))
    content_id = plain(part.headers.first("content-id")).strip("<> ")
    given = parameters.get("filename") or part.parameters.get("name") or _inner_subject(content, part)
    return Attachment(
        filename=harmless_filename(given) or f"part-{number + 1}{EXTENSION.get(part.content_type, '')}",
        content_type_declared=shortened(part.content_type, 100),
        content_type=type_from_bytes(content, part.content_type),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        inline=disposition == "inline" or (bool(content_id) and disposition != "attachment"),
        content_id=shortened(content_id, 250),
    )


def _inner_subject(content: bytes, part: Part) -> str:
    """A forwarded mail is named after its subject."""
    if part.content_type != "message/rfc822":
        return ""
    inner, _ = read_headers(content, 0, min(len(content), limits.HEADERS_MAX_BYTES))
    subject = unfolded(inner.first("subject")).strip()
    return f"{shortened(subject, limits.FILENAME_CHARACTERS - 4)}.eml" if subject else ""


def harmless_filename(given: str) -> str:
    """A name to show and to save under: no path, nothing unseen, no leading or trailing dots, bounded length.

    It is data only: where a file lies never depends on it.
    """
    name = unicodedata.normalize("NFC", readable(given))
    name = "".join(letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    name = re.sub(r'[<>:"|?*]', "_", re.split(r"[/\\]", name)[-1]).strip(" .")
    if len(name) > limits.FILENAME_CHARACTERS:
        stem, dot, ending = name.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
        name = name[: limits.FILENAME_CHARACTERS - len(ending)] + ending
    return name


def type_from_bytes(content: bytes, declared: str) -> str:
    """What the bytes are, whatever the sender called them; text only when declared so and free of active markup."""
    head = content[:HEAD_READ]
    for start, known in SIGNATURES.items():
        if head.startswith(start):
            return known
    if declared.startswith(("text/", "message/")) and not BINARY.search(head):
        if not ACTIVE_MARKUP.search(head):
            return declared if declared in EXTENSION and declared != "text/html" else "text/plain"
        if declared in {"text/html", "message/rfc822"}:
            return declared
    try:
        return str(puremagic.from_string(content, mime=True)) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
