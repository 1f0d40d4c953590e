"""Reads one mail: bytes in, values out."""

import re

from mainstay.channels.email import limits

from .address_lists import read_addresses
from .bodies import WORD, packed_bodies, read_bodies
from .errors import UnreadableMail
from .files import read_files
from .headers import Headers
from .kinds import kind_of, may_answer_automatically
from .parsed import ParsedMail
from .replies import fold_reply
from .reply_marks import FORWARD_MARK
from .reports import read_report
from .senders import sender_warning
from .structure import opened, read_structure
from .tokens import numbers_in, tokens_in
from .words import plain, read_date, read_message_id, read_message_ids, shortened, unfolded

FORWARDED = re.compile(r"(?i)\s*(?:fwd?|wg|tr|rv|vs|vb|enc|i|doorst|pd|转发)\s?[:：]")
AUTHENTICATION_MAX = 50
AUTHENTICATION_CHARACTERS = 20_000
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
    files = read_files(content, parts, bodies.used, has_words=bool(WORD.search(bodies.text)))
    if files.text or files.html:
        bodies = packed_bodies(files.text, files.html, bodies.used)
    subject = shortened(unfolded(headers.first("subject")), limits.SUBJECT_SHOWN_CHARACTERS)
    sender = read_addresses(headers.all("from"))
    from_address = sender.addresses[0].address if sender.addresses else ""
    from_ambiguous = sender.doubtful or len(sender.addresses) > 1 or len(headers.all("from")) > 1
    from_name = sender.addresses[0].name if sender.addresses else ""
    kind = kind_of(content, headers, parts, from_address, subject, envelope_from)
    report = read_report(
        content, headers, parts, kind=kind, subject=subject, text=bodies.text, from_address=from_address
    )
    is_forward = bool(FORWARDED.match(subject))
    reply = fold_reply(bodies.text, is_forward=is_forward).reply
    return ParsedMail(
        subject=subject,
        from_address=from_address,
        from_name=from_name,
        from_ambiguous=from_ambiguous,
        to=read_addresses(headers.all("to")).addresses,
        cc=read_addresses(headers.all("cc")).addresses,
        reply_to=read_addresses(headers.all("reply-to")).addresses,
        date=read_date(headers.first("date")),
        message_id=read_message_id(headers.first("message-id")),
        in_reply_to=read_message_ids(headers.all("in-reply-to")),
        references=read_message_ids(headers.all("references")),
        body_text=bodies.text,
        reply_text=reply,
        body_html=bodies.html,
        attachments=files.attachments,
        kind=kind,
        may_auto_reply=kind == "human"
        and bool(from_address)
        and not from_ambiguous
        and may_answer_automatically(headers, from_address, subject),
        language_hint=_language(headers),
        hard_bounce=report.is_hard,
        is_delay=report.is_delay,
        recipients_failed=report.recipients,
        about_mail_ids=report.about,
        authentication_results=_authentication_results(headers),
        body_tokens=tokens_in(bodies.text, bodies.html),
        subject_numbers=numbers_in(subject),
        is_forward=is_forward or any(map(FORWARD_MARK.match, reply.split("\n"))),
        sender_warning=sender_warning(from_name, from_address),
    )


def _authentication_results(headers: Headers) -> tuple[str, ...]:
    """As they stand, comments and quotes still in them; one that is too long keeps its place and says nothing."""
    values = headers.all("authentication-results")[:AUTHENTICATION_MAX]
    return tuple("" if len(value) > AUTHENTICATION_CHARACTERS else plain(value) for value in values)


def _language(headers: Headers) -> str:
    found = LANGUAGE.match(plain(headers.first("content-language")))
    return found[0].lower() if found else ""
