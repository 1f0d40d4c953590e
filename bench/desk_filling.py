"""Fills a desk for the benches of queue, ticket and search: so many tickets with four messages each, by COPY.

300 organisations, 1,500 persons, 30 % of the tickets open, texts in eight languages (`desk_words.py`), the same desk for the
same seed. Promises are measured on a few thousand lives; each ticket is one of them, set back by whole weeks: the desk's week
has no holidays, so that its business seconds are those of its model. A recount proves it.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from django.db import connection, models, transaction

from mainstay.entitlement.states import Outcome, Reason
from mainstay.files.models import StoredFile
from mainstay.history.kinds import EventKind
from mainstay.people.models import Identity, Organisation, Person
from mainstay.policy.shape import Policy
from mainstay.promises.course import Fact
from mainstay.promises.models import FurtherResponse, Promise
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.promises.rules import Further, Measure, course_in, measured, stamp
from mainstay.tickets import events
from mainstay.tickets.models import Attachment, Message, Ticket, TicketEvent
from mainstay.tickets.rules import rank_of
from mainstay.tickets.states import Delivery, MessageKind

from .desk_index import fill_words
from .desk_words import Story, name, person_name, story
from .filling import EVENTS, FACTS
from .lives import STATE_AFTER

SEED = 20261123
ORGANISATIONS, PERSONS, TECHNICIANS = 300, 1500, 12
LIVES = 2000
BATCH = 5000
FILE_SHARE = 0.02
CLOSED_AFTER = timedelta(days=15)
PAST_WEEKS = 150  # finished tickets lie in so many weeks
ANSWER_MEDIAN_SECONDS, WORK_MEDIAN_SECONDS = 240, 2 * 3600  # business seconds

# What happens to a ticket, and to how many of a hundred. The first four acts are its messages.
COURSES: dict[tuple[str, ...], int] = {
    ("opened", "answered", "noted", "answered"): 5,
    ("opened", "replied", "noted", "answered"): 12,
    ("opened", "replied", "answered", "replied"): 9,
    ("opened", "replied", "answered", "handed_over"): 4,
    ("opened", "replied", "answered", "replied", "resolved"): 40,
    ("opened", "replied", "answered", "replied", "resolved", "closed"): 30,
}
KINDS = {
    "opened": MessageKind.INBOUND,
    "answered": MessageKind.INBOUND,
    "replied": MessageKind.REPLY,
    "noted": MessageKind.NOTE,
    "handed_over": MessageKind.NOTE,
}
TOLD: dict[str, EventKind] = {**EVENTS, "noted": events.NOTED}
FACTS_TOLD = {
    "opened": {"entitlement": Outcome.ENTITLED.value, "because": Reason.DIRECT_BUYER.value},
    "replied": {"was": "open", "became": "waiting"},
}
FIRMS = ("Installaties", "Elektro", "Security", "GmbH", "B.V.", "SARL", "Домофон")


@dataclass(frozen=True)
class Example:
    """One life, measured: every ticket is such a one, some weeks earlier."""

    acts: tuple[str, ...]
    at: tuple[datetime, ...]
    stamp: int
    measure: Measure
    further: tuple[Further, ...]
    nature: str
    severity: str

    @property
    def is_done(self) -> bool:
        return "resolved" in self.acts

    @property
    def is_answered(self) -> bool:
        return "replied" in self.acts

    @property
    def state(self) -> str:
        return [STATE_AFTER[act] for act in self.acts if act in STATE_AFTER][-1] if self.is_answered else "new"


@dataclass(frozen=True)
class Customer:
    key: int
    organisation: int
    address: str
    name: str


@dataclass(frozen=True)
class Population:
    """Who writes and who answers (key and name); `weights` add up how much each customer writes."""

    customers: list[Customer]
    weights: list[float]
    technicians: list[tuple[int, str]]
    file: int


@dataclass(frozen=True)
class Terms:
    """The policy that everything is promised under."""

    revision: int
    policy: Policy
    week_seconds: int  # business seconds in a week

    @classmethod
    def in_force(cls, at: datetime) -> "Terms":
        revision = revision_in_force(at)
        policy = policy_of(revision.pk)
        monday = datetime(2020, 1, 6, tzinfo=UTC)
        return cls(revision.pk, policy, policy.calendar.elapsed(monday - timedelta(weeks=1), monday))


def fill_desk(tickets: int, *, at: datetime, seed: int = SEED, technicians: Sequence[Person] = ()) -> None:
    """So many tickets are on the desk, as of `at`, worked on by these colleagues or by some without a sign-in."""
    chance = random.Random(seed)
    terms = Terms.in_force(at)
    people = _populate(chance, technicians)
    coming = _lives_in_order(tickets, list(_examples(chance, terms.policy, at)), chance)
    first = _next_key(Ticket)
    while batch := list(islice(coming, BATCH)):
        _store(batch, people, terms, chance)
    fill_words(first, _next_key(Ticket) - 1)
    with connection.cursor() as cursor:
        cursor.execute("analyze" if connection.in_atomic_block else "vacuum analyze")


def _examples(chance: random.Random, policy: Policy, at: datetime) -> Iterator[Example]:
    made = 0
    while made < LIVES:
        acts = chance.choices(list(COURSES), weights=list(COURSES.values()))[0]
        opened_at = at - timedelta(seconds=chance.randrange(3600, 9 * 86400), microseconds=chance.randrange(10**6))
        moments = _moments(acts, opened_at, policy, chance)
        if all(moment <= at for act, moment in zip(acts, moments, strict=True) if act != "closed"):
            made += 1
            yield _measured(acts, moments, policy, chance)


def _moments(acts: tuple[str, ...], opened_at: datetime, policy: Policy, chance: random.Random) -> tuple[datetime, ...]:
    moments = [opened_at]
    for act in acts[1:]:
        median = ANSWER_MEDIAN_SECONDS if act == "replied" else WORK_MEDIAN_SECONDS
        seconds = max(1, round(chance.lognormvariate(0, 0.8) * median))
        moments.append(moments[-1] + CLOSED_AFTER if act == "closed" else policy.calendar.due(moments[-1], seconds))
    return tuple(moments)


def _measured(acts: tuple[str, ...], moments: tuple[datetime, ...], policy: Policy, chance: random.Random) -> Example:
    pairs = zip(acts, moments, strict=True)
    facts = [Fact(kind, moment, detail) for act, moment in pairs for kind, detail in FACTS.get(act, ())]
    measure, further = measured(course_in(moments[0], facts, policy), policy)
    nature, severity = chance.choice(policy.nature_keys), chance.choice(policy.severity_keys)
    return Example(acts, moments, stamp(moments[0], policy), measure, further, nature, severity)


def _lives_in_order(number: int, known: list[Example], chance: random.Random) -> Iterator[tuple[Example, int]]:
    """Examples with how many weeks each is set back, those opened first first."""
    chosen = []
    for place, example in enumerate(chance.choices(known, k=number)):
        least = 3 if "closed" in example.acts else 0
        weeks = chance.randrange(least, PAST_WEEKS) if example.is_done else 0
        chosen.append((example.at[0] - timedelta(weeks=weeks), place, example, weeks))
    for _opened_at, _place, example, weeks in sorted(chosen, key=lambda one: one[:2]):
        yield example, weeks


@transaction.atomic
def _populate(chance: random.Random, technicians: Sequence[Person]) -> Population:
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"{name(chance)} {chance.choice(FIRMS)}",
            kind=chance.choice(("partner", "distributor")),
            bought_directly=True,
            country=chance.choice(("NL", "DE", "FR", "BE", "PL", "GB")),
            zone="Europe/Amsterdam",
        )
        for _ in range(ORGANISATIONS)
    )
    persons = Person.objects.bulk_create(
        Person(name=person_name(chance), organisation=organisations[n % ORGANISATIONS], language="en")
        for n in range(PERSONS)
    )
    identities = Identity.objects.bulk_create(
        Identity(
            person=one, channel="email", address=f"p{one.pk}.{name(chance, 2).lower()}@firm-{n % ORGANISATIONS}.example"
        )
        for n, one in enumerate(persons)
    )
    staff = list(technicians) or Person.objects.bulk_create(
        Person(name=person_name(chance)) for _ in range(TECHNICIANS)
    )
    file, _new = StoredFile.objects.get_or_create(sha256="0" * 64, defaults={"size": 4, "content_type": "text/plain"})
    customers = [
        Customer(person.pk, organisations[n % ORGANISATIONS].pk, identities[n].address, person.name)
        for n, person in enumerate(persons)
    ]
    weights = list(accumulate(1 / (place + 20) for place in range(PERSONS)))
    return Population(customers, weights, [(one.pk, one.name) for one in staff], file.pk)


# --- rows -------------------------------------------------------------------------------------------------------------

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Promise: (
        "id", "revision_id", "opened_at", "opened_stamp", "first_response_target_seconds", "resolution_target_seconds",
        *(field.name for field in fields(Measure)),
    ),
    FurtherResponse: ("promise_id", *(field.name for field in fields(Further))),
    Ticket: (
        "id", "subject", "state", "nature", "severity", "urgency", "rank", "channel", "language", "person_id",
        "organisation_id", "assignee_id", "entitlement", "entitlement_reason", "promise_id", "opened_at", "touched_at",
    ),
    Message: (
        "id", "ticket_id", "kind", "author_id", "sender_name", "sender_address", "channel", "external_id", "at", "subject",
        "text", "delivery",
    ),
    Attachment: ("message_id", "file_id", "filename"),
    TicketEvent: ("ticket_id", "kind", "at", "by_id", "message_id", "facts"),
}  # fmt: skip
Rows = dict[type[models.Model], list[tuple[Any, ...]]]


@transaction.atomic
def _store(batch: list[tuple[Example, int]], people: Population, terms: Terms, chance: random.Random) -> None:
    """Without triggers: keys are right by construction, and the words come at once for all, in `desk_index.py`."""
    rows: Rows = {model: [] for model in COLUMNS}
    first = {model: _next_key(model) for model in (Promise, Ticket, Message)}
    for place, (example, weeks) in enumerate(batch):
        customer = chance.choices(people.customers, cum_weights=people.weights)[0]
        keys = Keys(first[Promise] + place, first[Ticket] + place, first[Message] + 4 * place)
        said = story(chance, 4)
        by = chance.choice(people.technicians)
        _add_promise(rows, keys, example, weeks, terms)
        _add_ticket(rows, keys, example, weeks, said, customer, by[0], terms.policy)
        _add_course(rows, keys, example, weeks, said, customer, by, people.file, chance)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for model, columns in COLUMNS.items():
            _copy(model, columns, rows[model])
        cursor.execute("set local session_replication_role = origin")


@dataclass(frozen=True)
class Keys:
    promise: int
    ticket: int
    message: int  # the first of four


def _add_promise(rows: Rows, keys: Keys, example: Example, weeks: int, terms: Terms) -> None:
    back, stamps = timedelta(weeks=weeks), weeks * terms.week_seconds
    target = terms.policy.target(example.nature, example.severity)
    rows[Promise].append(
        (
            keys.promise,
            terms.revision,
            example.at[0] - back,
            example.stamp - stamps,
            target.first_response_seconds,
            target.resolution_seconds,
            *_earlier(example.measure, back, stamps),
        )
    )
    rows[FurtherResponse] += [(keys.promise, *_earlier(one, back)) for one in example.further]


def _add_ticket(
    rows: Rows, keys: Keys, example: Example, weeks: int, said: Story, customer: Customer, by: int, policy: Policy
) -> None:
    urgency = policy.urgency(example.severity)
    rows[Ticket].append(
        (
            keys.ticket,
            said.subject,
            example.state,
            example.nature,
            example.severity,
            urgency,
            rank_of(urgency, 0, is_answered=example.is_answered),
            "email",
            said.language,
            customer.key,
            customer.organisation,
            by if example.is_answered else None,
            Outcome.ENTITLED.value,
            Reason.DIRECT_BUYER.value,
            keys.promise,
            example.at[0] - timedelta(weeks=weeks),
            example.at[-1] - timedelta(weeks=weeks),
        )
    )


def _add_course(
    rows: Rows,
    keys: Keys,
    example: Example,
    weeks: int,
    said: Story,
    customer: Customer,
    by: tuple[int, str],
    file: int,
    chance: random.Random,
) -> None:
    """Events, messages and files; the first four acts are said in words."""
    for place, (act, at) in enumerate(zip(example.acts, example.at, strict=True)):
        kind, moment, key = KINDS.get(act), at - timedelta(weeks=weeks), keys.message + place
        is_theirs = kind == MessageKind.INBOUND
        writer, called = (customer.key, customer.name) if is_theirs else by
        facts = json.dumps(FACTS_TOLD.get(act, {}))
        rows[TicketEvent].append((keys.ticket, TOLD[act].name, moment, writer, key if kind else None, facts))
        if kind is None:
            continue
        address, mail_id = (customer.address, f"<{key}@firm.example>") if is_theirs else ("", "")
        delivery = Delivery.SENT if kind == MessageKind.REPLY else Delivery.NONE
        subject = "" if place else said.subject
        rows[Message].append(
            (key, keys.ticket, kind.value, writer, called, address, "email", mail_id, moment, subject, said.texts[place],
             delivery.value)
        )  # fmt: skip
        if is_theirs and chance.random() < FILE_SHARE:
            rows[Attachment].append((key, file, f"log-{name(chance, 2).lower()}.txt"))


def _earlier(one: Measure | Further, back: timedelta, stamps: int = 0) -> Iterator[Any]:
    for key, value in vars(one).items():
        if isinstance(value, datetime):
            yield value - back
        else:
            yield value - stamps if key == "asked_stamp" and value is not None else value


def _next_key(model: type[models.Model]) -> int:
    last = model._default_manager.aggregate(last=models.Max("pk"))["last"]
    return (last or 0) + 1


def _copy(model: type[models.Model], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    """The rows are stored; columns that are not named get what Django would write into a new row."""
    left = [
        field
        for field in model._meta.concrete_fields
        if field.column not in columns and not field.primary_key and not field.has_db_default()
    ]
    usual = {field.column: field.get_db_prep_save(field.get_default(), connection) for field in left}
    named = ", ".join(f'"{column}"' for column in (*columns, *usual))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        with cursor.copy(f"copy {table} ({named}) from stdin") as copy:
            for row in rows:
                copy.write_row((*row, *usual.values()))
        if "id" in columns:
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
