"""What counts as answered and resolved, in business seconds: pure functions over a ticket's facts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mainstay.clock.calendar import Calendar
from mainstay.policy.shape import Policy

from .course import Course, Fact, course_of
from .models import Promise
from .states import Exclusion, With

STAMP_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


# What the stored figures are made by; a desk whose figures are of an older version counts them anew when it starts.
MEASURES_VERSION = 3


NEVER_COUNTED = frozenset({Exclusion.SPAM.value, Exclusion.MERGED.value, Exclusion.REFUSED.value})


@dataclass(frozen=True)
class Further:
    """A later question and our answer, in business seconds."""

    asked_at: datetime
    answered_at: datetime
    seconds: int
    all_day_seconds: int


@dataclass(frozen=True)
class Measure:
    """A ticket's measures; the field names are those of `models.Promise`. Seconds are business seconds.

    `customer_seconds`, `technician_seconds` and `developer_seconds` are of the turns that are over; together with the
    turn that runs they are the ticket's age, and of a resolved ticket they are its resolution.
    """

    first_responded_at: datetime | None = None
    first_response_seconds: int | None = None
    first_response_all_day_seconds: int | None = None
    answered_out_of_hours: bool = False
    resolved_at: datetime | None = None
    resolution_seconds: int | None = None
    resolution_all_day_seconds: int | None = None
    paused_seconds: int = 0
    reopened_count: int = 0
    excluded: str = ""
    customer_seconds: int = 0
    technician_seconds: int = 0
    developer_seconds: int = 0
    with_whom: str = With.TECHNICIANS
    asked_at: datetime | None = None
    asked_stamp: int | None = None
    further_count: int = 0
    further_seconds: int = 0


def measure(opened_at: datetime, facts: Iterable[Fact], policy: Policy) -> Measure:
    """The measures of a ticket opened at `opened_at`, from its facts in the order in which they happened."""
    return measured(course_in(opened_at, facts, policy), policy)[0]


def course_in(opened_at: datetime, facts: Iterable[Fact], policy: Policy) -> Course:
    """The course of a ticket under this policy."""
    return course_of(opened_at, facts, counts_replies="reply_accepted" in policy.first_response.counts)


def measured(course: Course, policy: Policy) -> tuple[Measure, tuple[Further, ...]]:
    """The figures of a course, and its later questions.

    First response: from opening to the first answer; an answer outside the hours counts what was open until then and is
    flagged. Resolution: from opening to the last resolving. Both without the time in which the ticket was resolved before
    (`paused_seconds`): re-opened, the same clock goes on. All times are differences of the business time since the opening,
    so that the turns add up to the whole, to the second. Left out is only what the policy leaves out. Source: the policy's
    sections `first_response`, `clock`, `reopening` and `averages`.
    """
    calendar, all_day = policy.calendar, policy.calendar_all_day
    opened_at, answered, resolved = course.spans[0].start, course.answered_at, course.resolved_at
    spent = dict.fromkeys(With, 0)
    paused_all_day, since = 0, 0
    for span in course.spans:
        if span.end is not None:
            until = calendar.elapsed(opened_at, span.end)
            spent[span.whom] += until - since
            since = until
            if span.whom == With.NOBODY:
                paused_all_day += all_day.elapsed(opened_at, span.end) - all_day.elapsed(opened_at, span.start)
    paused = spent[With.NOBODY]
    idle = list(_resolved_before(course, answered)) if answered else []
    further = tuple(
        Further(one.asked_at, one.answered_at, calendar.elapsed(*moments), all_day.elapsed(*moments))
        for one in course.questions
        for moments in [(one.asked_at, one.answered_at)]
    )
    return (
        Measure(
            first_responded_at=answered,
            first_response_seconds=_without(idle, opened_at, answered, calendar) if answered else None,
            first_response_all_day_seconds=_without(idle, opened_at, answered, all_day) if answered else None,
            answered_out_of_hours=answered is not None and not calendar.is_open(answered),
            resolved_at=resolved,
            resolution_seconds=calendar.elapsed(opened_at, resolved) - paused if resolved else None,
            resolution_all_day_seconds=all_day.elapsed(opened_at, resolved) - paused_all_day if resolved else None,
            paused_seconds=paused,
            reopened_count=course.reopened_count,
            excluded=left_out(course.excluded, policy),
            customer_seconds=spent[With.CUSTOMER],
            technician_seconds=spent[With.TECHNICIANS],
            developer_seconds=spent[With.DEVELOPERS],
            with_whom=course.turn.value,
            asked_at=course.asked_at,
            asked_stamp=stamp(course.asked_at, policy) if course.asked_at else None,
            further_count=len(further),
            further_seconds=sum(one.seconds for one in further),
        ),
        further,
    )


def _resolved_before(course: Course, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the ticket was resolved, as far as that lies before this moment."""
    for span in course.spans:
        if span.whom == With.NOBODY and span.start < moment:
            yield span.start, min(span.end or moment, moment)


def _without(idle: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime, calendar: Calendar) -> int:
    """Business seconds from start to end without those stretches; as differences of one time, so that pieces add up."""
    resolved = sum(calendar.elapsed(start, until) - calendar.elapsed(start, since) for since, until in idle)
    return calendar.elapsed(start, end) - resolved


def left_out(reason: str, policy: Policy) -> str:
    """The reason, where the averages leave such tickets out; empty where they count.

    Spam, merged copies and refused tickets are left out whatever the policy names: they are closed without being resolved, so
    that they would count as open for ever.
    """
    return reason if reason in NEVER_COUNTED or reason in policy.averages.leaves_out else ""


def may_reopen(resolved_at: datetime, at: datetime, policy: Policy) -> bool:
    """Within the policy's window the same clock goes on; later it is a new, linked ticket."""
    return at - resolved_at <= timedelta(seconds=policy.reopen_window_seconds)


def stamp(at: datetime, policy: Policy) -> int:
    """Business seconds from the epoch to this moment: the age of a ticket is the difference of two stamps."""
    return policy.calendar.elapsed(STAMP_EPOCH, at)


def age_seconds(promise: Promise, at: datetime, policy: Policy) -> int:
    """Business seconds that a promise has been open, without the time in which its ticket was resolved."""
    return stamp(at, policy) - promise.opened_stamp - promise.paused_seconds


def turn_seconds(promise: Promise, at: datetime, policy: Policy) -> dict[str, int]:
    """Business seconds with customer, technicians and developers until now, the turn that runs included; keys of `With`."""
    spent = {
        With.CUSTOMER.value: promise.customer_seconds,
        With.TECHNICIANS.value: promise.technician_seconds,
        With.DEVELOPERS.value: promise.developer_seconds,
    }
    if promise.with_whom in spent and promise.resolved_at is None:
        spent[promise.with_whom] += max(0, age_seconds(promise, at, policy) - sum(spent.values()))
    return spent
