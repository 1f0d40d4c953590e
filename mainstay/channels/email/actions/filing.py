"""Put each waiting mail where it belongs: on a ticket, beside the mail of ours that it is about, or aside with the reason."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from mainstay.live.announcing import announce
from mainstay.people.models import Person
from mainstay.people.queries import person_with_identity
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.tickets.actions import note_on_ticket, receive_message, record_reply
from mainstay.tickets.inbound import Inbound, InboundFile
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.queries import ticket_with_messages_of
from mainstay.tickets.states import MessageKind, Proof

from ..addresses import canonical_address
from ..errors import HeldBack
from ..models import RawMail
from ..queries import (
    Known,
    Pointer,
    conversation_of,
    is_our_address,
    is_our_mail_id,
    pointer_of,
    same_in_other_mailbox,
)
from ..reading import ParsedMail
from ..reading.authentication import verdict_of
from ..reading.errors import UnreadableMail
from ..states import RawState
from .reporting import note_report

log = logging.getLogger(__name__)

SET_ASIDE_TOPIC = "aside"
SENT, IMPORT = "sent:", "import:"
OLD_MAIL_AFTER = timedelta(days=3)


def file_mail(mail: RawMail, parsed: ParsedMail, known: Known, *, at: datetime) -> None:
    """The mail is on a ticket, or kept beside the mail of ours that it is about; its row says so, but is not saved yet.

    Raises UnreadableMail or HeldBack when a person must look first.
    """
    mail.subject, mail.sender, mail.mail_id = parsed.subject[:500], parsed.from_address[:320], parsed.message_id[:998]
    others = known.others_like(mail)
    mail.repeats_mail_id = any(other.mailbox == mail.mailbox for other in others)
    mail.has_html = bool(parsed.body_html)
    if is_our_mail_id(parsed.message_id):
        _keep_without_ticket(mail, "own")
    elif mail.mailbox.startswith(SENT):
        _file_sent(mail, parsed, others)
    elif parsed.kind != "human":
        mail.about = note_report(parsed, list(mail.envelope_to), at=at)
        _keep_without_ticket(mail, parsed.kind)
    else:
        mail.message = same_in_other_mailbox(mail, others, _text(parsed), parsed) or _put_on_ticket(mail, parsed, known)
        mail.state = RawState.DONE


def set_aside(mail: RawMail, problem: str) -> None:
    """The mail is kept where people see it, with the reason; its row says so, but is not saved yet."""
    mail.state, mail.problem = RawState.SET_ASIDE, problem.replace("\x00", "")
    mail.message = mail.about = None
    announce(SET_ASIDE_TOPIC)


def _put_on_ticket(mail: RawMail, parsed: ParsedMail, known: Known) -> Message:
    pointer = pointer_of(parsed, list(mail.envelope_to), known.ours)
    sender, proof = _sender(mail, parsed), _proof(parsed)
    person = person_with_identity(EMAIL, sender) if pointer is not None else None
    if pointer is not None and person is None and not parsed.may_auto_reply and pointer.is_by_address:
        # A service's mail to a reply address, such as a link to confirm a sign-up: nobody else may ever see it (row 1).
        raise HeldBack(_("A machine that is not on the ticket wrote to its reply address. A person must look at it."))
    if pointer is not None and not pointer.side and person is not None and person.is_staff and proof == Proof.VERIFIED:
        ticket = ticket_with_messages_of(pointer.ticket)
        if ticket is not None and _may_answer(person, ticket) and _went_to_customer(parsed, ticket):
            return _reply_of_colleague(mail, parsed, ticket, person)
    return receive_message(_inbound(mail, parsed, sender, proof, pointer))


def _inbound(mail: RawMail, parsed: ParsedMail, sender: str, proof: Proof, pointer: Pointer | None) -> Inbound:
    return Inbound(
        channel=EMAIL,
        sender_address=sender,
        sender_name=parsed.from_name,
        is_name_false=bool(parsed.sender_warning),
        sender_proof=proof,
        reply_address=_reply_address(parsed, sender),
        copies=_copies(parsed, sender),
        subject=parsed.subject or _("(no subject)"),
        text=_text(parsed),
        quoted=_rest(parsed),
        at=mail.received_at,
        external_id=parsed.message_id,
        language=parsed.language_hint,
        thread=pointer.ticket if pointer else None,
        side=pointer.side if pointer else None,
        is_only_number=pointer is not None and pointer.is_only_number,
        has_new_subject=pointer is not None and pointer.has_new_subject,
        may_auto_reply=parsed.may_auto_reply and _is_answered_at_once(mail, parsed),
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


def _is_answered_at_once(mail: RawMail, parsed: ParsedMail) -> bool:
    """Not what was imported quietly, has nobody to answer to, or was written days ago: an acknowledgement would surprise."""
    if mail.mailbox.startswith(IMPORT) or not mail.envelope_from:
        return False
    return parsed.date is None or mail.received_at - parsed.date < OLD_MAIL_AFTER


def _proof(parsed: ParsedMail) -> Proof:
    """What a receiver that we trust says of the sender; not checked when we were told of none."""
    if not settings.EMAIL_TRUSTED_RECEIVERS:
        return Proof.NOT_CHECKED
    return Proof(
        verdict_of(parsed.authentication_results, parsed.from_address, trusted=settings.EMAIL_TRUSTED_RECEIVERS)
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


def _reply_address(parsed: ParsedMail, sender: str) -> str:
    """Where the sender wants answers, when elsewhere; never at one of our own addresses, which would answer itself."""
    wanted = parsed.reply_to[0].address if parsed.reply_to else ""
    return "" if wanted == sender or not wanted or is_our_address(wanted) else wanted


def _copies(parsed: ParsedMail, sender: str) -> tuple[tuple[str, str], ...]:
    """The others it was sent to: not its sender, not the desk."""
    seen = {sender, ""}
    copies = []
    for one in (*parsed.to, *parsed.cc):
        if one.address not in seen and not is_our_address(one.address):
            seen.add(one.address)
            copies.append((one.name, one.address))
    return tuple(copies)


def _text(parsed: ParsedMail) -> str:
    return parsed.reply_text or parsed.body_text or _("(empty message)")


def _rest(parsed: ParsedMail) -> str:
    """The whole text when something of it was folded away; empty when the new text is all there is."""
    return parsed.body_text if parsed.reply_text and parsed.reply_text.strip() != parsed.body_text.strip() else ""


def _may_answer(person: Person, ticket: Ticket) -> bool:
    """One's own ticket is not answered by oneself; and what a developer writes is a note."""
    return person.pk != ticket.person_id and person.may(Permission.WORK_TICKETS)


def _file_sent(mail: RawMail, parsed: ParsedMail, others: list[RawMail]) -> None:
    """A copy of what a colleague sent with their own program: a reply on its ticket, or kept when it is about none."""
    person = person_with_identity(EMAIL, parsed.from_address) if not parsed.from_ambiguous else None
    ticket = conversation_of(parsed) if person is not None and person.is_staff else None
    if person is None or ticket is None or not _went_to_customer(parsed, ticket):
        _keep_without_ticket(mail, "sent_elsewhere")
        return
    known = same_in_other_mailbox(mail, others, _text(parsed), parsed)
    if known is not None:
        mail.message = known
    elif _may_answer(person, ticket):
        mail.message = _reply_of_colleague(mail, parsed, ticket, person)
    else:
        mail.message = note_on_ticket(ticket, text=_text(parsed), by=person, at=mail.received_at)
    mail.state = RawState.DONE


def _reply_of_colleague(mail: RawMail, parsed: ParsedMail, ticket: Ticket, person: Person) -> Message:
    """It was sent when it says, if that is not later than we got it."""
    said = parsed.date
    at = said if said is not None and ticket.opened_at <= said <= mail.received_at else mail.received_at
    return record_reply(
        ticket, text=_text(parsed), quoted=_rest(parsed), by=person, at=at, external_id=parsed.message_id
    )


def _went_to_customer(parsed: ParsedMail, ticket: Ticket) -> bool:
    """Whether it was sent to the ticket's person, to somebody who wrote to it, or where one of them asked for answers."""
    theirs = set(ticket.person.identities.filter(channel=EMAIL).values_list("address", flat=True))
    came_in = ticket.messages.filter(kind=MessageKind.INBOUND)
    theirs |= {one for pair in came_in.values_list("sender_address", "reply_address") for one in pair if one}
    return any(one.address in theirs for one in (*parsed.to, *parsed.cc))


def _keep_without_ticket(mail: RawMail, because: str) -> None:
    mail.state, mail.problem = RawState.NOT_FOR_PEOPLE, because
    announce(SET_ASIDE_TOPIC)
