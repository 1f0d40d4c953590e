"""What mail says about threads, and the mails that staff may see."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from mainstay.people.models import Person
from mainstay.people.queries import email_of
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_in_force
from mainstay.tickets.models import Ticket
from mainstay.tickets.states import MessageKind

from .addresses import token_in
from .models import OutgoingMail, RawMail, ReplyToken
from .reading import ParsedMail
from .states import RawState


@dataclass(frozen=True)
class Threading:
    """The Message-IDs an answer refers to: the last mail of the customer, and the thread oldest first."""

    last_inbound: str
    references: tuple[str, ...]


def thread_of(parsed: ParsedMail, envelope_to: list[str]) -> int | None:
    """The key of the ticket this mail answers, by our own Message-IDs, then by the token in an address; None if neither.

    Whether the sender fits that ticket is decided at the gate, not here.
    """
    named = [*parsed.in_reply_to, *reversed(parsed.references)]
    known = dict(OutgoingMail.objects.filter(mail_id__in=named).values_list("mail_id", "message__ticket_id"))
    for message_id in named:
        if message_id in known:
            return known[message_id]
    ours = our_address()
    addressed = [*envelope_to, *(to.address for to in (*parsed.to, *parsed.cc))]
    tokens = [token for token in (token_in(address, ours) for address in addressed) if token]
    found = ReplyToken.objects.filter(token__in=tokens).first() if tokens else None
    return found.ticket_id if found else None


def is_repeated(mail: RawMail) -> bool:
    """Whether another mail of the mailbox bears the same Message-ID: both are kept, this one is marked."""
    if not mail.mail_id:
        return False
    same = RawMail.objects.filter(mail_id=mail.mail_id, mailbox=mail.mailbox)
    return same.exclude(mail_id="").exclude(pk=mail.pk).exists()


def threading_of(ticket: Ticket) -> Threading:
    """The Message-IDs of a ticket's mails, theirs and ours, in the order in which they came and went."""
    rows = ticket.messages.order_by("at", "pk").values_list("external_id", "outgoing_mail__mail_id")
    theirs = [external for external, _ours in rows if external]
    references = tuple(external or ours for external, ours in rows if external or ours)
    return Threading(theirs[-1] if theirs else "", references)


def customer_address(ticket: Ticket) -> str:
    """Where an answer goes: the address the ticket's person wrote from last, else the one we know; empty if none."""
    last = (
        ticket.messages.filter(kind=MessageKind.INBOUND, channel="email", author_id=ticket.person_id)
        .exclude(sender_address="")
        .order_by("-at", "-pk")
        .values_list("sender_address", flat=True)
        .first()
    )
    return last or email_of(ticket.person)


def our_address() -> str:
    """The desk's own address, from the policy in force."""
    return policy_in_force(timezone.now()).channels.email.address.lower()


def is_our_address(address: str) -> bool:
    """Whether mail to this address is for the desk: its own address, plain or with a tag such as a reply token."""
    ours = our_address()
    local, _at, domain = address.strip().lower().rpartition("@")
    own_local, _own_at, own_domain = ours.rpartition("@")
    return domain == own_domain and local.split("+", 1)[0] == own_local


def sent_mail_for(viewer: Person) -> QuerySet[OutgoingMail]:
    """Outgoing mail this person may see, newest first; none for those who may not."""
    mails = OutgoingMail.objects.select_related("message__ticket__person").defer("raw").order_by("-pk")
    return mails if viewer.may(Permission.SEE_MAIL) else mails.none()


def set_aside_for(viewer: Person, state: str = RawState.SET_ASIDE) -> QuerySet[RawMail]:
    """Mail that was set aside (or another state), newest first; none for those who may not see it."""
    mails = RawMail.objects.filter(state=state).defer("raw").order_by("-pk")
    return mails if viewer.may(Permission.SEE_MAIL) else mails.none()


def raw_mail_for(viewer: Person, pk: int) -> RawMail | None:
    """A raw mail with its bytes; None for those who may not see it."""
    return RawMail.objects.filter(pk=pk).first() if viewer.may(Permission.SEE_MAIL) else None
