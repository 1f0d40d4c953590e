"""Verbs of mail: keep it as it came, put it on a ticket, set it aside, try it again, write one of ours."""

import hashlib
import logging
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mainstay.jobs.queue import enqueue
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.tickets.actions import receive_message
from mainstay.tickets.inbound import Inbound, InboundFile
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.notices import written_language
from mainstay.tickets.states import MessageKind

from .addresses import Address, canonical_address, new_message_id, new_token, token_address
from .composing import OutgoingDraft, compose
from .models import OutgoingMail, RawMail, ReplyToken
from .queries import is_repeated, thread_of, threading_of
from .reading import ParsedMail, read_mail
from .reading.errors import UnreadableMail
from .states import OutgoingState, RawState

log = logging.getLogger(__name__)

FILE = "email.file"
SET_ASIDE_TOPIC = "aside"


@transaction.atomic
def store_raw_mail(*, raw: bytes, envelope_from: str, envelope_to: list[str], peer: str, mailbox: str) -> int:
    """The mail is committed byte for byte, with the job that will read it; returns its key.

    Only after this returns may the sender be told `250`. The same bytes from the same sender are recognised and stored once.
    """
    digest = hashlib.sha256(raw).hexdigest()
    mail, is_new = RawMail.objects.get_or_create(
        mailbox=mailbox,
        sha256=digest,
        envelope_from=envelope_from[:320].replace("\x00", ""),
        defaults={
            "raw": raw,
            "size": len(raw),
            "envelope_to": envelope_to,
            "peer": peer[:64],
            "received_at": timezone.now(),
        },
    )
    if is_new:
        enqueue(FILE, raw_mail=mail.pk)
    return mail.pk


def file_raw_mail(pk: int, *, at: datetime) -> None:
    """The mail is on a ticket, or kept as automatic mail, or set aside with the reason: always one of these, once.

    A database that went away is the only failure that is left to the job's own retry.
    """
    try:
        with transaction.atomic():
            mail = RawMail.objects.select_for_update().filter(pk=pk, state=RawState.WAITING).first()
            if mail is not None:
                _file(mail, at)
    except (OperationalError, InterfaceError):
        raise
    except UnreadableMail as problem:
        _set_aside(pk, str(problem), at)
    except Exception as problem:
        log.exception("mail %s could not be put on a ticket", pk)
        _set_aside(pk, _("The desk stumbled over this mail: %(problem)s") % {"problem": repr(problem)[:500]}, at)


def _file(mail: RawMail, at: datetime) -> None:
    parsed = read_mail(bytes(mail.raw), envelope_from=mail.envelope_from)
    mail.subject, mail.sender, mail.mail_id = parsed.subject[:500], parsed.from_address[:320], parsed.message_id[:998]
    mail.repeats_mail_id, mail.has_html = is_repeated(mail), bool(parsed.body_html)
    if parsed.kind == "human":
        mail.message = receive_message(_inbound(mail, parsed))
        mail.state = RawState.DONE
    else:
        mail.state, mail.problem = RawState.NOT_FOR_PEOPLE, parsed.kind
        announce(SET_ASIDE_TOPIC)
    mail.settled_at = at
    mail.save(update_fields=_SETTLED)  # not the bytes: they never change


_SETTLED = ["subject", "sender", "mail_id", "repeats_mail_id", "has_html", "message", "state", "problem", "settled_at"]


def _inbound(mail: RawMail, parsed: ParsedMail) -> Inbound:
    return Inbound(
        channel=EMAIL,
        sender_address=_sender(mail, parsed),
        sender_name=parsed.from_name,
        subject=parsed.subject or _("(no subject)"),
        text=parsed.reply_text or parsed.body_text or _("(empty message)"),
        quoted=_rest(parsed),
        at=mail.received_at,
        external_id=parsed.message_id,
        language=parsed.language_hint,
        thread=thread_of(parsed, list(mail.envelope_to)),
        may_auto_reply=parsed.may_auto_reply and bool(mail.envelope_from),
        files=tuple(
            InboundFile(
                filename=file.filename,
                content=file.content,
                content_type=file.content_type,
                is_inline=file.inline,
                content_id=file.content_id,
            )
            for file in parsed.attachments
        ),
    )


def _sender(mail: RawMail, parsed: ParsedMail) -> str:
    """Whose mail it is, in canonical form: From, or the envelope's sender where there is no From at all.

    A From that two readers could read differently is nobody's, and a mail of nobody is set aside for a person to see.
    """
    if parsed.from_ambiguous:
        raise UnreadableMail(_("it names more than one sender, or one that is no address"))
    sender = parsed.from_address or mail.envelope_from
    address = canonical_address(sender)
    if address is None:
        raise UnreadableMail(_("it names no sender whom we could answer"))
    return address


def _rest(parsed: ParsedMail) -> str:
    """The whole text when something of it was folded away; empty when the new text is all there is."""
    return parsed.body_text if parsed.reply_text and parsed.reply_text.strip() != parsed.body_text.strip() else ""


def _set_aside(pk: int, problem: str, at: datetime) -> None:
    with transaction.atomic():
        RawMail.objects.filter(pk=pk, state=RawState.WAITING).update(
            state=RawState.SET_ASIDE, problem=problem.replace("\x00", ""), settled_at=at
        )
        announce(SET_ASIDE_TOPIC)


@transaction.atomic
def try_again(mail: RawMail, *, by: Person) -> None:
    """A mail that was set aside is read once more."""
    _allow(by)
    changed = RawMail.objects.filter(pk=mail.pk, state=RawState.SET_ASIDE).update(state=RawState.WAITING, problem="")
    if changed:
        enqueue(FILE, raw_mail=mail.pk)
        announce(SET_ASIDE_TOPIC)


@transaction.atomic
def dismiss_mail(mail: RawMail, *, by: Person, at: datetime) -> None:
    """A mail that was set aside needs nothing more; its bytes are kept."""
    _allow(by)
    RawMail.objects.filter(pk=mail.pk, state=RawState.SET_ASIDE).update(state=RawState.DISMISSED, settled_at=at)
    announce(SET_ASIDE_TOPIC)


def write_outgoing_mail(message: Message, recipient: str) -> OutgoingMail:
    """The complete mail for a queued message is a row, in the caller's transaction; every attempt sends these bytes."""
    ticket = message.ticket
    policy = policy_of(ticket.promise.revision_id)
    address = policy.channels.email.address
    threading = threading_of(ticket)
    automatic = message.kind == MessageKind.ACKNOWLEDGEMENT
    draft = OutgoingDraft(
        sender=Address(policy.company.name, address),
        to=(Address(ticket.person.name, recipient),),
        subject=_subject(ticket, automatic, written_language(ticket, policy)),
        text=message.text if automatic else _signed(message, policy.company.name),
        message_id=new_message_id(address.rsplit("@", 1)[1]),
        in_reply_to=threading.last_inbound,
        references=threading.references,
        date=message.at,
        reply_to=token_address(address, _token(ticket)),
        is_automatic=automatic,
        language=ticket.language if automatic else "",
    )
    return OutgoingMail.objects.create(
        message=message,
        mail_id=draft.message_id,
        sender=address,
        recipient=recipient,
        subject=draft.subject[:600],
        raw=compose(draft),
        state=message.delivery,
        created_at=message.at,
        settled_at=message.at if message.delivery == OutgoingState.KEPT else None,
    )


def _subject(ticket: Ticket, automatic: bool, language: str) -> str:
    """An automatic answer never carries the sender's own words: a forged sender could aim them at somebody."""
    if automatic:
        with translation.override(language):
            return _("We have your message (ticket %(number)s)") % {"number": ticket.number}
    bare = ticket.subject
    while bare[:3].lower() == "re:":
        bare = bare[3:].lstrip()
    return f"Re: {bare} [#{ticket.number}]"


def _signed(message: Message, company: str) -> str:
    """The text with the writer's name below a signature line."""
    return f"{message.text}\n\n-- \n{message.sender_name}\n{company}"


def _token(ticket: Ticket) -> str:
    """The ticket's token for its person; the ticket is locked by the verb that writes, so that two are never made."""
    token = ReplyToken.objects.filter(ticket=ticket, person_id=ticket.person_id).first()
    return (token or ReplyToken.objects.create(ticket=ticket, person_id=ticket.person_id, token=new_token())).token


def _allow(by: Person) -> None:
    if not by.may(Permission.SEE_MAIL):
        raise NotAllowed
