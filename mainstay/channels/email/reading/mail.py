"""Reads one mail: bytes in, values out."""

import re

from mainstay.channels.email import limits

from .address_lists import read_addresses
from .bodies import read_bodies
from .errors import UnreadableMail
from .files import read_files
from .headers import Headers
from .kinds import kind_of, may_answer_automatically
from .parsed import ParsedMail
from .replies import fold_reply
from .structure import opened, read_structure
from .words import plain, read_date, read_message_id, read_message_ids, shortened, unfolded

FORWARDED = re.compile(r"(?i)\s*(?:fwd?|wg|tr|rv|vs|vb|enc|i|doorst|pd|转发)\s?[:：]")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")


def read_mail(raw: bytes, *, envelope_from: str | None = None) -> ParsedMail:
    """Everything the desk wants to know of a mail. Raises `UnreadableMail` for one over the limits, and nothing else.

    `envelope_from` is the sender that the delivering server named: `""` for a bounce's empty one, `None` when unknown.
    """
    if len(raw) > limits.MAIL_MAX_BYTES:
        raise UnreadableMail(f"larger than {limits.MAIL_MAX_BYTES // limits.MIB} MB")
    content = opened(raw)
    headers, parts = read_structure(content)
    bodies = read_bodies(content, parts)
    subject = shortened(unfolded(headers.first("subject")), limits.SUBJECT_SHOWN_CHARACTERS)
    sender = read_addresses(headers.all("from"))
    from_address = sender.addresses[0].address if sender.addresses else ""
    from_ambiguous = sender.doubtful or len(sender.addresses) > 1 or len(headers.all("from")) > 1
    kind = kind_of(content, headers, parts, from_address, subject, envelope_from)
    return ParsedMail(
        subject=subject,
        from_address=from_address,
        from_name=sender.addresses[0].name if sender.addresses else "",
        from_ambiguous=from_ambiguous,
        to=read_addresses(headers.all("to")).addresses,
        cc=read_addresses(headers.all("cc")).addresses,
        reply_to=read_addresses(headers.all("reply-to")).addresses,
        date=read_date(headers.first("date")),
        message_id=read_message_id(headers.first("message-id")),
        in_reply_to=read_message_ids(headers.all("in-reply-to")),
        references=read_message_ids(headers.all("references")),
        body_text=bodies.text,
        reply_text=fold_reply(bodies.text, is_forward=bool(FORWARDED.match(subject))).reply,
        body_html=bodies.html,
        attachments=read_files(content, parts, bodies.used),
        kind=kind,
        may_auto_reply=kind == "human"
        and bool(from_address)
        and not from_ambiguous
        and may_answer_automatically(headers, from_address, subject),
        language_hint=_language(headers),
    )


def _language(headers: Headers) -> str:
    found = LANGUAGE.match(plain(headers.first("content-language")))
    return found[0].lower() if found else ""
