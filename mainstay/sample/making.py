"""Make the sample company: people, products, and six weeks of tickets played through the real verbs."""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from mainstay.catalogue.models import Product
from mainstay.channels.email.channel import local_outbox
from mainstay.duty import actions as duty
from mainstay.escalations import actions as escalations
from mainstay.escalations.packet import KEYS as PACKET_KEYS
from mainstay.escalations.packet import Packet
from mainstay.notifications.actions import mark_read
from mainstay.people import actions as people
from mainstay.people.models import Account, Organisation, Person
from mainstay.people.queries import staff_members
from mainstay.people.rules import EMAIL
from mainstay.promises.queries import policy_in_force
from mainstay.promises.states import Exclusion
from mainstay.tickets import actions as tickets
from mainstay.tickets.inbound import Inbound
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import Then

from . import company
from .acts import Act, PlannedTicket
from .answers import make_answers
from .automation import ask_supplier, keep_rules
from .plan import plan
from .products import products
from .ratings import play_ratings
from .views import share_views

POLICY_HOLDS_FOR = timedelta(weeks=8)  # the sample's tickets are younger than its policy
SIGN_INS = "sample-sign-ins.json"


def is_empty_desk() -> bool:
    """Whether nobody can sign in yet."""
    return not Account.objects.exists()


@transaction.atomic
def make_sample(*, at: datetime) -> None:
    """The sample company is there, all marked as sample; its passwords lie in the data folder for the owner's eyes only.

    Everything goes through the same verbs as real work, at the planned moments. Nothing of it is sent: its mails are kept
    in the local outbox, whatever relay is set.
    """
    cast = _Cast()
    _hire(cast, at)
    _register(cast)
    Product.objects.bulk_create(
        (
            Product(
                model=one.model, family=one.family, subfamily=one.subfamily, platform=one.platform or "", is_sample=True
            )
            for one in products()
        ),
        ignore_conflicts=True,  # a product that the desk knows already stays as it is
    )
    _roster(cast, at)
    make_answers(by=_planner(cast), at=at)
    share_views(by=next(cast.people[one.key] for one in company.STAFF if one.role == "supervisor"), at=at)
    with local_outbox():
        for planned in plan(at, policy_in_force(at).calendar):
            _play(planned, cast)
        play_ratings(at=at)
        ask_supplier(at=at)
    roles = {one.role: cast.people[one.key] for one in company.STAFF}
    keep_rules(supervisor=roles["supervisor"], administrator=roles["administrator"], at=at)
    _watch_from_now_on(at)
    _refresh_statistics()


def _watch_from_now_on(at: datetime) -> None:
    """What the sample's tickets waited for is past: nobody is called to it, and what was told meanwhile is read."""
    waiting = Ticket.objects.active().filter(is_sample=True).order_by("pk")
    tickets.hush_alarms(list(waiting.values_list("pk", flat=True)), at=at)
    for person in staff_members().filter(is_sample=True):
        mark_read(person, at=at)


@dataclass
class _Cast:
    """Who is who: a key of the plan to the person in the database."""

    people: dict[str, Person] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


def _hire(cast: _Cast, at: datetime) -> None:
    sign_ins: dict[str, dict[str, str]] = {}
    for one in company.STAFF:
        account, password = people.add_staff(
            name=one.name, email=one.email, role=one.role, at=at, language=one.language, zone=one.zone, is_sample=True
        )
        sign_ins[one.email] = {"password": password, "hash": account.password}
        cast.people[one.key] = account.person
        cast.addresses[one.key] = one.email
    _keep_for_owner(Path(settings.DATA_DIR) / SIGN_INS, sign_ins)


def _roster(cast: _Cast, at: datetime) -> None:
    """Technicians have their shifts from Monday to Friday, and the languages they answer in."""
    planner = _planner(cast)
    for one in company.STAFF:
        person = cast.people[one.key]
        if one.role == "technician":
            starts, ends = (hour % 24 * 60 for hour in one.shift)
            duty.add_shift(
                person,
                weekdays=range(5),
                starts=starts,
                ends=ends,
                zone="Etc/UTC",
                valid_from=at.date(),
                by=planner,
                at=at,
            )
            duty.set_languages(person, list(one.speaks), by=planner, at=at)


def _planner(cast: _Cast) -> Person:
    return next(cast.people[one.key] for one in company.STAFF if one.role == "supervisor")


def _register(cast: _Cast) -> None:
    organisations: dict[str, Organisation] = {}
    for one in sorted(company.ORGANISATIONS, key=lambda o: o.seller is not None):
        organisations[one.key] = people.register_organisation(
            name=one.name,
            kind=one.kind,
            bought_directly=one.bought_directly,
            country=one.country,
            zone=one.zone,
            seller=organisations[one.seller] if one.seller else None,
            is_sample=True,
        )
    for person in (*company.PERSONS, *company.AGAIN, *company.STRANGERS, *company.ADVERTISERS):
        cast.people[person.key] = people.register_person(
            name=person.name,
            channel=EMAIL,
            address=person.email,
            organisation=organisations[person.organisation] if person.organisation else None,
            language=person.language,
            is_sample=True,
        )
        cast.addresses[person.key] = person.email


def _play(planned: PlannedTicket, cast: _Cast) -> None:
    """The ticket is opened and every act is done on it, in order."""
    opening, *acts = planned.acts
    ticket = _write_in(planned, opening, cast, None).ticket
    for act in acts:
        _do(act, ticket, planned, cast)


def _write_in(planned: PlannedTicket, act: Act, cast: _Cast, ticket: Ticket | None) -> Message:
    person = cast.people[act.by_key]
    return tickets.receive_message(
        Inbound(
            channel=EMAIL,
            sender_address=cast.addresses[act.by_key],
            sender_name=person.name,
            subject=planned.subject,
            text=act.text,
            at=act.at,
            thread=ticket.pk if ticket else None,
            language=planned.language,
            may_auto_reply=planned.origin != "spam",
            nature=planned.nature,
            severity=planned.severity,
            product=planned.product or "",
        ),
        is_sample=True,
    )


def _do(act: Act, ticket: Ticket, planned: PlannedTicket, cast: _Cast) -> None:
    by, at = cast.people[act.by_key], act.at
    if act.kind in ("customer_message", "reopen"):
        _write_in(planned, act, cast, ticket)
    elif act.kind == "reply":
        tickets.reply_to_ticket(ticket, text=act.text, by=by, at=at, then=Then.OPEN)
    elif act.kind == "note":
        tickets.note_on_ticket(ticket, text=act.text, by=by, at=at)
    elif act.kind == "assign":
        tickets.assign_ticket(ticket, to=cast.people[act.to_key], by=by, at=at)
    elif act.kind == "escalate":
        escalations.escalate_ticket(ticket, packet=_packet(ticket, act), by=by, at=at)
    elif act.kind == "return":
        escalations.answer_escalation(ticket, text=act.text, by=by, at=at)
    elif act.kind == "wait":
        tickets.await_customer(ticket, by=by, at=at)
    elif act.kind == "mark_spam":
        tickets.exclude_ticket(ticket, reason=Exclusion.SPAM, by=by, at=at)
    elif act.text:
        tickets.reply_to_ticket(ticket, text=act.text, by=by, at=at, then=Then.RESOLVE)
    else:
        tickets.resolve_ticket(ticket, by=by, at=at)


def _packet(ticket: Ticket, act: Act) -> Packet:
    """The customer's first words, the technician's, and the device; the rest was said not to apply."""
    seen = ticket.messages.order_by("at", "pk").values_list("text", flat=True)[0]
    words = {"seen": seen, "tried": act.text, "device": str(ticket.product or "")}
    return Packet(words, frozenset(key for key in PACKET_KEYS if not words.get(key)))


def _keep_for_owner(path: Path, sign_ins: dict[str, dict[str, str]]) -> None:
    """The passwords, readable by the owner alone; each with its hash, to tell later whether it was changed."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(sign_ins, file, indent=2)


def _refresh_statistics() -> None:
    with connection.cursor() as cursor:
        cursor.execute("analyze")
