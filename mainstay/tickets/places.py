"""A ticket's place in the queue, explained: what was counted, from the ticket and its promise alone."""

from dataclasses import dataclass
from datetime import datetime

from mainstay.promises.queries import policy_of
from mainstay.promises.rules import age_seconds

from .models import Ticket
from .rules import raised_of

FIRST_RESPONSE, RESOLUTION = "first_response", "resolution"


@dataclass(frozen=True)
class QueuePlace:
    """Why a ticket stands where it does; seconds are business seconds, of an average that is aimed for.

    `counts_as` is the severity that it is ordered by: its own, raised by one for each cap it has passed (`raised`).
    `before` is how many tickets stand before it, None when that was not counted.
    """

    severity: str
    counts_as: str
    raised: int
    waits_for: str
    seconds: int
    target_seconds: int
    before: int | None = None


def explain_place(ticket: Ticket, at: datetime, before: int | None = None) -> QueuePlace:
    """The place of a ticket in the queue at this moment; asks nothing of the database for a ticket with its promise."""
    promise = ticket.promise
    policy = policy_of(promise.revision_id)
    is_answered = promise.first_responded_at is not None
    raised = min(raised_of(promise.alarms_told, is_answered=is_answered), ticket.urgency)
    return QueuePlace(
        severity=ticket.severity,
        counts_as=policy.severity_keys[ticket.urgency - raised],
        raised=raised,
        waits_for=RESOLUTION if is_answered else FIRST_RESPONSE,
        seconds=age_seconds(promise, at, policy),
        target_seconds=promise.resolution_target_seconds if is_answered else promise.first_response_target_seconds,
        before=before,
    )
