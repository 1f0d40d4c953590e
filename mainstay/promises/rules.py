"""What counts as answered and resolved, in business seconds: pure functions over a ticket's facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mainstay.policy.shape import Policy

from .models import Promise
from .states import FactKind

STAMP_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """One thing in a ticket's history that its promise depends on; `detail` is the reason of an exclusion."""

    kind: FactKind
    at: datetime
    detail: str = ""


@dataclass(frozen=True)
class Measure:
    """A ticket's measures; the field names are those of `models.Promise`. Seconds are business seconds."""

    first_responded_at: datetime | None = None
    first_response_seconds: int | None = None
    answered_out_of_hours: bool = False
    resolved_at: datetime | None = None
    resolution_seconds: int | None = None
    paused_seconds: int = 0
    reopened_count: int = 0
    excluded: str = ""


def measure(opened_at: datetime, facts: Iterable[Fact], policy: Policy) -> Measure:
    """The measures of a ticket opened at `opened_at`, from its facts in the order in which they happened.

    First response: from opening to the first answer; an answer outside the hours counts what was open until then and is
    flagged. Resolution: from opening to the last resolving, without the time in which the ticket was resolved before it
    was re-opened (`paused_seconds`). Left out is only what the policy leaves out. Source: the policy's sections
    `first_response`, `clock`, `reopening` and `averages`.
    """
    calendar = policy.calendar
    counts_replies = "reply_accepted" in policy.first_response.counts
    answered: datetime | None = None
    resolved: datetime | None = None
    paused, reopened, excluded = 0, 0, ""
    for fact in facts:
        if fact.kind == FactKind.ANSWERED and counts_replies:
            answered = answered or fact.at
        elif fact.kind == FactKind.RESOLVED:
            resolved = resolved or fact.at
        elif fact.kind == FactKind.REOPENED and resolved is not None:
            paused += calendar.elapsed(resolved, fact.at)
            reopened += 1
            resolved = None
        elif fact.kind == FactKind.EXCLUDED:
            excluded = fact.detail if fact.detail in policy.averages.leaves_out else ""
        elif fact.kind == FactKind.INCLUDED:
            excluded = ""
    return Measure(
        first_responded_at=answered,
        first_response_seconds=calendar.elapsed(opened_at, answered) if answered else None,
        answered_out_of_hours=answered is not None and not calendar.is_open(answered),
        resolved_at=resolved,
        # Each span is rounded by itself: half-second pauses could otherwise add up past the whole.
        resolution_seconds=max(0, calendar.elapsed(opened_at, resolved) - paused) if resolved else None,
        paused_seconds=paused,
        reopened_count=reopened,
        excluded=excluded,
    )


def may_reopen(resolved_at: datetime, at: datetime, policy: Policy) -> bool:
    """Within the policy's window the same clock goes on; later it is a new, linked ticket."""
    return at - resolved_at <= timedelta(seconds=policy.reopen_window_seconds)


def stamp(at: datetime, policy: Policy) -> int:
    """Business seconds from the epoch to this moment: the age of a ticket is the difference of two stamps."""
    return policy.calendar.elapsed(STAMP_EPOCH, at)


def age_seconds(promise: Promise, at: datetime, policy: Policy) -> int:
    """Business seconds that a promise has been open, without the time in which its ticket was resolved."""
    return stamp(at, policy) - promise.opened_stamp - promise.paused_seconds
