"""Telling one partner's ticket: its acts in order, by people who are there, at times that make sense."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from random import Random

from mainstay.sample.acts import Act, ActKind
from mainstay.sample.company import DEVELOPERS, TECHNICIANS, Staff, zone_of
from mainstay.sample.conversations import Turn
from mainstay.sample.moments import Calendar, awake_from, on_shift, shift_moment
from mainstay.sample.wording import Wording


class Stage(Enum):
    """How far a ticket has come."""

    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    WAITING = "waiting for the customer"
    WITH_DEVELOPERS = "with developers"
    RESOLVED = "resolved"
    REOPENED = "re-opened"
    RESOLVED_AGAIN = "re-opened and resolved again"


@dataclass(frozen=True)
class Course:
    """The times a ticket should keep to: opened, first answered, resolved (or last touched) about `until`;
    a ticket that is re-opened comes `back` then, or some days later when that is left open.
    """

    opened: datetime
    answered: datetime
    until: datetime
    back: datetime | None = None


@dataclass
class _Telling:
    """The acts so far. Each new one is put after the last, whatever time was wished for it."""

    rng: Random
    calendar: Calendar
    wording: Wording
    acts: list[Act] = field(default_factory=list)
    assignee: Staff | None = None

    def add(self, kind: ActKind, at: datetime, by: str, *, text: str = "", to: str = "", gap: int = 4) -> None:
        if self.acts:
            at = max(at, self.acts[-1].at + timedelta(seconds=self.rng.randint(gap, gap * 3)))
        self.acts.append(Act(kind, at.replace(microsecond=0), by, text, to))

    def by_customer(self, kind: ActKind, at: datetime, text: str) -> None:
        person = self.wording.person
        at = max(at, self.acts[-1].at + timedelta(seconds=self.rng.randint(240, 900)))
        self.add(kind, awake_from(self.rng, zone_of(person), at), person.key, text=text)

    def technician_at(self, at: datetime) -> Staff:
        """The assignee while on shift, else a colleague on shift, best one who writes the customer's language."""
        there = on_shift(TECHNICIANS, at) or list(TECHNICIANS)
        if self.assignee in there:
            return self.assignee
        language = self.wording.answer_language
        return self.rng.choice([one for one in there if language in one.speaks] or there)

    def take_over(self, at: datetime) -> Staff:
        """Whoever acts at that moment; a change of hands is an assignment of its own."""
        technician = self.technician_at(at)
        if technician != self.assignee:
            self.add("assign", at - timedelta(seconds=self.rng.randint(20, 70)), technician.key, to=technician.key)
            self.assignee = technician
        return technician

    def by_technician(self, kind: ActKind, at: datetime, text: str, gap: int = 60) -> None:
        at = max(at, self.acts[-1].at + timedelta(seconds=self.rng.randint(gap, gap * 3)))
        at = shift_moment(self.rng, self.calendar, TECHNICIANS, at)
        technician = self.take_over(at)
        self.add(kind, at, technician.key, text=self._in_words(kind, text, technician))

    def _in_words(self, kind: ActKind, text: str, technician: Staff) -> str:
        if kind == "reply":
            return self.wording.answer(text, technician)
        if kind == "resolve":
            return self.wording.resolution(text, technician)
        return self.wording.fill(text)

    def by_developer(self, at: datetime, text: str) -> None:
        at = max(at, self.acts[-1].at + timedelta(seconds=self.rng.randint(900, 2400)))
        at = shift_moment(self.rng, self.calendar, DEVELOPERS, at)
        developer = self.rng.choice(on_shift(DEVELOPERS, at) or list(DEVELOPERS))
        self.add("return", at, developer.key, text=self.wording.fill(text))


def tell(rng: Random, calendar: Calendar, wording: Wording, stage: Stage, course: Course) -> tuple[Act, ...]:
    """The acts of one ticket up to its stage."""
    telling = _Telling(rng, calendar, wording)
    telling.add("open", course.opened, wording.person.key, text=wording.opening)
    if stage is Stage.UNANSWERED:
        return tuple(telling.acts)
    before, first, after = _around_first_reply(wording.conversation.turns)
    _answer(telling, course, before, first)
    turns = _until(rng, stage, after)
    for number, turn in enumerate(turns):
        if turn.kind == "customer_message" and telling.acts[-1].kind == "reply" and rng.random() < 0.55:
            _wait(telling)
        _take_turn(telling, turn, _moment_of(rng, calendar, course, number, len(turns)))
    if stage is Stage.WAITING:
        _wait(telling)
    if stage in (Stage.RESOLVED, Stage.REOPENED, Stage.RESOLVED_AGAIN):
        telling.by_technician("resolve", course.until, wording.conversation.resolution)
    if stage in (Stage.REOPENED, Stage.RESOLVED_AGAIN):
        _come_back(telling, stage, course)
    return tuple(telling.acts)


def _around_first_reply(turns: tuple[Turn, ...]) -> tuple[list[Turn], Turn, list[Turn]]:
    place = next(number for number, turn in enumerate(turns) if turn.kind == "reply")
    return list(turns[:place]), turns[place], list(turns[place + 1 :])


def _answer(telling: _Telling, course: Course, before: list[Turn], first: Turn) -> None:
    """Assignment, notes that come before the first reply, and that reply itself at its very second.

    The time is not moved into opening hours: now and then somebody answers before the desk opens.
    """
    at = course.answered
    technician = telling.technician_at(max(at, telling.calendar.next_open(at)))
    telling.assignee = technician
    opening = telling.calendar.next_open(course.opened)
    room = (at - (opening if opening < at else course.opened)).total_seconds()
    telling.add("assign", at - timedelta(seconds=min(room * 0.6, 150)), technician.key, to=technician.key, gap=1)
    for note in before:
        noted = at - timedelta(seconds=min(room * 0.2, 20))
        telling.add("note", noted, technician.key, text=telling.wording.fill(note.text), gap=1)
    telling.add("reply", at, technician.key, text=telling.wording.answer(first.text, technician), gap=1)


def _until(rng: Random, stage: Stage, turns: list[Turn]) -> list[Turn]:
    """The turns that have happened already at that stage."""
    kinds = [turn.kind for turn in turns]
    if stage is Stage.WITH_DEVELOPERS:
        return turns[: kinds.index("escalate") + 1]
    if stage is Stage.WAITING:
        ends = [
            0,
            *(n + 1 for n in range(len(kinds) - 1) if kinds[n] == "reply" and kinds[n + 1] == "customer_message"),
        ]
        return turns[: rng.choice(ends)]
    if stage is Stage.ANSWERED:
        limit = kinds.index("escalate") if "escalate" in kinds else len(kinds)
        ends = [n + 1 for n in range(limit) if kinds[n] == "customer_message"] or [0]
        return turns[: rng.choice(ends)]
    return turns


def _moment_of(rng: Random, calendar: Calendar, course: Course, number: int, many: int) -> datetime:
    """The turns share the time between first reply and the end, each a little off its place, the last near the end."""
    total = calendar.elapsed(course.answered, course.until)
    share = (number + rng.uniform(0.6, 1.1)) / (many + 0.3)
    return calendar.due(course.answered, max(60, int(total * share)))


def _take_turn(telling: _Telling, turn: Turn, at: datetime) -> None:
    match turn.kind:
        case "customer_message":
            telling.by_customer(turn.kind, at, telling.wording.follow_up(turn.text))
        case "return":
            telling.by_developer(at, turn.text)
        case _:
            telling.by_technician(turn.kind, at, turn.text)


def _wait(telling: _Telling) -> None:
    telling.add("wait", telling.acts[-1].at, telling.acts[-1].by_key)


def _come_back(telling: _Telling, stage: Stage, course: Course) -> None:
    """The customer writes again some days later; when told to the end, it is answered and resolved once more."""
    again = telling.wording.conversation.again
    if again is None:
        raise ValueError(f"{telling.wording.conversation.key} has nothing to come back with")
    resolved = telling.acts[-1].at
    later = course.back or resolved + timedelta(hours=telling.rng.uniform(20, 90))
    telling.by_customer("reopen", later, telling.wording.follow_up(again.message))
    if stage is Stage.RESOLVED_AGAIN:
        back = telling.acts[-1].at
        telling.by_technician("reply", back + timedelta(minutes=telling.rng.uniform(3, 12)), again.reply)
        done = telling.calendar.due(telling.acts[-1].at, telling.rng.randint(1200, 7200))
        telling.by_technician("resolve", done, again.resolution)
