"""Our own mail: written down with the message it carries, a copy for each participant, sent, or taken back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mainstay.company.queries import signature_in
from mainstay.jobs.one_at_a_time import is_free, only_here
from mainstay.jobs.queue import enqueue
from mainstay.lib import faults
from mainstay.people.actions import forget_address_failed
from mainstay.people.models import Person
from mainstay.people.queries import email_of
from mainstay.people.rules import EMAIL
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force
from mainstay.tickets import events
from mainstay.tickets.actions import tell_of_return
from mainstay.tickets.delivery import Accepted, Delayed, Outcome, Refused
from mainstay.tickets.models import Message, SideConversation, Ticket
from mainstay.tickets.notices import written_language
from mainstay.tickets.states import MessageKind

from ..addresses import Address, canonical_address, new_message_id, new_token, token_address
from ..composing import OutgoingDraft, OutgoingFile, compose, one_line
from ..contents import files_of, forms_of
from ..models import OutgoingMail, ReplyToken
from ..queries import Threading, is_our_address, sender_address_of, threading_of, threading_of_side
from ..relay import PermanentFailure, TemporaryFailure, UnknownOutcome, send_through
from ..retrying import wait_seconds
from ..signatures import signature
from ..signing import our_signer
from ..states import OutgoingState
from ..subjects import bare_words

SEND_COPY = "email.send_copy"
SENDING_COPY = "sending a copy"
GIVE_UP_AFTER = timedelta(days=5)


def write_outgoing_mail(message: Message, recipient: str) -> OutgoingMail:
    """The complete mail for a message is a row, in the caller's transaction; every attempt sends these bytes.

    An answer has a copy for each participant, with a reply address of their own, sent by a job of its own.
    """
    if message.side is not None:
        return _write_beside(message, message.side, recipient)
    ticket = message.ticket
    policy = policy_in_force(message.at)
    is_automatic = message.kind == MessageKind.ACKNOWLEDGEMENT
    threading = threading_of(ticket, recipient)
    base = policy.channels.email.address if is_automatic else sender_address_of(ticket) or policy.channels.email.address
    to = Address(one_line(ticket.person.name), recipient)
    copies = [] if is_automatic else _copies_of(ticket, recipient)
    cc = tuple(address for _person, address in copies)
    files = () if is_automatic else files_of(message)
    mail = _write(message, policy, base, threading, ticket.person, recipient, to, cc, files, is_automatic)
    mail.message = message
    mail.save()
    for person, address in copies:
        theirs = threading_of(ticket, address.address, is_copy=True)
        copy = _write(message, policy, base, theirs, person, address.address, to, cc, files, is_automatic)
        copy.copy_of = mail
        copy.save()
        if copy.state == OutgoingState.QUEUED:
            enqueue(SEND_COPY, at=message.queued_at, mail=copy.pk)
    return mail


def _write_beside(message: Message, side: SideConversation, recipient: str) -> OutgoingMail:
    """To the third party alone: nobody is in copy, and of the ticket it bears nothing but the number in the signature."""
    policy = policy_in_force(message.at)
    address = sender_address_of(message.ticket) or policy.channels.email.address
    to = Address(one_line(side.person.name), recipient)
    threading = threading_of_side(side)
    mail = _write(message, policy, address, threading, side.person, recipient, to, (), files_of(message), False)
    mail.message = message
    mail.save()
    return mail


def _write(
    message: Message,
    policy: Policy,
    address: str,
    threading: Threading,
    person: Person,
    recipient: str,
    to: Address,
    cc: tuple[Address, ...],
    files: tuple[OutgoingFile, ...],
    is_automatic: bool,
) -> OutgoingMail:
    ticket = message.ticket
    text, html = forms_of(
        message, "" if is_automatic else _signature(message, policy), written_language(ticket, policy)
    )
    draft = OutgoingDraft(
        sender=Address(policy.sender_name, address),
        to=(to,),
        cc=cc,
        subject=one_line(_subject(message, is_automatic, written_language(ticket, policy))),
        text=text,
        html=html,
        attachments=files,
        message_id=new_message_id(address.rsplit("@", 1)[1]),
        in_reply_to=threading.last_inbound,
        references=threading.references,
        date=message.at,
        reply_to=token_address(address, _token(message, person, is_likely_new=is_automatic)),
        is_automatic=is_automatic,
        language=written_language(ticket, policy),
    )
    is_kept = message.delivery == OutgoingState.KEPT
    return OutgoingMail(
        mail_id=draft.message_id,
        sender=address,
        recipient=recipient,
        subject=draft.subject[:600],
        is_automatic=is_automatic,
        raw=compose(draft, our_signer()),
        state=message.delivery,
        created_at=message.at,
        queued_at=message.queued_at,
        settled_at=message.at if is_kept else None,
    )


def _copies_of(ticket: Ticket, recipient: str) -> list[tuple[Person, Address]]:
    """Each participant with the address to write to, but nobody twice."""
    there, copies = {recipient}, []
    staying = ticket.participants.filter(person__left_at=None)
    for participant in staying.select_related("person").order_by("pk"):
        address = canonical_address(email_of(participant.person)) or ""
        if address and address not in there and not is_our_address(address):
            there.add(address)
            copies.append((participant.person, Address(one_line(participant.person.name), address)))
    return copies


def send_copy(pk: int, *, at: datetime) -> None:
    """One attempt to send a participant's copy; a failure for good is told on the ticket. Nothing is locked meanwhile."""
    with only_here(SENDING_COPY, pk) as is_ours:
        queued = OutgoingMail.objects.filter(pk=pk, state=OutgoingState.QUEUED)
        mail = queued.select_related("copy_of__message__ticket").first()
        if not is_ours or mail is None:
            return
        outcome = attempt(mail, mail.queued_at or mail.created_at)
        if isinstance(outcome, Delayed):
            enqueue(SEND_COPY, at=at + timedelta(seconds=outcome.seconds), mail=mail.pk)
        elif not isinstance(outcome, Accepted):
            facts = {"address": mail.recipient, "problem": outcome.problem}
            tell_of_return(mail.of_message, events.COPY_FAILED, at=at, **facts)


def queue_mail_again(message: Message, at: datetime) -> bool:
    """The mail of a message and its copies, as far as they failed, wait to be sent anew; whether a copy is among them."""
    main = OutgoingMail.objects.filter(message=message, state=OutgoingState.FAILED)
    main.update(state=OutgoingState.QUEUED, queued_at=at, settled_at=None)
    copies = OutgoingMail.objects.select_for_update().filter(copy_of__message=message, state=OutgoingState.FAILED)
    failed = list(copies.order_by("pk"))
    for copy in failed:
        copy.state, copy.queued_at, copy.settled_at = OutgoingState.QUEUED, at, None
        copy.save(update_fields=["state", "queued_at", "settled_at"])
        enqueue(SEND_COPY, mail=copy.pk)
    return bool(failed)


def attempt(mail: OutgoingMail, since: datetime) -> Outcome:
    """One attempt to send a mail that waits since then, written down at the mail."""
    mail.attempts += 1
    outcome = _attempt(mail, since)
    mail.state = _STATE[type(outcome)] if not isinstance(outcome, Accepted) or not outcome.kept else OutgoingState.KEPT
    mail.problem = "" if isinstance(outcome, Accepted) else outcome.problem
    mail.settled_at = None if isinstance(outcome, Delayed) else timezone.now()
    mail.save(update_fields=["attempts", "state", "problem", "settled_at"])
    if mail.state == OutgoingState.SENT:
        forget_address_failed(EMAIL, mail.recipient)
    return outcome


def _attempt(mail: OutgoingMail, since: datetime) -> Outcome:
    if not settings.EMAIL_RELAY_URL:
        return Accepted(kept=True)
    try:
        faults.hit("mail.before_sending")
        send_through(settings.EMAIL_RELAY_URL, mail.sender, [mail.recipient], bytes(mail.raw))
        faults.hit("mail.after_sending")
    except PermanentFailure as problem:
        return Refused(str(problem))
    except (TemporaryFailure, UnknownOutcome) as problem:
        if timezone.now() - since > GIVE_UP_AFTER:
            return Refused(_("Given up after five days: %(problem)s") % {"problem": problem})
        return Delayed(str(problem), wait_seconds(mail.attempts, mail.mail_id))
    return Accepted()


_STATE: dict[type, str] = {Accepted: OutgoingState.SENT, Delayed: OutgoingState.QUEUED, Refused: OutgoingState.FAILED}


def withdraw_mail(message: Message, at: datetime) -> bool:
    """Whether the mail of a message and all its copies were taken back: only while none of them was tried, nor is now."""
    mail = OutgoingMail.objects.select_for_update().filter(message=message).first()
    if mail is None or mail.state not in (OutgoingState.QUEUED, OutgoingState.KEPT):
        return False
    if mail.state == OutgoingState.KEPT and at - mail.created_at > timedelta(seconds=settings.UNDO_SECONDS):
        return False
    copies = list(mail.copies.order_by("pk"))
    if not all(is_free(SENDING_COPY, copy.pk) for copy in copies):
        return False
    every = [mail, *mail.copies.select_for_update().order_by("pk")]
    if any(each.attempts for each in every):
        return False
    for each in every:
        each.state, each.settled_at = OutgoingState.WITHDRAWN, at
        each.save(update_fields=["state", "settled_at"])
    return True


def _subject(message: Message, automatic: bool, language: str) -> str:
    """An automatic answer never carries the sender's own words: a forged sender could aim them at somebody."""
    ticket, side = message.ticket, message.side
    if side is not None:
        went_before = side.messages.exclude(pk=message.pk).exists()
        return f"Re: {bare_words(side.subject)}" if went_before else side.subject
    if automatic:
        with translation.override(language):
            return _("We have your message (ticket %(number)s)") % {"number": ticket.number}
    mark = "Re: " if ticket.messages.filter(kind=MessageKind.INBOUND).exists() else ""
    return f"{mark}{bare_words(ticket.subject)} [#{ticket.number}]"


def _signature(message: Message, policy: Policy) -> str:
    """The company's signature, else the policy's, in the language that the desk writes in on this ticket."""
    language = written_language(message.ticket, policy)
    return signature(
        signature_in(language) or policy.signature(language),
        name=message.sender_name,
        company=policy.company.name,
        number=str(message.ticket.number),
    )


def _token(message: Message, person: Person, *, is_likely_new: bool = False) -> str:
    """The ticket's token for a person. An automatic answer mostly is the first mail to them: then no look comes before."""
    ticket, side = message.ticket, message.side
    if side is not None:
        made = {"token": new_token(), "ticket": ticket, "person": person}
        return ReplyToken.objects.get_or_create(side=side, defaults=made)[0].token
    known = ReplyToken.objects.filter(ticket=ticket, person_id=person.pk, side=None)
    token = None if is_likely_new else known.first()
    return token.token if token else _made_token(ticket, person)


def _made_token(ticket: Ticket, person: Person) -> str:
    """A new one, or the one that is there, in one statement: two are never made."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into email_channel_replytoken (token, ticket_id, person_id) values (%s, %s, %s)"
            " on conflict (ticket_id, person_id) where side_id is null"
            " do update set ticket_id = excluded.ticket_id returning token",
            [new_token(), ticket.pk, person.pk],
        )
        token: str = cursor.fetchone()[0]
    return token
