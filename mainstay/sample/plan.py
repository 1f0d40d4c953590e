"""The plan of the sample desk: two hundred tickets over six weeks, the same for the same moment and seed.

Nothing is written here and nothing is looked up: the plan is data, and somebody else turns it into rows.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from mainstay.sample.acts import Act, PlannedTicket
from mainstay.sample.aside import refused_tickets, spam_tickets, staff_tickets
from mainstay.sample.company import Person, organisation_of, zone_of
from mainstay.sample.conversations import Conversation
from mainstay.sample.deck import CUSTOMERS, Deck
from mainstay.sample.moments import Calendar, arrival, earlier, last_open, odd_arrival, quantiles
from mainstay.sample.story import Course, Stage, tell
from mainstay.sample.wording import Wording, word

WEEKS = 6
FEWEST = 20
TRIES = 200
HOUR = 3600

# Of 200 tickets: how many are in which open stage, and how long ago they began (minutes for the unanswered ones,
# else business hours).
UNANSWERED_MINUTES = (2, 9, 24, 70)
OPEN: tuple[tuple[Stage, int, tuple[float, float]], ...] = (
    (Stage.ANSWERED, 7, (0.4, 6)),
    (Stage.WAITING, 5, (1.5, 11)),
    (Stage.WITH_DEVELOPERS, 4, (3, 14)),
    (Stage.REOPENED, 3, (16, 30)),
)
REFUSED, SPAM, BY_STAFF = 6, 3, 4

# Bands for a block of 20 tickets. First response in minutes: most are quick, the mean lies near the promise.
RESPONSES = ((0.8, 2.2, 10), (2.2, 4.5, 6), (4.5, 8.5, 2), (10, 15, 1))
BAD_RESPONSE, MIDDLING_RESPONSE = (20, 60, 1), (10, 16, 1)
# Resolution in business hours: half within an hour or two, a long tail of some days.
RESOLUTIONS = ((0.35, 1, 8), (1, 2.5, 5), (2.5, 5, 4), (6, 10, 1), (8, 14, 1), (12, 20, 1))
BLOCK = 20
SEVERITIES = ("critical", "high", "normal", "low")


@dataclass(frozen=True)
class _Past:
    """A ticket of the past weeks: when it came, what it is about, and who asks."""

    opened: datetime
    conversation: Conversation
    person: Person
    telling: int


def plan(now: datetime, calendar: Calendar, *, tickets: int = 200, seed: int = 2026) -> list[PlannedTicket]:
    """The tickets of the six weeks before `now`, in order of arrival; no act lies after `now`.

    `tickets` is the number in all, refused, spam and staff's own included; 20 is the least that shows every stage.
    """
    if tickets < FEWEST:
        raise ValueError(f"a sample of fewer than {FEWEST} tickets can't show every stage")
    rng = Random(seed)  # noqa: S311 - a believable past, not a secret
    now = now.astimezone(UTC).replace(microsecond=0)
    since = now - timedelta(weeks=WEEKS)
    deck = Deck(rng)
    made = [
        *_open_tickets(rng, calendar, deck, now, tickets),
        *refused_tickets(rng, since, now, _share(REFUSED, tickets)),
        *spam_tickets(rng, calendar, since, now, _share(SPAM, tickets)),
        *staff_tickets(rng, calendar, since, now, _share(BY_STAFF, tickets)),
    ]
    made += _past_tickets(rng, calendar, deck, now, tickets - len(made))
    return sorted((_so_far(ticket, now) for ticket in made), key=lambda ticket: ticket.acts[0].at)


def _so_far(ticket: PlannedTicket, now: datetime) -> PlannedTicket:
    """What would lie after `now` has not happened yet."""
    return replace(ticket, acts=tuple(act for act in ticket.acts if act.at <= now))


def _share(of_two_hundred: int, tickets: int) -> int:
    return max(1, round(of_two_hundred * tickets / 200))


# Open tickets: each stage is made on purpose, so that the queue always has something of everything.


def _open_tickets(rng: Random, calendar: Calendar, deck: Deck, now: datetime, tickets: int) -> Iterator[PlannedTicket]:
    for minutes in UNANSWERED_MINUTES[: _share(len(UNANSWERED_MINUTES), tickets)]:
        opened = now - timedelta(seconds=int(minutes * 60 * rng.uniform(0.8, 1.2)))
        wording = _words(rng, deck, opened)
        yield _ticket(wording, tell(rng, calendar, wording, Stage.UNANSWERED, Course(opened, opened, opened)))
    for stage, many, hours in OPEN:
        for _ in range(_share(many, tickets)):
            yield _open_ticket(rng, calendar, deck, now, stage=stage, hours=hours)


def _open_ticket(
    rng: Random, calendar: Calendar, deck: Deck, now: datetime, *, stage: Stage, hours: tuple[float, float]
) -> PlannedTicket:
    """One ticket in that stage. Customers sleep, so some tries end after `now`: then another one is told.

    Where none fits (a desk that was closed for weeks), the last try stands as far as it has come.
    """
    for _ in range(TRIES):
        course = _open_course(rng, calendar, now, stage, hours)
        conversation, person = deck.deal(course.opened, suits=lambda one: _suits(stage, one))
        wording = _word(rng, deck.told(conversation), conversation, person)
        acts = tell(rng, calendar, wording, stage, course)
        if acts[-1].at <= now:
            break
    deck.keep(conversation, person)
    return _ticket(wording, acts)


def _open_course(rng: Random, calendar: Calendar, now: datetime, stage: Stage, hours: tuple[float, float]) -> Course:
    end = last_open(calendar, now)
    opened = earlier(calendar, end, int(rng.uniform(*hours) * HOUR))
    answered = calendar.due(opened, rng.randint(60, 540))
    share = rng.uniform(0.1, 0.4) if stage is Stage.REOPENED else rng.uniform(0.3, 0.9)
    until = calendar.due(answered, max(60, int(calendar.elapsed(answered, end) * share)))
    back = earlier(calendar, end, rng.randint(600, 3 * HOUR)) if stage is Stage.REOPENED else None
    return Course(opened, answered, until, back)


def _suits(stage: Stage, conversation: Conversation) -> bool:
    if stage is Stage.WITH_DEVELOPERS:
        return conversation.is_escalated
    if stage is Stage.REOPENED:
        return conversation.again is not None
    if stage is Stage.WAITING:
        return any(turn.kind == "customer_message" for turn in conversation.turns)
    return not conversation.is_escalated


# The past weeks: arrivals first, then times in blocks of twenty, so that every stretch of days has its slow ones.


def _past_tickets(rng: Random, calendar: Calendar, deck: Deck, now: datetime, many: int) -> Iterator[PlannedTicket]:
    past = _past(rng, calendar, deck, now, many)
    early = _answered_early(rng, calendar, past)
    for start in range(0, many, BLOCK):
        block = past[start : start + BLOCK]
        responses = _dealt(rng, _responses(rng, start // BLOCK), block, _urgency)
        resolutions = _dealt(rng, quantiles(rng, RESOLUTIONS), block, _heaviness)
        for one, minutes, hours in zip(block, responses, resolutions, strict=True):
            answered = early.get(one.opened) or calendar.due(one.opened, int(minutes * 60))
            yield _past_ticket(rng, calendar, now, one, answered=answered, seconds=int(hours * HOUR))


def _past(rng: Random, calendar: Calendar, deck: Deck, now: datetime, many: int) -> list[_Past]:
    """Who asked what and when, oldest first; dealt from the newest back, so that topics differ from the open ones."""
    since, until = now - timedelta(weeks=WEEKS), earlier(calendar, last_open(calendar, now), 90 * 60)
    moments: dict[datetime, bool] = {}
    while len(moments) < many:
        odd = rng.random() < 0.05
        zone = zone_of(rng.choice(CUSTOMERS))
        moments[odd_arrival(rng, since, until) if odd else arrival(rng, zone, since, until)] = odd
    found = []
    for opened in sorted(moments, reverse=True):
        conversation, person = deck.deal(opened, odd=moments[opened])
        found.append(_Past(opened, conversation, person, deck.told(conversation)))
        deck.keep(conversation, person)
    return found[::-1]


def _answered_early(rng: Random, calendar: Calendar, past: Sequence[_Past]) -> dict[datetime, datetime]:
    """A few that came at night and were answered by somebody who was at the desk before opening."""
    chances = {}
    for one in past:
        at = calendar.next_open(one.opened) - timedelta(seconds=rng.randint(240, 1300))
        if at > one.opened + timedelta(minutes=5):
            chances[one.opened] = at
    wanted = min(len(chances), max(1, len(past) // 35))
    return {opened: chances[opened] for opened in rng.sample(sorted(chances), wanted)}


def _responses(rng: Random, block: int) -> list[float]:
    """Minutes to the first response; one block in three has no really bad one."""
    return quantiles(rng, (*RESPONSES, MIDDLING_RESPONSE if block % 3 == 2 else BAD_RESPONSE))


def _urgency(rng: Random, one: _Past) -> float:
    return SEVERITIES.index(one.conversation.severity) + rng.uniform(0, 5)


def _heaviness(rng: Random, one: _Past) -> float:
    return len(one.conversation.turns) + (6 if one.conversation.is_escalated else 0) + rng.uniform(0, 5)


def _dealt(
    rng: Random, values: list[float], block: Sequence[_Past], weight: Callable[[Random, _Past], float]
) -> list[float]:
    """One value for each of the block, the larger ones to the heavier."""
    taken = sorted(rng.sample(values, len(block)))
    order = sorted(range(len(block)), key=[weight(rng, one) for one in block].__getitem__)
    return [value for _, value in sorted(zip(order, taken, strict=True))]


def _past_ticket(
    rng: Random, calendar: Calendar, now: datetime, one: _Past, *, answered: datetime, seconds: int
) -> PlannedTicket:
    """A ticket of the past, as a rule resolved by now."""
    wording = _word(rng, one.telling, one.conversation, one.person)
    left = int(calendar.elapsed(one.opened, now) * rng.uniform(0.5, 0.9))
    until = max(calendar.due(one.opened, min(seconds, left)), calendar.due(answered, 300))
    comes_back = one.conversation.again and one.opened < now - timedelta(days=10) and rng.random() < 0.6
    stage = Stage.RESOLVED_AGAIN if comes_back else Stage.RESOLVED
    acts = tell(rng, calendar, wording, stage, Course(one.opened, answered, until))
    return _ticket(wording, acts)


def _words(rng: Random, deck: Deck, at: datetime) -> Wording:
    conversation, person = deck.deal(at, suits=lambda one: not one.is_escalated)
    wording = _word(rng, deck.told(conversation), conversation, person)
    deck.keep(conversation, person)
    return wording


def _word(rng: Random, telling: int, conversation: Conversation, person: Person) -> Wording:
    organisation = organisation_of(person)
    name = organisation.name if organisation else ""
    return word(rng, conversation, person, signature=name, telling=telling)


def _ticket(wording: Wording, acts: tuple[Act, ...]) -> PlannedTicket:
    conversation = wording.conversation
    return PlannedTicket(
        person_key=wording.person.key,
        subject=wording.subject,
        nature=conversation.nature,
        severity=conversation.severity,
        product=wording.product,
        language=conversation.language,
        acts=acts,
        conversation=conversation.key,
    )
