"""Fills a desk with tickets in bulk: rows as the actions would have written them, at a hundred times their speed.

Tickets, messages, raw and outgoing mail (sent by a relay), reply tokens, events and measured promises. That the figures
are those that the events give is what `mainstay promises recount` proves, in the tests and in each run.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from mainstay.channels.email.models import OutgoingMail, RawMail, ReplyToken
from mainstay.history.kinds import EventKind
from mainstay.people.models import Identity, Organisation, Person
from mainstay.policy.shape import Policy
from mainstay.promises.course import Fact
from mainstay.promises.models import FurtherResponse, PolicyRevision, Promise
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.promises.rules import Measure, course_in, measured, stamp
from mainstay.promises.states import FactKind, With
from mainstay.tickets import events
from mainstay.tickets.models import Message, Ticket, TicketEvent
from mainstay.tickets.rules import rank_of
from mainstay.tickets.states import Delivery, MessageKind

from .lives import Act, Life, lives

SEED = 20261122
BATCH = 1000
ORGANISATIONS, COLLEAGUES = 200, 3
STRANGER = "stranger-{}@elsewhere.example"
SUPPORT = "support@intercom.example"

# What an act means for the measures; the last word is whose turn it becomes.
FACTS: dict[str, tuple[tuple[FactKind, str], ...]] = {
    "answered": ((FactKind.ASKED, ""), (FactKind.CAME_BACK, "")),
    "replied": ((FactKind.TURNED, With.CUSTOMER), (FactKind.ANSWERED, "")),
    "handed_over": ((FactKind.TURNED, With.DEVELOPERS),),
    "resolved": ((FactKind.RESOLVED, ""),),
    "reopened": ((FactKind.ASKED, ""), (FactKind.REOPENED, "")),
}
EVENTS: dict[str, EventKind] = {
    "opened": events.OPENED,
    "answered": events.MESSAGE_RECEIVED,
    "replied": events.REPLIED,
    "handed_over": events.HANDED_TO_DEVELOPERS,
    "resolved": events.RESOLVED,
    "reopened": events.REOPENED,
    "closed": events.CLOSED,
}
MESSAGES = {
    "opened": MessageKind.INBOUND,
    "answered": MessageKind.INBOUND,
    "reopened": MessageKind.INBOUND,
    "replied": MessageKind.REPLY,
    "handed_over": MessageKind.NOTE,
}


@dataclass(frozen=True)
class Crowd:
    """Those who write to the desk and those who answer; `addresses` are the customers' by their key."""

    customers: list[Person]
    strangers: list[Person]
    technicians: list[Person]
    addresses: dict[int, str]


@dataclass
class Rows:
    """What a batch is made of, in the order in which it is stored."""

    mails: list[RawMail] = field(default_factory=list)
    sent: list[OutgoingMail] = field(default_factory=list)
    tokens: list[ReplyToken] = field(default_factory=list)
    events: list[TicketEvent] = field(default_factory=list)


@transaction.atomic
def make_crowd(technicians: int = 6) -> Crowd:
    """Partners who bought directly, some strangers, and technicians without a sign-in."""
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Partner {n:03}", kind="partner", bought_directly=True, country="NL", zone="Europe/Amsterdam"
        )
        for n in range(ORGANISATIONS)
    )
    customers = Person.objects.bulk_create(
        Person(name=f"Customer {n:03}-{m}", organisation=one, language="en")
        for n, one in enumerate(organisations)
        for m in range(COLLEAGUES)
    )
    strangers = Person.objects.bulk_create(Person(name=f"Stranger {n:03}") for n in range(50))
    identities = Identity.objects.bulk_create(
        [
            *(_identity(one, f"customer-{n}@partner-{n // COLLEAGUES}.example") for n, one in enumerate(customers)),
            *(_identity(one, STRANGER.format(n)) for n, one in enumerate(strangers)),
        ]
    )
    staff = Person.objects.bulk_create(Person(name=f"Technician {n}") for n in range(technicians))
    return Crowd(customers, strangers, staff, {one.person_id: one.address for one in identities})


def fill(number: int, crowd: Crowd, *, at: datetime, seed: int = SEED) -> None:
    """So many tickets are on the desk, as of `at`; the same ones for the same seed."""
    revision = revision_in_force(at)
    policy = policy_of(revision.pk)
    coming = lives(number, at=at, policy=policy, seed=seed)
    while batch := list(islice(coming, BATCH)):
        _store(batch, crowd, revision, policy)
    with connection.cursor() as cursor:
        cursor.execute("analyze")


@transaction.atomic
def _store(batch: list[Life], crowd: Crowd, revision: PolicyRevision, policy: Policy) -> None:
    measures = [measured(course_in(life.opened_at, _facts(life), policy), policy) for life in batch]
    found = zip(batch, measures, strict=True)
    promises = Promise.objects.bulk_create(_promise(life, revision, policy, measure) for life, (measure, _) in found)
    FurtherResponse.objects.bulk_create(
        FurtherResponse(promise=promise, **asdict(one))
        for promise, (_measure, further) in zip(promises, measures, strict=True)
        for one in further
    )
    pairs = zip(batch, promises, strict=True)
    tickets = Ticket.objects.bulk_create(_ticket(life, promise, crowd, policy) for life, promise in pairs)
    written = [
        list(_messages(life, ticket, crowd.addresses[ticket.person_id]))
        for life, ticket in zip(batch, tickets, strict=True)
    ]
    Message.objects.bulk_create(message for messages in written for message in messages if message)
    rows = Rows()
    for life, ticket, messages in zip(batch, tickets, written, strict=True):
        _follow(rows, life, ticket, messages, crowd.addresses[ticket.person_id])
    RawMail.objects.bulk_create(rows.mails)
    OutgoingMail.objects.bulk_create(rows.sent)
    ReplyToken.objects.bulk_create(rows.tokens)
    TicketEvent.objects.bulk_create(rows.events)


def _facts(life: Life) -> list[Fact]:
    """From the acts, not from the events: the recount compares the two."""
    facts = [Fact(kind, act.at, detail) for act in life.acts for kind, detail in FACTS.get(act.kind, ())]
    return [*facts, Fact(FactKind.EXCLUDED, life.opened_at, "refused")] if life.is_refused else facts


def _promise(life: Life, revision: PolicyRevision, policy: Policy, measure: Measure) -> Promise:
    target = policy.target(life.nature, life.severity)
    return Promise(
        revision=revision,
        opened_at=life.opened_at,
        opened_stamp=stamp(life.opened_at, policy),
        first_response_target_seconds=target.first_response_seconds,
        resolution_target_seconds=target.resolution_seconds,
        **asdict(measure),
    )


def _ticket(life: Life, promise: Promise, crowd: Crowd, policy: Policy) -> Ticket:
    writers = crowd.strangers if life.is_refused else crowd.customers
    person = writers[life.writer % len(writers)]
    is_touched = any(act.kind == "replied" for act in life.acts)
    return Ticket(
        subject=life.subject,
        state=life.state,
        nature=life.nature,
        severity=life.severity,
        urgency=policy.urgency(life.severity),
        rank=rank_of(policy.urgency(life.severity), 0, is_answered=is_touched),
        channel="email",
        language="en",
        person=person,
        organisation_id=person.organisation_id,
        assignee=crowd.technicians[life.technician % len(crowd.technicians)] if is_touched else None,
        entitlement="refused" if life.is_refused else "entitled",
        entitlement_reason="stranger" if life.is_refused else "direct_buyer",
        promise=promise,
        opened_at=life.opened_at,
        touched_at=life.acts[-1].at,
    )


def _messages(life: Life, ticket: Ticket, address: str) -> Iterator[Message | None]:
    """The acknowledgement, then one for each act; None for acts without words."""
    yield _message(ticket, MessageKind.ACKNOWLEDGEMENT, None, life.acts[0])
    for place, act in enumerate(life.acts):
        kind = MESSAGES.get(act.kind)
        if kind == MessageKind.INBOUND:
            mail_id = f"<{ticket.pk}-{place}@{address.rpartition('@')[2]}>"
            yield _message(ticket, kind, ticket.person, act, sender_address=address, external_id=mail_id)
        else:
            yield _message(ticket, kind, ticket.assignee, act) if kind else None


def _message(ticket: Ticket, kind: str, author: Person | None, act: Act, **more: str) -> Message:
    is_sent = kind in (MessageKind.ACKNOWLEDGEMENT, MessageKind.REPLY)
    return Message(
        ticket=ticket,
        kind=kind,
        author=author,
        sender_name=author.name if author else "",
        channel="email",
        at=act.at,
        text=act.text,
        delivery=Delivery.SENT if is_sent else Delivery.NONE,
        **more,
    )


def _follow(rows: Rows, life: Life, ticket: Ticket, messages: list[Message | None], address: str) -> None:
    """Events and mails that belong to the acts and their messages."""
    acknowledgement, *others = messages
    rows.tokens.append(ReplyToken(token=f"bench{ticket.pk:021}", ticket=ticket, person=ticket.person))
    for act, message in zip(life.acts, others, strict=True):
        if message is not None and message.kind == MessageKind.INBOUND:
            rows.mails.append(_raw_mail(ticket, message, address))
        by = ticket.person if act.kind in ("opened", "answered", "reopened") else ticket.assignee
        if act.kind == "reopened":
            _record(rows, ticket, events.MESSAGE_RECEIVED, act.at, by, message)
        why: dict[str, str] = {}
        if act.kind == "opened":
            why = {"entitlement": ticket.entitlement, "because": ticket.entitlement_reason}
        elif act.kind == "replied":
            why = {"was": "open", "became": "waiting"}
        _record(rows, ticket, EVENTS[act.kind], act.at, by, message if act.kind != "reopened" else None, **why)
        if act.kind == "opened":
            if life.is_refused:
                _record(rows, ticket, events.EXCLUDED, act.at, None, None, reason="refused")
            _send(rows, ticket, acknowledgement, address)
        elif act.kind == "replied":
            _send(rows, ticket, message, address)


def _send(rows: Rows, ticket: Ticket, message: Message | None, address: str) -> None:
    assert message is not None
    if message.kind == MessageKind.ACKNOWLEDGEMENT:
        _record(rows, ticket, events.ACKNOWLEDGED, message.at, None, message)
    _record(rows, ticket, events.DELIVERED, message.at, None, message)
    mail_id = f"<desk-{message.pk}@intercom.example>"
    subject = f"Re: {ticket.subject} [{ticket.number}]"
    rows.sent.append(
        OutgoingMail(
            message=message,
            mail_id=mail_id,
            sender=SUPPORT,
            recipient=address,
            subject=subject,
            raw=_raw(SUPPORT, address, subject, mail_id, message.text),
            state="sent",
            created_at=message.at,
            settled_at=message.at,
        )
    )


def _record(
    rows: Rows, ticket: Ticket, kind: EventKind, at: datetime, by: Person | None, message: Message | None, **facts: str
) -> None:
    rows.events.append(TicketEvent(ticket=ticket, kind=kind.name, at=at, by=by, message=message, facts=facts))


def _raw_mail(ticket: Ticket, message: Message, address: str) -> RawMail:
    raw = _raw(address, SUPPORT, ticket.subject, message.external_id, message.text)
    return RawMail(
        mailbox="smtp",
        sha256=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        size=len(raw),
        envelope_from=address,
        envelope_to=[SUPPORT],
        peer="127.0.0.1",
        received_at=message.at,
        state="done",
        subject=ticket.subject,
        sender=address,
        mail_id=message.external_id,
        message=message,
        settled_at=message.at,
    )


def _raw(sender: str, recipient: str, subject: str, mail_id: str, text: str) -> bytes:
    head = f"From: {sender}\r\nTo: {recipient}\r\nSubject: {subject}\r\nMessage-ID: {mail_id}\r\n"
    return f"{head}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


def _identity(person: Person, address: str) -> Identity:
    return Identity(person=person, channel="email", address=address)
