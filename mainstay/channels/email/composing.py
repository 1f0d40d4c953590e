"""Writes an outgoing mail: the same draft always gives the same bytes, so that a repeated attempt sends the same mail."""

import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import charset, policy
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime
from urllib.parse import quote

from django.utils.translation import gettext as _

from . import header_lines, limits
from .addresses import Address
from .header_lines import NAME_MAX, UnwritableMail, must_be_one_line, one_line
from .html_compose import html_from_text
from .quoting import Quotation, with_quotation
from .signing import Signer

__all__ = ["OutgoingDraft", "OutgoingFile", "Quotation", "TooMuchToSend", "UnwritableMail", "compose", "one_line"]

FILENAME_PIECE = 60
CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}\Z")
UTF8 = charset.Charset("utf-8")
UTF8.body_encoding = charset.QP
WIRE = policy.compat32.clone(linesep="\r\n", max_line_length=None)


class TooMuchToSend(UnwritableMail):
    """The files are too large for one mail."""


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to go with a mail; with a `content_id` it is a picture in the mail's own HTML."""

    filename: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingDraft:
    """All that a mail is made of. `message_id` and `date` are the caller's, so that the bytes can be made again.

    `is_automatic`: nobody wrote it; it says so, and asks other machines not to answer. `quoted`: what is answered, to stand
    below. `html`: a form of our own beside the text; without it one is made from the text. `unsubscribe_url` (https, for one
    click) and `unsubscribe_address`: how a reader of news ends them.
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
    html: str = ""
    attachments: tuple[OutgoingFile, ...] = field(default=())
    quoted: Quotation | None = None
    unsubscribe_url: str = ""
    unsubscribe_address: str = ""

    @property
    def is_news(self) -> bool:
        """Whether it goes to many, who can say that they have had enough."""
        return bool(self.unsubscribe_url or self.unsubscribe_address)


def compose(draft: OutgoingDraft, signer: Signer | None = None) -> bytes:
    """The mail as it goes over the wire: text, an HTML form of the same text, files. Raises `UnwritableMail`.

    A line break or NUL in any header value, and an address, id or language that is not one, is refused: no value can open
    a second header. Files beyond the limit raise `TooMuchToSend`. Signed here, when there is a `signer`, and never again;
    raises `CannotSign`.
    """
    lines = [f"{name}: {value}\r\n" for name, value in _headers(draft) if value]
    raw = "".join(lines).encode("utf-8") + _body(draft).as_bytes(policy=WIRE)
    return signer.signed(raw, draft.sender.address) if signer else raw


def _headers(draft: OutgoingDraft) -> Iterator[tuple[str, str]]:
    """Each header with its value; those without one are not written."""
    if not draft.to:
        raise UnwritableMail(_("A mail needs somebody to go to."))
    yield "From", header_lines.mailboxes("From", (draft.sender,))
    yield "To", header_lines.mailboxes("To", draft.to)
    yield "Cc", header_lines.mailboxes("Cc", draft.cc)
    yield "Reply-To", header_lines.mailboxes("Reply-To", (Address("", draft.reply_to),)) if draft.reply_to else ""
    yield "Subject", header_lines.words("Subject", draft.subject)
    yield "Date", format_datetime(draft.date.astimezone(UTC))
    yield "Message-ID", header_lines.message_id(draft.message_id)
    yield "In-Reply-To", header_lines.answered_id(draft.in_reply_to)
    yield "References", header_lines.references(draft.references)
    yield "Content-Language", header_lines.language(draft.language)
    yield from _for_machines(draft)


def _for_machines(draft: OutgoingDraft) -> Iterator[tuple[str, str]]:
    """What other machines should know: that nobody wrote it (RFC 3834), or that it goes to many and how to end that."""
    if draft.is_automatic:
        yield "Auto-Submitted", "auto-replied" if draft.in_reply_to else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    if draft.is_news:
        yield "List-Unsubscribe", header_lines.unsubscribe(draft.unsubscribe_url, draft.unsubscribe_address)
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" if draft.unsubscribe_url else ""
        yield "Precedence", "bulk"
        yield "X-Auto-Response-Suppress", "" if draft.is_automatic else "OOF, AutoReply"


def _body(draft: OutgoingDraft) -> Message:
    text = _written(draft)
    key = hashlib.sha256(f"{draft.message_id}\n{text}".encode()).hexdigest()[:24]
    pictures = [file for file in draft.attachments if file.content_id]
    files = [file for file in draft.attachments if not file.content_id]
    _must_fit(draft.attachments)
    words = MIMEMultipart("alternative", boundary=f"=_{key}_a")
    words.attach(_text_part(text, "plain"))
    html = _text_part(draft.html or html_from_text(text, draft.language), "html")
    words.attach(_with(html, pictures, "related", f"=_{key}_r"))
    return _mime_lines_first(_with(words, files, "mixed", f"=_{key}_m"))


def _with(first: Message, files: list[OutgoingFile], subtype: str, boundary: str) -> Message:
    """The part with these files behind it; by itself when there are none."""
    if not files:
        return first
    del first["MIME-Version"]
    whole = MIMEMultipart(subtype, boundary=boundary)
    whole.attach(first)
    for file in files:
        whole.attach(_file_part(file))
    if subtype == "related":
        del whole["MIME-Version"]
    return whole


def _written(draft: OutgoingDraft) -> str:
    """The words of the mail, with what is answered below them, as letters that UTF-8 has."""
    text = with_quotation(draft.text, draft.quoted, draft.language) if draft.quoted else draft.text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n") + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")


def _mime_lines_first(mail: Message) -> Message:
    content_type = mail["Content-Type"]
    del mail["Content-Type"], mail["MIME-Version"]
    mail["MIME-Version"], mail["Content-Type"] = "1.0", content_type
    return mail


def _text_part(text: str, subtype: str) -> Message:
    """Quoted-printable always: no line is too long, no dot or "From " stands alone, and no boundary can occur in it."""
    part = MIMENonMultipart("text", subtype, charset="utf-8")
    part.set_payload(text, UTF8)
    del part["MIME-Version"]
    return part


def _must_fit(files: tuple[OutgoingFile, ...]) -> None:
    size = sum(len(file.content) for file in files)
    if size > limits.OUTGOING_FILES_MAX_BYTES or len(files) > limits.OUTGOING_FILES_MAX:
        raise TooMuchToSend(
            _("A mail of ours carries at most %(count)s files, %(size)s MB together; many mailboxes take no more.")
            % {"count": limits.OUTGOING_FILES_MAX, "size": limits.OUTGOING_FILES_MAX_BYTES // limits.MIB}
        )


def _file_part(file: OutgoingFile) -> Message:
    must_be_one_line("Content-Disposition", file.filename)
    must_be_one_line("Content-Type", file.content_type)
    name = one_line(file.filename).replace("/", "_").replace("\\", "_")[:NAME_MAX] or "file"
    known = file.content_type.lower()
    if not CONTENT_TYPE.match(known) or known.startswith(("multipart/", "message/")):
        known = mimetypes.guess_type(name)[0] or "application/octet-stream"
    part = MIMEBase(*known.split("/", 1))
    part.set_payload(file.content)
    encode_base64(part)
    part["Content-Disposition"] = f"{'inline' if file.content_id else 'attachment'};\r\n {_filename(name)}"
    if file.content_id:
        part["Content-ID"] = header_lines.message_id(f"<{file.content_id}>")
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
