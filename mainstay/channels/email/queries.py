"""What mail says about threads, and the mails that staff may see."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from mainstay.history.prepared import Prepared
from mainstay.people.models import Identity, Person
from mainstay.people.queries import email_of
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_in_force, policy_of, revision_keys
from mainstay.tickets.models import Message, SideConversation, Ticket
from mainstay.tickets.queries import ticket_of_side, ticket_with_messages_of
from mainstay.tickets.states import MessageKind

from .addresses import canonical_address, token_in
from .models import Mailbox, OutgoingMail, RawMail, ReplyToken
from .reading import ParsedMail
from .states import RawState
from .subjects import is_new_subject

NAMED_MAX = 50
OUR_MAIL_ID = re.compile(r"<[a-z2-7]{26}\.m@")  # as `new_message_id` makes them
LISTENER = "smtp"  # the mailbox name of what the listener took in


@dataclass(frozen=True)
class Threading:
    """The Message-IDs an answer refers to: the last mail of the customer, and the thread oldest first."""

    last_inbound: str
    references: tuple[str, ...]


class Thread(NamedTuple):
    """A ticket by its key; or a side conversation beside it."""

    ticket: int
    side: int | None = None


@dataclass(frozen=True)
class Pointer:
    """The ticket that a mail points to, and how sure that is: by a secret of ours, or only by a number anybody can write.

    `side`: the secret is one of a side conversation beside that ticket.
    `is_by_address`: by the reply token in an address alone, which a service may have been told as somebody's address.
    """

    ticket: int
    side: int | None = None
    is_only_number: bool = False
    has_new_subject: bool = False
    is_by_address: bool = False


@dataclass(frozen=True)
class Known:
    """What is known of a few mails before they are filed, looked up for all of them together.

    `ours`: the threads of our own Message-IDs that they name. `others`: the mails that bear a Message-ID already.
    """

    ours: dict[str, Thread]
    others: dict[str, list[RawMail]]

    def others_like(self, mail: RawMail) -> list[RawMail]:
        """Other mails with the same Message-ID, the oldest first: those of before, and those filed since."""
        return [other for other in self.others.get(mail.mail_id, []) if other.pk != mail.pk]

    def filed(self, mail: RawMail) -> None:
        """This mail is filed: the next ones of the batch know of it."""
        if mail.mail_id and all(other.pk != mail.pk for other in self.others.setdefault(mail.mail_id, [])):
            self.others[mail.mail_id].append(mail)


def _alone_with(mail_ids: list[str]) -> None:
    """Until the transaction ends; asked in one order by everybody, so that no two wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(id, 2)) from (select unnest(%s::text[]) as id order by 1) ids",
            [mail_ids],
        )


def known_of(mails: list[tuple[RawMail, ParsedMail]]) -> Known:
    """In three queries for all. Whoever files a mail with one of these Message-IDs at the same time waits for us."""
    named = {name for _mail, parsed in mails for name in _named(parsed)}
    ids = sorted({parsed.message_id[:998] for _mail, parsed in mails if parsed.message_id})
    _alone_with(ids)
    others: dict[str, list[RawMail]] = {mail_id: [] for mail_id in ids}
    there = RawMail.objects.filter(mail_id__in=ids).exclude(mail_id="").select_related("message").defer("raw")
    for other in there.order_by("pk") if ids else []:
        others[other.mail_id].append(other)
    return Known(_threads_of_mail_ids(sorted(named)), others)


def _named(parsed: ParsedMail) -> list[str]:
    """The Message-IDs that a mail answers, the nearest first."""
    return [*parsed.in_reply_to, *reversed(parsed.references)][:NAMED_MAX]


def pointer_of(parsed: ParsedMail, envelope_to: list[str], ours: dict[str, Thread]) -> Pointer | None:
    """The ticket this mail answers: by our own Message-IDs, the token in an address, the token in its text, its number.

    Whether the sender fits that ticket is decided at the gate, not here.
    """
    by_id = next((ours[name] for name in _named(parsed) if name in ours), None)
    if by_id is not None:
        return Pointer(*by_id, has_new_subject=_is_new(parsed.subject, by_id))
    by_address = _thread_of_tokens(_tokens_in([*envelope_to, *(to.address for to in (*parsed.to, *parsed.cc))]))
    if by_address is not None:
        return Pointer(*by_address, has_new_subject=_is_new(parsed.subject, by_address), is_by_address=True)
    by_text = _thread_of_tokens(list(parsed.body_tokens))
    if by_text is not None:
        return Pointer(*by_text, has_new_subject=_is_new(parsed.subject, by_text))
    if parsed.subject_numbers:
        ticket = Ticket.objects.filter(number__in=parsed.subject_numbers[:5]).order_by("number").first()
        return Pointer(ticket.pk, is_only_number=True) if ticket else None
    return None


def conversation_of(parsed: ParsedMail) -> Ticket | None:
    """The ticket that a colleague's own mail is about: it answers a mail of the customer, or of ours, or bears the number."""
    named = _named(parsed)
    ours = _threads_of_mail_ids(named)
    key = next((ours[name].ticket for name in named if name in ours), None)
    if key is None and named:
        came_in = RawMail.objects.filter(mail_id__in=named[:NAMED_MAX], message__isnull=False).exclude(mail_id="")
        key = came_in.order_by("-pk").values_list("message__ticket_id", flat=True).first()
    if key is None and parsed.subject_numbers:
        key = Ticket.objects.filter(number=parsed.subject_numbers[0]).values_list("pk", flat=True).first()
    return ticket_with_messages_of(key) if key is not None else None


def mail_written_to(parsed: ParsedMail, envelope_to: list[str]) -> OutgoingMail | None:
    """The mail of ours that a report is about: by its Message-ID, else the last one to whose reply address it came."""
    mails = OutgoingMail.objects.select_related("message__ticket", "copy_of__message__ticket")
    named = [*parsed.about_mail_ids, *_named(parsed)]
    if named:
        found = {mail.mail_id: mail for mail in mails.filter(mail_id__in=named[:NAMED_MAX])}
        for mail_id in named:
            if mail_id in found:
                return found[mail_id]
    tokens = _tokens_in([*envelope_to, *(to.address for to in parsed.to)])
    token = ReplyToken.objects.filter(token__in=tokens).first() if tokens else None
    if token is None:
        return None
    addresses = Identity.objects.filter(person=token.person_id, channel=EMAIL).values("address")
    if token.side_id is not None:
        return mails.filter(message__side=token.side_id).order_by("-pk").first()
    ours = mails.filter(message__side=None).filter(
        Q(message__ticket=token.ticket_id) | Q(copy_of__message__ticket=token.ticket_id)
    )
    return ours.filter(recipient__in=addresses).order_by("-pk").first()


def _threads_of_mail_ids(named: list[str]) -> dict[str, Thread]:
    """The threads of those Message-IDs that are ours."""
    if not named:
        return {}
    rows = OutgoingMail.objects.filter(mail_id__in=named).values_list(
        "mail_id", "message__ticket_id", "copy_of__message__ticket_id", "message__side_id"
    )
    return {mail_id: Thread(ticket or copied, side) for mail_id, ticket, copied, side in rows}


def _tokens_in(addresses: list[str]) -> list[str]:
    bases = our_addresses()
    found = (token_in(address, base) for address in addresses for base in bases if "+" in address)
    return [token for token in found if token]


def _thread_of_tokens(tokens: list[str]) -> Thread | None:
    """A side conversation's is at its messages, which may have been moved to another ticket since."""
    if not tokens:
        return None
    found = ReplyToken.objects.select_related("side").filter(token__in=tokens[:NAMED_MAX]).first()
    if found is None:
        return None
    return Thread(ticket_of_side(found.side).pk if found.side else found.ticket_id, found.side_id)


def _is_new(subject: str, thread: Thread) -> bool:
    """Whether the thread never had this subject. Of what a third party writes beside a ticket it does not matter."""
    ticket = thread.ticket
    if thread.side is not None:
        return False
    known = list(Ticket.objects.filter(pk=ticket).values_list("subject", flat=True))
    if not is_new_subject(subject, known):
        return False
    ours = OutgoingMail.objects.filter(message__ticket=ticket).order_by("-pk").values_list("subject", flat=True)[:20]
    theirs = Message.objects.filter(ticket=ticket).order_by("-pk").values_list("subject", flat=True)[:50]
    return is_new_subject(subject, [*ours, *theirs])


def is_our_mail_id(mail_id: str) -> bool:
    """Whether a mail that came in is one that we wrote, under whatever domain: it went in a circle."""
    return bool(OUR_MAIL_ID.match(mail_id)) and OutgoingMail.objects.filter(mail_id=mail_id).exists()


def same_in_other_mailbox(mail: RawMail, others: list[RawMail], text: str, parsed: ParsedMail) -> Message | None:
    """The message that the same mail made when it came to another of our mailboxes: same id, sender, words and files."""
    for other in others:
        is_same = other.mailbox != mail.mailbox and other.sender == mail.sender
        if (
            is_same
            and other.message is not None
            and other.message.text == text
            and _has_files_of(other.message, parsed)
        ):
            return other.message
    return None


def _has_files_of(message: Message, parsed: ParsedMail) -> bool:
    there = message.attachments.order_by("file__sha256").values_list("file__sha256", flat=True)
    return list(there) == sorted(file.sha256 for file in parsed.attachments) or message.kind == MessageKind.REPLY


def answered_or_complained(address: str, since: datetime) -> bool:
    """Whether something automatic was written to this address since then, or nothing ever shall be."""
    answered = OutgoingMail.objects.filter(is_automatic=True, recipient=address, created_at__gt=since)
    complained = Identity.objects.filter(channel=EMAIL, address=address, complained_at__isnull=False)
    return answered.order_by().values("pk").union(complained.order_by().values("pk"), all=True).exists()


def threading_of_side(side: SideConversation) -> Threading:
    """Likewise of a conversation beside a ticket: nothing of the ticket itself."""
    rows = side.messages.order_by("at", "pk").values_list("external_id", "outgoing_mail__mail_id")
    theirs = [external for external, _ours in rows if external]
    return Threading(
        theirs[-1] if theirs else "", tuple(external or ours for external, ours in rows if external or ours)
    )


def threading_of(ticket: Ticket, recipient: str, *, is_copy: bool = False) -> Threading:
    """The Message-IDs of a ticket's mails, in the order in which they came and went: of ours only those to this recipient.

    Our ids are secrets, by which a report about a mail is believed: nobody learns those of mails to others.
    """
    ours_to = OutgoingMail.objects.filter(copy_of__message=OuterRef("pk"), recipient=recipient).order_by("pk")
    ours = Subquery(ours_to.values("mail_id")[:1]) if is_copy else F("outgoing_mail__mail_id")
    rows = ticket.messages.filter(side=None).order_by("at", "pk").values_list("external_id", ours)
    theirs = [external for external, _ours in rows if external]
    references = tuple(external or ours for external, ours in rows if external or ours)
    return Threading(theirs[-1] if theirs else "", references)


def customer_address(ticket: Ticket) -> str:
    """Where an answer goes: where the ticket's person last asked for it or wrote from, else the address we know; or empty."""
    last = _LAST_WRITTEN_FROM.first(ticket.pk, ticket.person_id)
    return (last[0] or last[1]) if last else email_of(ticket.person)


_LAST_WRITTEN_FROM = Prepared(
    lambda ticket, person: (
        Message.objects.filter(ticket=ticket, kind=MessageKind.INBOUND, channel=EMAIL, author=person)
        .exclude(sender_address="")
        .order_by("-at", "-pk")
        .values_list("reply_address", "sender_address")[:1]
    ),
    int,
    int,
)


def our_address() -> str:
    """The desk's own address, from the policy in force."""
    return policy_in_force(timezone.now()).channels.email.address.lower()


_looked_up: ContextVar[list[str] | None] = ContextVar("looked_up", default=None)


@contextmanager
def our_addresses_looked_up() -> Iterator[None]:
    """Within this block, which is short, the desk's addresses are read once."""
    token = _looked_up.set(our_addresses())
    try:
        yield
    finally:
        _looked_up.reset(token)


def our_addresses() -> list[str]:
    """The desk's own address first, then those it had under earlier policies, then those of its mailboxes."""
    known = _looked_up.get()
    if known is not None:
        return known
    mailboxes = Mailbox.objects.order_by("pk").values_list("address", flat=True)
    before = [policy_of(key).channels.email.address.lower() for key in revision_keys()]
    return list(dict.fromkeys([our_address(), *before, *(canonical_address(address) or "" for address in mailboxes)]))


def is_our_address(address: str) -> bool:
    """Whether mail to this address is for the desk: one of its own, plain or with a tag such as a reply token."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return f"{local.split('+', 1)[0]}@{domain}" in our_addresses()


def sender_address_of(ticket: Ticket) -> str:
    """From which of our addresses an answer comes: that of the mailbox the customer wrote to last, else the desk's own."""
    came_in = RawMail.objects.filter(message__ticket=ticket, message__kind=MessageKind.INBOUND)
    name = came_in.order_by("-pk").values_list("mailbox", flat=True).first()
    mailbox = Mailbox.objects.filter(name=name).first() if name and name != LISTENER else None
    return (canonical_address(mailbox.address) if mailbox else None) or ""


def sent_mail_for(viewer: Person) -> QuerySet[OutgoingMail]:
    """Outgoing mail this person may see, newest first; none for those who may not."""
    mails = OutgoingMail.objects.select_related("message__ticket", "copy_of__message__ticket").defer("raw")
    mails = mails.order_by("-pk")
    return mails if viewer.may(Permission.SEE_MAIL) else mails.none()


def set_aside_for(viewer: Person, state: str = RawState.SET_ASIDE) -> QuerySet[RawMail]:
    """Mail that was set aside (or another state), newest first; none for those who may not see it."""
    mails = RawMail.objects.filter(state=state).defer("raw").order_by("-pk")
    mails = mails.select_related("about__message__ticket", "about__copy_of__message__ticket", "settled_by")
    return mails if viewer.may(Permission.SEE_MAIL) else mails.none()


def raw_mail_for(viewer: Person, pk: int) -> RawMail | None:
    """A raw mail with its bytes; None for those who may not see it."""
    return RawMail.objects.filter(pk=pk).first() if viewer.may(Permission.SEE_MAIL) else None
