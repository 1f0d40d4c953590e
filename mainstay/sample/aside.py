"""Tickets outside the service figures: refused people, spam, and small jobs that staff open for themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from mainstay.sample.acts import Act, ActKind, Origin, PlannedTicket
from mainstay.sample.company import (
    ADVERTISERS,
    PERSONS,
    STRANGERS,
    TECHNICIANS,
    Person,
    Staff,
    may_ask,
    organisation_of,
    zone_of,
)
from mainstay.sample.conversations import Conversation, conversations_in
from mainstay.sample.moments import Calendar, arrival, earlier, odd_arrival, on_shift, shift_moment
from mainstay.sample.wording import Wording, word

Item = TypeVar("Item")

TRIES = 200

OTHERS = tuple(person for person in PERSONS if not may_ask(person))


def refused_tickets(rng: Random, since: datetime, now: datetime, many: int) -> Iterator[PlannedTicket]:
    """People who did not buy directly. The desk refuses them by itself, so there is nothing after the opening."""
    known = [(one, OTHERS) for one in conversations_in("refused")]
    unknown = [(one, STRANGERS) for one in conversations_in("strangers")]
    for conversation, people in _round(known + unknown, many):
        person = rng.choice([one for one in people if one.language == conversation.language])
        organisation = organisation_of(person)
        wording = word(rng, conversation, person, signature=organisation.name if organisation else "")
        opened = arrival(rng, zone_of(person), since, now)
        yield _ticket(wording, "refused", (Act("open", opened, person.key, wording.opening),))


def spam_tickets(rng: Random, calendar: Calendar, since: datetime, now: datetime, many: int) -> Iterator[PlannedTicket]:
    """Advertising at any hour, marked as spam by whoever looks first."""
    choice = list(zip(conversations_in("spam"), ADVERTISERS, strict=True))
    for conversation, person in _round(choice, many):
        wording = word(rng, conversation, person)
        opened = odd_arrival(rng, since, now - timedelta(days=4))
        seen = shift_moment(rng, calendar, TECHNICIANS, opened + timedelta(seconds=rng.randint(90, 1500)))
        technician = rng.choice(on_shift(TECHNICIANS, seen) or list(TECHNICIANS))
        yield _ticket(
            wording,
            "spam",
            (Act("open", opened, person.key, wording.opening), Act("mark_spam", seen, technician.key)),
        )


def staff_tickets(
    rng: Random, calendar: Calendar, since: datetime, now: datetime, many: int
) -> Iterator[PlannedTicket]:
    """Small jobs of the desk: opened, noted and resolved by the same technician."""
    for conversation in _round(list(conversations_in("own")), many):
        technician, moments = _quiet_hour(rng, calendar, since, now)
        author = Person(technician.key, technician.name, technician.email, conversation.language, None)
        wording = word(rng, conversation, author)
        found = f"{conversation.turns[0].text}\n\n{conversation.resolution}"
        texts = (conversation.opening, found, "")
        kinds: tuple[ActKind, ...] = ("open", "note", "resolve")
        acts = tuple(Act(kind, at, technician.key, text) for kind, at, text in zip(kinds, moments, texts, strict=True))
        yield _ticket(wording, "staff", acts)


def _quiet_hour(
    rng: Random, calendar: Calendar, since: datetime, now: datetime
) -> tuple[Staff, tuple[datetime, datetime, datetime]]:
    """A technician and three moments of one shift in which a small job is opened, noted and done.

    Where the shifts do not fit the opening hours, anybody does it in some quiet hour of the past.
    """
    until = now - timedelta(days=6)
    for _ in range(TRIES):
        moments = _job(rng, shift_moment(rng, calendar, TECHNICIANS, odd_arrival(rng, since, until)))
        there = [one for one in on_shift(TECHNICIANS, moments[0]) if one in on_shift(TECHNICIANS, moments[-1])]
        if there and calendar.is_open(moments[-1]) and moments[-1] <= now:
            return rng.choice(there), moments
    return rng.choice(TECHNICIANS), _job(rng, earlier(calendar, until, 2 * 3600))


def _job(rng: Random, opened: datetime) -> tuple[datetime, datetime, datetime]:
    noted = opened + timedelta(seconds=rng.randint(900, 4500))
    return opened, noted, noted + timedelta(seconds=rng.randint(300, 2400))


def _round(choice: list[Item], many: int) -> list[Item]:
    """`many` of them, in order, beginning anew when there are not enough."""
    return [choice[number % len(choice)] for number in range(many)]


def _ticket(wording: Wording, origin: Origin, acts: tuple[Act, ...]) -> PlannedTicket:
    conversation: Conversation = wording.conversation
    return PlannedTicket(
        person_key=wording.person.key,
        subject=wording.subject,
        nature=conversation.nature,
        severity=conversation.severity,
        product=wording.product,
        language=conversation.language,
        acts=acts,
        channel="desk" if origin == "staff" else "email",
        origin=origin,
        conversation=conversation.key,
    )
