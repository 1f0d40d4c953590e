"""Takes the files out of a mail: names made harmless, types decided from the bytes."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

import puremagic

from mainstay.channels.email import limits

from .errors import UnreadableMail
from .headers import read_headers
from .parsed import Attachment
from .structure import Part
from .tnef import PackedFile, is_tnef, unpacked
from .transfer import part_content
from .words import plain, read_parameters, readable, shortened, unfolded

UNKNOWN = "application/octet-stream"
HEAD_READ = 4_096
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
ACTIVE_MARKUP = re.compile(rb"<\s*[!?a-zA-Z]")
DEVICE = re.compile(
    r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)"
)  # no files on Windows, whatever follows the dot
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
EXTENSION = {
    "text/html": ".html",
    "text/plain": ".txt",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/partial": ".txt",
    "message/external-body": ".txt",
    "text/rfc822-headers": ".txt",
    "message/delivery-status": ".txt",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
}
READABLE = {"text/plain", "text/calendar", "message/rfc822"}
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a mail, and the words that stood in Outlook's `winmail.dat` instead of in the mail."""

    attachments: tuple[Attachment, ...]
    text: str = ""
    html: str = ""


def read_files(raw: bytes, parts: tuple[Part, ...], used: frozenset[int], *, has_words: bool = True) -> Files:
    """Every part that is not shown as text, empty ones included; refuses a file over the limit.

    A `winmail.dat` gives the files in it, and its words when the mail has none; it stays itself where more is in it.
    """
    attachments: list[Attachment] = []
    text = html = ""
    for number, part in enumerate(parts):
        if number in used:
            continue
        given = _attachment(raw, part, number)
        packed = unpacked(given.content) if is_tnef(given.content) else None
        if packed is None:
            attachments.append(given)
            continue
        if not has_words and not (text or html):
            text, html = packed.text.replace("\r\n", "\n").replace("\r", "\n"), packed.html
        attachments += [_unpacked(file, count) for count, file in enumerate(packed.files, 1)]
        is_mute = packed.has_rtf and not (has_words or text or html)
        if not packed.is_whole or is_mute or not (packed.files or packed.text or packed.html):
            attachments.append(given)
    if len(attachments) > 2 * limits.PARTS_MAX:
        raise UnreadableMail(f"more than {2 * limits.PARTS_MAX} files")
    return Files(tuple(attachments), text, html)


def _attachment(raw: bytes, part: Part, number: int) -> Attachment:
    content = part_content(raw, part)
    if len(content) > limits.ATTACHMENT_MAX_BYTES:
        raise UnreadableMail(f"an attachment larger than {limits.ATTACHMENT_MAX_BYTES // limits.MIB} MB")
    disposition, parameters = read_parameters(part.headers.first("content-disposition"))
    content_id = plain(part.headers.first("content-id")).strip("<> ")
    given = parameters.get("filename") or part.parameters.get("name") or _inner_subject(content, part)
    return _file(
        content,
        filename=harmless_filename(given) or f"part-{number + 1}{EXTENSION.get(part.content_type, '')}",
        declared=part.content_type,
        content_id=content_id,
        is_inline=disposition == "inline" or (bool(content_id) and disposition != "attachment"),
    )


def _unpacked(file: PackedFile, count: int) -> Attachment:
    return _file(
        file.content,
        filename=harmless_filename(file.name) or f"file-{count}{EXTENSION.get(file.content_type, '')}",
        declared=file.content_type,
        content_id=file.content_id,
        is_inline=False,
    )


def _file(content: bytes, *, filename: str, declared: str, content_id: str, is_inline: bool) -> Attachment:
    return Attachment(
        filename=filename,
        content_type_declared=shortened(declared, 100),
        content_type=type_from_bytes(content, declared),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        inline=is_inline,
        content_id=shortened(content_id, 250),
    )


def _inner_subject(content: bytes, part: Part) -> str:
    """A forwarded mail is named after its subject; one over the limits is a file without a name of its own."""
    if part.content_type != "message/rfc822":
        return ""
    try:
        inner, _ = read_headers(content, 0, min(len(content), limits.HEADERS_MAX_BYTES))
    except UnreadableMail:
        return ""
    subject = re.sub(r"[/\\]", "_", unfolded(inner.first("subject"))).strip()
    return f"{shortened(subject, limits.FILENAME_CHARACTERS - 4)}.eml" if subject else ""


def harmless_filename(given: str) -> str:
    """A name to show and to save under: no path, nothing unseen, no leading or trailing dots, bounded length.

    It is data only: where a file lies never depends on it.
    """
    name = unicodedata.normalize("NFC", readable(given))
    name = "".join(letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    name = re.sub(r'[<>:"|?*]', "_", re.split(r"[/\\]", name)[-1]).strip(" .")
    if DEVICE.match(name):
        name = f"_{name}"
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
            return declared if declared in READABLE else "text/plain"
        if declared in {"text/html", "message/rfc822"}:
            return declared
    try:
        return str(puremagic.from_string(content, mime=True)) or UNKNOWN
    except (puremagic.PureError, ValueError):
        return UNKNOWN
