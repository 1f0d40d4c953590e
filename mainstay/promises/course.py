"""The course of a ticket, from its facts: when it was answered and resolved, whose turn it was, which questions followed.

Pure. `rules.measure` makes the stored figures of it and the page that explains a ticket draws it: one reading for both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from .states import FactKind, With


@dataclass(frozen=True)
class Fact:
    """One thing in a ticket's history that its promise depends on.

    `detail` is the reason of an exclusion, or whose turn it became.
    """

    kind: FactKind
    at: datetime
    detail: str = ""


@dataclass(frozen=True)
class Span:
    """Whose turn it was from `start` to `end`; the last span of an unresolved ticket has no end."""

    whom: With
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Question:
    """What the customer asked after the first response, and when it was answered."""

    asked_at: datetime
    answered_at: datetime


@dataclass
class Course:
    """What the facts of one ticket amount to; spans of resolved time have nobody's turn."""

    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    reopened_count: int = 0
    excluded: str = ""
    asked_at: datetime | None = None
    questions: list[Question] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    @property
    def turn(self) -> With:
        return self.spans[-1].whom

    def turn_to(self, whom: With, at: datetime) -> None:
        """It is theirs from this moment on."""
        last = self.spans[-1]
        if last.whom != whom:
            self.spans[-1] = Span(last.whom, last.start, max(at, last.start))
            self.spans.append(Span(whom, max(at, last.start)))


def course_of(opened_at: datetime, facts: Iterable[Fact], *, counts_replies: bool = True) -> Course:
    """The course of a ticket opened at `opened_at`, from its facts in the order in which they happened.

    A new ticket is the technicians'. What comes back (a message of the customer, an answer that did not arrive) takes it
    back from the customer, not from the developers. After the first response a customer's message is a question, which
    the next answer settles; one that is resolved without an answer counts as none. `counts_replies`: whether an answer
    is a response.
    """
    course = Course(spans=[Span(With.TECHNICIANS, opened_at)])
    for fact in facts:
        # A clock that was set back, or a mail of another clock: nothing of a ticket happened before it was opened.
        known = fact if fact.at >= opened_at else replace(fact, at=opened_at)
        _FOLLOW[fact.kind](course, known, counts_replies)
    return course


def _answered(course: Course, fact: Fact, counts_replies: bool) -> None:
    if not counts_replies:
        return
    if course.answered_at is None:
        course.answered_at = fact.at
    elif course.asked_at is not None:
        course.questions.append(Question(course.asked_at, max(fact.at, course.asked_at)))
    course.asked_at = None


def _asked(course: Course, fact: Fact, _counts_replies: bool) -> None:
    if course.answered_at is not None and course.asked_at is None:
        course.asked_at = fact.at


def _came_back(course: Course, fact: Fact, _counts_replies: bool) -> None:
    if course.turn == With.CUSTOMER:
        course.turn_to(With.TECHNICIANS, fact.at)


def _turned(course: Course, fact: Fact, _counts_replies: bool) -> None:
    if course.resolved_at is None:
        course.turn_to(With(fact.detail), fact.at)


def _resolved(course: Course, fact: Fact, _counts_replies: bool) -> None:
    if course.resolved_at is None:
        course.resolved_at, course.asked_at = fact.at, None
        course.turn_to(With.NOBODY, fact.at)


def _reopened(course: Course, fact: Fact, _counts_replies: bool) -> None:
    if course.resolved_at is not None:
        course.resolved_at = None
        course.reopened_count += 1
        course.turn_to(With.TECHNICIANS, fact.at)


def _excluded(course: Course, fact: Fact, _counts_replies: bool) -> None:
    course.excluded = fact.detail


def _included(course: Course, _fact: Fact, _counts_replies: bool) -> None:
    course.excluded = ""


_FOLLOW = {
    FactKind.ANSWERED: _answered,
    FactKind.ASKED: _asked,
    FactKind.CAME_BACK: _came_back,
    FactKind.TURNED: _turned,
    FactKind.RESOLVED: _resolved,
    FactKind.REOPENED: _reopened,
    FactKind.EXCLUDED: _excluded,
    FactKind.INCLUDED: _included,
}
