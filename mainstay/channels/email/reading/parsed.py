"""What reading a mail gives: frozen values, everything a channel needs to know and nothing it has to trust."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mainstay.channels.email.addresses import Address

Kind = Literal["human", "bounce", "auto_reply", "complaint", "delivery_report"]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail. The declared type is hearsay; `content_type` was decided from the bytes."""

    filename: str
    content_type_declared: str
    content_type: str
    content: bytes
    sha256: str
    size: int
    inline: bool
    content_id: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail, read. Whatever was missing or broken is empty here; the raw mail keeps every byte.

    `from_ambiguous`: two readers could take two different people for the sender; treat it as nobody's.
    `body_text` is the whole visible text; `reply_text` the new part of it; `body_html` is foreign HTML, not to be shown
    before `clean_html`.
    """

    subject: str
    from_address: str
    from_name: str
    from_ambiguous: bool
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    date: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    body_text: str
    reply_text: str
    body_html: str
    attachments: tuple[Attachment, ...]
    kind: Kind
    may_auto_reply: bool
    language_hint: str
