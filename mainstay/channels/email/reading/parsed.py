"""What reading a mail gives: frozen values, everything a channel needs to know and nothing it has to trust."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mainstay.channels.email.addresses import Address

Kind = Literal["human", "bounce", "auto_reply", "complaint", "delivery_report"]
SenderWarning = Literal["", "claims_other_address", "invisible", "mixed_scripts"]


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

    Of mail about mail (every kind but `human`): `recipients_failed` were not reached, each in canonical form; `hard_bounce`:
    an address does not exist, so writing again is no use; `is_delay`: the other side is still trying; `about_mail_ids` are
    the Message-IDs of the mail it is about, the surest first. All of that can be forged: believe it of our own mail only.
    `authentication_results` are those header values, the topmost first, for `verdict_of`; `body_tokens` the reply tokens in
    the text, without their `t.`; `subject_numbers` the numbers in marks such as `[#123]`. `sender_warning` says in which way
    the sender's name misleads.
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
    hard_bounce: bool = False
    is_delay: bool = False
    recipients_failed: tuple[str, ...] = ()
    about_mail_ids: tuple[str, ...] = ()
    authentication_results: tuple[str, ...] = ()
    body_tokens: tuple[str, ...] = ()
    subject_numbers: tuple[int, ...] = ()
    is_forward: bool = False
    sender_warning: SenderWarning = ""
