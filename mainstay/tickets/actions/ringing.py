"""Ring the alarms of a ticket that waits long: once for each threshold, with the true moment at which it was crossed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.duty.queries import people_on_duty
from mainstay.history.kinds import EventKind
from mainstay.lib import faults
from mainstay.live.announcing import announce
from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.notifications.kinds import NoticeKind
from mainstay.people.models import Person
from mainstay.policy.shape import Policy
from mainstay.promises.actions import hush_promises, plan_alarm
from mainstay.promises.alarms import FIRST_RESPONSE, Alarm, Circle, Threshold, passed_alarms
from mainstay.promises.models import Promise
from mainstay.promises.queries import policy_of

from .. import events
from ..models import Ticket
from ..queries import tickets_without_alarm
from ..rules import rank_now
from .recording import QUEUE, rank_again, record, with_promise

SET_AT_ONCE = 500
PUT_OFF = timedelta(minutes=1)

# What is recorded and what is told, by the measure and by whether it is a cap.
_KINDS: dict[tuple[bool, bool], tuple[EventKind, NoticeKind]] = {
    (True, False): (events.FIRST_RESPONSE_ALARM, kinds.FIRST_RESPONSE_ALARM),
    (True, True): (events.FIRST_RESPONSE_CAP, kinds.FIRST_RESPONSE_CAP),
    (False, False): (events.RESOLUTION_ALARM, kinds.RESOLUTION_ALARM),
    (False, True): (events.RESOLUTION_CAP, kinds.RESOLUTION_CAP),
}


@transaction.atomic
def ring_alarms(key: int, *, at: datetime) -> bool:
    """What of this ticket is due is told once, for the most severe threshold that was crossed; whether there was any.

    Looks again under the ticket's lock: somebody may have answered. Records the event, raises the ticket in the queue for
    its caps, plans the next alarm, tells the people whom it concerns, announces. A ticket that somebody holds is left
    for the next look; so of two workers one rings.
    """
    ticket = _held(key)
    if ticket is None:
        return False
    promise, policy = ticket.promise, policy_of(ticket.promise.revision_id)
    if not ticket.is_active:
        Promise.objects.filter(pk=promise.pk).update(next_alarm_at=None)
        return False
    passed = passed_alarms(promise, policy, at)
    if not passed:
        plan_alarm(promise)
        return False
    _note_told(promise, passed)
    rank_again(ticket)
    _tell(ticket, passed[-1], policy, at)
    announce(QUEUE, ticket.topic)
    faults.hit("alarms.while_ringing")
    return True


def put_off_alarms(key: int, *, at: datetime) -> None:
    """The alarms of a ticket that could not be rung are tried again in a minute, so that they keep no other waiting."""
    Promise.objects.filter(ticket=key).update(next_alarm_at=at + PUT_OFF)


def set_missing_alarms(*, at: datetime) -> int:
    """Open tickets whose alarms were never set, such as those of an older version, have one; how many there were.

    What they passed before anybody watched counts as told, without a notice; their rank follows.
    """
    number, last = 0, 0
    while keys := tickets_without_alarm(last, SET_AT_ONCE):
        number += hush_alarms(keys, at=at)
        last = keys[-1]
    return number


@transaction.atomic
def hush_alarms(keys: Sequence[int], *, at: datetime) -> int:
    """What these tickets have passed until now counts as told, though nobody was: for those that are only played, too.

    Those that somebody holds are left out; returns how many were not.
    """
    held = Ticket.objects.select_for_update(skip_locked=True).filter(pk__in=keys).order_by("pk")
    tickets = {ticket.promise_id: ticket for ticket in held}
    promises = hush_promises(tickets, at=at)
    for promise in promises:
        tickets[promise.pk].promise = promise
    ranked = [ticket for ticket in tickets.values() if ticket.rank != rank_now(ticket)]
    for ticket in ranked:
        ticket.rank = rank_now(ticket)
    Ticket.objects.bulk_update(ranked, ["rank"])
    return len(promises)


# --- below: in the order of use -------------------------------------------------------------------------------------


def _held(key: int) -> Ticket | None:
    """The ticket, held until the transaction ends, with its promise as it is now; None when somebody else holds it."""
    held = Ticket.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    return None if held is None else with_promise(held)


def _note_told(promise: Promise, passed: Sequence[Alarm]) -> None:
    promise.alarms_told = [*promise.alarms_told, *(alarm.key for alarm in passed)]
    promise.save(update_fields=["alarms_told"])
    plan_alarm(promise)


def _tell(ticket: Ticket, alarm: Alarm, policy: Policy, at: datetime) -> None:
    threshold = alarm.threshold
    event, notice = _KINDS[threshold.measure == FIRST_RESPONSE, threshold.is_cap]
    facts = _facts(threshold, policy)
    record(ticket, event, by=None, at=at, alarm=alarm.key, due=alarm.due.isoformat(), **facts)
    told = receivers(
        threshold.circle,
        assignee=ticket.assignee,
        on_duty=people_on_duty(at, away_after=policy.assignment.away_after),
        supervisors=supervisors(),
    )
    tell(told, notice, {"number": ticket.number, **facts}, ticket.topic, at, key=alarm.key)


def _facts(threshold: Threshold, policy: Policy) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if threshold.measure == FIRST_RESPONSE:
        facts["minutes"] = f"{threshold.seconds / 60:.4g}"
    if threshold.is_cap:
        facts["times"] = policy.alarms.cap * threshold.step
    elif threshold.measure != FIRST_RESPONSE:
        facts["percent"] = threshold.step
    return facts


def receivers(
    circle: Circle, *, assignee: Person | None, on_duty: Sequence[Person], supervisors: Sequence[Person]
) -> list[Person]:
    """Who is told, each once: the assignee while on duty, else everybody who is; the team; the team and the supervisors.

    Where nobody is on duty the supervisors are told, whatever the circle.
    """
    if not on_duty:
        return list(supervisors)
    if circle == Circle.ASSIGNEE:
        return [one for one in on_duty if assignee is not None and one.pk == assignee.pk] or list(on_duty)
    told = [*on_duty, *supervisors] if circle == Circle.SUPERVISORS else list(on_duty)
    return list({one.pk: one for one in told}.values())
