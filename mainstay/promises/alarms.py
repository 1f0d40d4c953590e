"""When somebody is told that a ticket waits long: the thresholds of a promise, the next one, and whom each concerns.

Pure. A promise waits for its first response, and after it for its resolution; only what it waits for now has alarms. Each
threshold is a number of business seconds since the opening, without the time in which the ticket was resolved. Its key is
told once, whatever becomes of ticket and policy. Source: the policy's section `alarms`; docs/decisions/0016-alarms.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from heapq import merge
from itertools import count, takewhile
from typing import Protocol

from mainstay.clock.errors import NeverOpens, OutOfCalendar
from mainstay.policy.shape import Policy

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"
CAP = "cap"
WHOLE_TARGET = 100  # per cent


class Circle(IntEnum):
    """Who is told, the widest last; each holds the ones before it."""

    ASSIGNEE = 0
    TEAM = 1
    SUPERVISORS = 2


class Waiting(Protocol):
    """What of a promise its alarms depend on; `models.Promise` is one."""

    @property
    def opened_at(self) -> datetime: ...
    @property
    def paused_seconds(self) -> int: ...
    @property
    def first_responded_at(self) -> datetime | None: ...
    @property
    def resolved_at(self) -> datetime | None: ...
    @property
    def excluded(self) -> str: ...
    @property
    def first_response_target_seconds(self) -> int: ...
    @property
    def resolution_target_seconds(self) -> int: ...
    @property
    def alarms_told(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Threshold:
    """A wait of so many business seconds, and whom it concerns.

    `step` is how it is written in the policy: seconds, per cent of the target, or how many caps (`is_cap`).
    """

    measure: str
    seconds: int
    step: int
    circle: Circle
    is_cap: bool = False

    @property
    def key(self) -> str:
        if self.is_cap:
            return f"{self.measure}:{CAP}{self.step}"
        return f"{self.measure}:{self.step}" if self.measure == FIRST_RESPONSE else f"{self.measure}:{self.step}%"


@dataclass(frozen=True)
class Alarm:
    """A threshold, and the business second at which it is crossed."""

    threshold: Threshold
    due: datetime

    @property
    def key(self) -> str:
        return self.threshold.key


def next_alarm(promise: Waiting, policy: Policy) -> Alarm | None:
    """The next threshold that was not told; None for a promise that waits for nothing, or that nobody watches."""
    return next(_alarms(promise, policy), None)


def passed_alarms(promise: Waiting, policy: Policy, at: datetime) -> list[Alarm]:
    """All thresholds crossed by now that were not told, the most severe last."""
    return list(takewhile(lambda alarm: alarm.due <= at, _alarms(promise, policy)))


def _alarms(promise: Waiting, policy: Policy) -> Iterator[Alarm]:
    """What was not told, in the order in which it is crossed; a calendar that opens no more ends it."""
    if promise.resolved_at is not None or promise.excluded:
        return
    for threshold in _untold(promise, policy):
        try:
            due = policy.calendar.due(promise.opened_at, promise.paused_seconds + threshold.seconds)
        except (NeverOpens, OutOfCalendar):
            return
        yield Alarm(threshold, due)


def _untold(promise: Waiting, policy: Policy) -> Iterator[Threshold]:
    """A step below what was told already is no news, as after a change of policy; caps count for the queue, so each is told."""
    measure = RESOLUTION if promise.first_responded_at is not None else FIRST_RESPONSE
    target = promise.resolution_target_seconds if measure == RESOLUTION else promise.first_response_target_seconds
    told = set(promise.alarms_told)
    reached = max((_seconds_of(key, measure, target, policy) for key in told), default=0)
    for threshold in thresholds(measure, target, policy):
        if threshold.key not in told and (threshold.is_cap or threshold.seconds > reached):
            yield threshold


def thresholds(measure: str, target: int, policy: Policy) -> Iterator[Threshold]:
    """Every threshold of a measure with this target, in order, without end: the policy's steps, and the caps."""
    return merge(_steps(measure, target, policy), _caps(measure, target, policy), key=lambda one: one.seconds)


def _steps(measure: str, target: int, policy: Policy) -> Iterable[Threshold]:
    if measure == FIRST_RESPONSE:
        lengths = enumerate(policy.alarms.first_response)
        return [Threshold(measure, seconds, seconds, _circle(place)) for place, seconds in lengths]
    parts = enumerate(policy.alarms.resolution)
    return [Threshold(measure, _part(target, part), part, _circle(place, part)) for place, part in parts]


def _caps(measure: str, target: int, policy: Policy) -> Iterator[Threshold]:
    """So many times the cap: one by one as long as each raises the ticket in the queue, then each twice the one before."""
    each = policy.alarms.cap * target
    raising = len(policy.severity_keys)
    for number in count(1):
        times = number if number <= raising else raising * 2 ** (number - raising)
        yield Threshold(measure, each * times, times, Circle.SUPERVISORS, is_cap=True)


def _circle(place: int, part: int = 0) -> Circle:
    """The first step concerns whoever has the ticket, the second the team, the later ones and a whole target everybody."""
    return Circle.SUPERVISORS if part >= WHOLE_TARGET else Circle(min(place, Circle.SUPERVISORS))


def _part(target: int, percent: int) -> int:
    """Rounded up: a threshold is crossed at the first whole second that reaches it."""
    return -(-target * percent // WHOLE_TARGET)


def _seconds_of(key: str, measure: str, target: int, policy: Policy) -> int:
    """Where a told threshold lies under the present target and policy; 0 for one of the other measure."""
    of, _colon, step = key.partition(":")
    if of != measure:
        return 0
    if step.startswith(CAP):
        return policy.alarms.cap * target * int(step.removeprefix(CAP))
    return _part(target, int(step.removesuffix("%"))) if step.endswith("%") else int(step)
