"""Invents the lives of tickets, the same ones for the same seed: who wrote when, what was done, how it ended."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstay.clock.calendar import Calendar
from mainstay.policy.shape import Policy

# How tickets end, out of a hundred: about thirty are still open.
FATES = {
    "untouched": 5,
    "working": 13,
    "waiting": 8,
    "escalated": 4,
    "resolved": 45,
    "reopened": 7,
    "closed": 15,
    "refused": 3,
}
OPEN_FATES = ("untouched", "working", "waiting", "escalated")
DONE_FATES = ("resolved", "reopened", "closed")
SECOND_ROUND = 0.5  # how many write a second time before it is solved
OPEN_DAYS, DONE_DAYS = 10, 120  # how long ago open and finished tickets began, at most
ANSWER_MEDIAN_SECONDS, WORK_MEDIAN_SECONDS = 240, 3 * 3600  # business seconds

THINGS = (
    "door station",
    "indoor panel",
    "lift module",
    "call button",
    "relay board",
    "mobile app",
    "gateway",
    "reader",
)
TROUBLES = (
    "does not ring", "shows no picture", "loses its network", "keeps the lock open", "forgets its cards",
    "has echo on every call", "restarts at night", "rejects the new firmware", "cannot reach the server",
)  # fmt: skip
SENTENCES = (
    "It began on Monday after the electrician had been there.",
    "We have six of them in this building and only this one does it.",
    "The LED is green, then orange for some seconds, then green again.",
    "Power is 24 V at the terminals, measured under load.",
    "The switch reports the port as up at 100 Mbit/s full duplex.",
    "A reset to factory settings changed nothing.",
    "Please tell us which log you need and how to export it.",
    "The customer moves in next week, so we would like to know where to look first.",
    "Would a longer cable (about 60 m, category 6) explain it?",
    "Firmware is the one from the download page, taken this morning.",
)
STATE_AFTER = {
    "opened": "new",
    "replied": "waiting",
    "answered": "open",
    "handed_over": "developers",
    "reopened": "open",
    "resolved": "resolved",
    "closed": "closed",
}


@dataclass(frozen=True)
class Act:
    """One thing that happens to a ticket. Kinds: opened, answered, replied, handed_over, resolved, reopened, closed."""

    kind: str
    at: datetime
    text: str = ""


@dataclass(frozen=True)
class Life:
    """A ticket from its opening on; acts are in order of time, the first is its opening."""

    subject: str
    nature: str
    severity: str
    writer: int  # which customer; the caller knows how many there are
    technician: int
    is_refused: bool
    acts: tuple[Act, ...]

    @property
    def opened_at(self) -> datetime:
        return self.acts[0].at

    @property
    def state(self) -> str:
        """What the acts made of it."""
        if self.is_refused:
            return "closed"
        return STATE_AFTER[self.acts[-1].kind]


def lives(number: int, *, at: datetime, policy: Policy, seed: int) -> Iterator[Life]:
    """So many lives, oldest ticket first, none of which reaches beyond `at`."""
    chance = random.Random(seed)
    fates = chance.choices(list(FATES), weights=list(FATES.values()), k=number)
    openings = sorted((_opened(fate, at, chance), fate) for fate in fates)
    for place, (opened_at, fate) in enumerate(openings, start=1):
        acts = tuple(act for act in _acts(fate, opened_at, policy.calendar, chance) if act.at <= at)
        yield Life(
            subject=f"{chance.choice(THINGS)} {chance.choice(TROUBLES)} ({place})".capitalize(),
            nature=chance.choice(policy.nature_keys),
            severity=chance.choice(policy.severity_keys),
            writer=chance.randrange(10**6),
            technician=chance.randrange(10**6),
            is_refused=fate == "refused",
            acts=acts,
        )


def _opened(fate: str, at: datetime, chance: random.Random) -> datetime:
    days = OPEN_DAYS if fate in OPEN_FATES else DONE_DAYS
    return at - timedelta(seconds=chance.randrange(60, days * 86400))


def _acts(fate: str, opened_at: datetime, calendar: Calendar, chance: random.Random) -> list[Act]:
    acts = [Act("opened", opened_at, _text(chance))]

    def then(kind: str, median: int) -> None:
        seconds = chance.lognormvariate(0, 0.8) * median
        acts.append(Act(kind, calendar.due(acts[-1].at, max(1, round(seconds))), _text(chance)))

    if fate in ("untouched", "refused"):
        return acts
    then("replied", ANSWER_MEDIAN_SECONDS)
    if chance.random() < SECOND_ROUND:
        then("answered", WORK_MEDIAN_SECONDS)
        then("replied", ANSWER_MEDIAN_SECONDS)
    if fate == "working":
        then("answered", WORK_MEDIAN_SECONDS)
    elif fate == "escalated":
        then("handed_over", WORK_MEDIAN_SECONDS)
    elif fate in DONE_FATES:
        then("resolved", WORK_MEDIAN_SECONDS)
    if fate == "reopened":
        then("reopened", WORK_MEDIAN_SECONDS)
        then("resolved", WORK_MEDIAN_SECONDS)
    elif fate == "closed":
        acts.append(Act("closed", acts[-1].at + timedelta(days=15)))
    return acts


def _text(chance: random.Random) -> str:
    return " ".join(chance.sample(SENTENCES, k=chance.randint(3, 7)))
