"""Writes an outgoing mail: the same draft always gives the same bytes, so that a repeated attempt sends the same mail."""

import hashlib
import mimetypes
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import charset, policy
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from mainstay.lib.errors import MainstayError

from .addresses import Address, canonical_address

SUBJECT_MAX = 600
NAME_MAX = 200
FILENAME_PIECE = 60
REFERENCES_FIRST = 2
REFERENCES_LAST = 18
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,900}>\Z")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}\Z")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+\Z")
LINK = re.compile(r"https?://[^\s<>\"'\u200b]{1,2000}")
AFTER_LINK = ".,;:!?)]}"
UTF8 = charset.Charset("utf-8")
UTF8.body_encoding = charset.QP
WIRE = policy.compat32.clone(linesep="\r\n", max_line_length=None)


class UnwritableMail(MainstayError):
    """This mail cannot be written: one of its addresses or identifiers is not one."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to go with a mail."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingDraft:
    """All that a mail is made of. `message_id` and `date` are the caller's, so that the bytes can be made again.

    `is_automatic`: nobody wrote it; it says so, and asks other machines not to answer.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    reply_to: str = ""
    cc: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = ""
    is_automatic: bool = False
    attachments: tuple[OutgoingFile, ...] = field(default=())


def compose(draft: OutgoingDraft) -> bytes:
    """The mail as it goes over the wire: text, an HTML form of the same text, files. Raises `UnwritableMail`.

    Control characters in names and the subject become spaces; an address, an id of ours or a language that is not one is
    refused: no value can open a second header.
    """
    mail = _body(draft)
    for name, value in _headers(draft):
        mail[name] = value
    # The MIME lines stand last, in an order of our own.
    for name in ("MIME-Version", "Content-Type", "Content-Transfer-Encoding"):
        if name in mail:
            value = mail[name]
            del mail[name]
            mail[name] = value
    return mail.as_bytes(policy=WIRE)


def _headers(draft: OutgoingDraft) -> list[tuple[str, str]]:
    if not draft.to:
        raise UnwritableMail("a mail needs somebody to go to")
    given = [
        ("From", _mailboxes("From", (draft.sender,))),
        ("To", _mailboxes("To", draft.to)),
        ("Cc", _mailboxes("Cc", draft.cc)),
        ("Reply-To", _mailboxes("Reply-To", (Address("", draft.reply_to),)) if draft.reply_to else ""),
        ("Subject", _words("Subject", draft.subject[:SUBJECT_MAX])),
        ("Date", format_datetime(draft.date.astimezone(UTC))),
        ("Message-ID", _message_id(draft.message_id)),
        ("In-Reply-To", draft.in_reply_to if MESSAGE_ID.match(draft.in_reply_to) else ""),
        ("References", "\r\n ".join(bounded_references(draft.references))),
        ("Content-Language", _language(draft.language)),
        ("Auto-Submitted", "auto-replied" if draft.is_automatic else ""),
        ("X-Auto-Response-Suppress", "All" if draft.is_automatic else ""),
    ]
    return [(name, value) for name, value in given if value]


def bounded_references(references: tuple[str, ...]) -> tuple[str, ...]:
    """Each id once; of a long thread its beginning, by which others file it, and its newest ids.

    Ids that others made up and no header can hold are left out: they must not keep an answer from going.
    """
    ids = tuple(dict.fromkeys(filter(MESSAGE_ID.match, references)))
    if len(ids) <= REFERENCES_FIRST + REFERENCES_LAST:
        return ids
    return ids[:REFERENCES_FIRST] + ids[-REFERENCES_LAST:]


def one_line(text: str) -> str:
    """A value for a header: what could start another line is a space."""
    return CONTROLS.sub(" ", text).strip()


def _words(header: str, text: str) -> str:
    """Encoded where letters need it, folded at word ends; an encoded word that somebody typed stays text."""
    line = one_line(text)
    plain = line.isascii() and "=?" not in line
    return Header(line, None if plain else "utf-8", header_name=header).encode(linesep="\r\n")


def _mailboxes(header: str, addresses: tuple[Address, ...]) -> str:
    return ",\r\n ".join(_mailbox(header, address) for address in addresses)


def _mailbox(header: str, given: Address) -> str:
    address = canonical_address(given.address)
    if address is None:
        raise UnwritableMail(f"{one_line(given.address)[:100]!r} is no mail address")
    name = one_line(given.name)[:NAME_MAX]
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{Header(name, 'utf-8', header_name=header).encode(linesep=chr(13) + chr(10))} <{address}>"
    if not ATOMS.match(name):
        name = '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    return f"{name} <{address}>"


def _message_id(given: str) -> str:
    if not MESSAGE_ID.match(given):
        raise UnwritableMail(f"{one_line(given)[:100]!r} is no Message-ID")
    return given


def _language(given: str) -> str:
    if given and not LANGUAGE.match(given):
        raise UnwritableMail(f"{one_line(given)[:50]!r} is no language")
    return given


def _body(draft: OutgoingDraft) -> Message:
    text = draft.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n") + "\n"
    text = text.encode("utf-8", "replace").decode("utf-8")
    key = hashlib.sha256(f"{draft.message_id}\n{text}".encode()).hexdigest()[:24]
    words = MIMEMultipart("alternative", boundary=f"=_{key}_a")
    words.attach(_text_part(text, "plain"))
    words.attach(_text_part(html_from_text(text, draft.language), "html"))
    if not draft.attachments:
        return words
    del words["MIME-Version"]
    mail = MIMEMultipart("mixed", boundary=f"=_{key}_m")
    mail.attach(words)
    for file in draft.attachments:
        mail.attach(_file_part(file))
    return mail


def _text_part(text: str, subtype: str) -> Message:
    """Quoted-printable always: no line is too long, no dot or "From " stands alone, and no boundary can occur in it."""
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, UTF8)
    del part["MIME-Version"]
    return part


def _file_part(file: OutgoingFile) -> Message:
    name = one_line(file.filename).replace("/", "_").replace("\\", "_")[:NAME_MAX] or "file"
    known = file.content_type.lower()
    if not CONTENT_TYPE.match(known) or known.startswith(("multipart/", "message/")):
        known = mimetypes.guess_type(name)[0] or "application/octet-stream"
    part = MIMEBase(*known.split("/", 1))
    part.set_payload(file.content)
    encode_base64(part)
    part["Content-Disposition"] = f"attachment;\r\n {_filename(name)}"
    del part["MIME-Version"]
    return part


def _filename(name: str) -> str:
    """RFC 2231, in numbered pieces where the name is long: no line of a mail may grow without end."""
    if name.isascii() and len(name) <= FILENAME_PIECE:
        return 'filename="' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    pieces = [""]
    for letter in name:
        coded = quote(letter, safe="")
        if len(pieces[-1]) + len(coded) > FILENAME_PIECE:
            pieces.append("")
        pieces[-1] += coded
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    pieces[0] = "utf-8''" + pieces[0]
    return ";\r\n ".join(f"filename*{number}*={piece}" for number, piece in enumerate(pieces))


def html_from_text(text: str, language: str = "") -> str:
    """The text as simple HTML: paragraphs, line breaks, links that can be followed; everything else stays letters."""
    paragraphs = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", text) if block.strip()]
    inner = "\n".join(f"<p>{'<br>'.join(map(_linked, block.splitlines()))}</p>" for block in paragraphs)
    lang = f' lang="{escape(language)}"' if language else ""
    return f'<!DOCTYPE html>\n<html{lang}><head><meta charset="utf-8"></head><body>\n{inner}\n</body></html>\n'


def _linked(line: str) -> str:
    pieces: list[str] = []
    end = 0
    for found in LINK.finditer(line):
        address = found[0].rstrip(AFTER_LINK)
        pieces += [escape(line[end : found.start()]), f'<a href="{escape(address)}">{escape(address)}</a>']
        end = found.start() + len(address)
    return "".join([*pieces, escape(line[end:])])
