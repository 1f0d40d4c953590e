"""Snooze: out of the queue until a moment or an event, and awake again on its second, with a notice.

The promise knows nothing of it: the clock runs on, and alarms ring.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mainstay.jobs.queue import SOON, enqueue
from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.notifications.kinds import NoticeKind
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import (
    MomentIsOver,
    NoProblemToWaitFor,
    NotAsleep,
    NothingToSleepOn,
    OverAlready,
    WaitsInACircle,
)
from ..models import Snooze, Ticket, TicketEvent
from ..queries import waits_for_problem
from ..states import WakesOn, Woke
from .recording import allow, locked, record, touch

WAKE_THOSE_WAITING = "tickets.wake_those_waiting"
LONGEST = timedelta(days=366)


@transaction.atomic
def snooze_ticket(
    ticket: Ticket,
    *,
    wakes_on: str,
    by: Person,
    at: datetime,
    wakes_at: datetime | None = None,
    waits_for: Ticket | None = None,
) -> Ticket:
    """The ticket sleeps: it is in no open view until it wakes. One that sleeps already sleeps on under the new terms.

    A moment beside another reason wakes it at the latest then. Raises NothingToSleepOn, MomentIsOver, NoProblemToWaitFor,
    OverAlready, WaitsInACircle.
    """
    allow(by, Permission.WORK_TICKETS)
    reason = WakesOn(wakes_on)
    ticket = locked(ticket)
    if not ticket.is_active or ticket.is_merged:
        raise NothingToSleepOn
    _check(ticket, reason, wakes_at, waits_for, at)
    other = waits_for if reason == WakesOn.TICKET else None
    Snooze.objects.update_or_create(
        ticket=ticket,
        defaults={"by": by, "at": at, "wakes_on": reason, "wakes_at": wakes_at, "waits_for": other},
    )
    facts: dict[str, Any] = {"until": reason.value}
    if not ticket.is_asleep:
        facts["was"] = ""  # only then it can be taken back: to be awake
    ticket.is_asleep = True
    if wakes_at is not None:
        facts["wakes_at"] = wakes_at.isoformat()
    if other is not None:
        facts["other"] = other.number
    record(ticket, events.SNOOZED, by=by, at=at, **facts)
    touch(ticket, at, "is_asleep")
    return ticket


def _check(ticket: Ticket, wakes_on: str, wakes_at: datetime | None, waits_for: Ticket | None, at: datetime) -> None:
    if wakes_at is None and wakes_on == WakesOn.MOMENT:
        raise MomentIsOver
    if wakes_at is not None and not at < wakes_at <= at + LONGEST:
        raise MomentIsOver
    if wakes_on == WakesOn.PROBLEM and not waits_for_problem(ticket):
        raise NoProblemToWaitFor
    if wakes_on != WakesOn.TICKET:
        return
    # Held, so that it is not resolved between this look and our commit.
    if waits_for is None:
        raise OverAlready
    other = Ticket.objects.select_for_update(no_key=True).filter(pk=waits_for.pk).first()
    if other is None or not other.is_active or other.is_merged:
        raise OverAlready
    seen = {ticket.pk}
    following: int | None = other.pk
    while following is not None:
        if following in seen:
            raise WaitsInACircle
        seen.add(following)
        following = Snooze.objects.filter(ticket=following).order_by("pk").values_list("waits_for", flat=True).first()


@transaction.atomic
def wake_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """A colleague wakes it before its time. Raises NotAsleep."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if not _wake(ticket, Woke.BY_HAND, by=by, at=at):
        raise NotAsleep
    touch(ticket, at, "is_asleep")
    return ticket


@transaction.atomic
def wake_at_its_moment(key: int, *, at: datetime) -> bool:
    """The ticket with this key is awake when its moment has come; whether it was asleep until now.

    Looks again under the ticket's lock; one that somebody holds is left for the next look, so of two workers one wakes it.
    """
    held = Ticket.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key).first()
    snooze = Snooze.objects.filter(ticket=key, wakes_at__lte=at).first() if held else None
    if held is None or snooze is None:
        return False
    _wake(held, Woke.MOMENT, by=None, at=at)
    touch(held, at, "is_asleep")
    return True


def put_off_waking(key: int, *, at: datetime) -> None:
    """A ticket that could not be woken is tried again in a minute, so that it keeps no other waiting."""
    Snooze.objects.filter(ticket=key).update(wakes_at=at + timedelta(minutes=1))


@transaction.atomic
def wake_since_other_is_over(key: int, *, of: int, at: datetime) -> bool:
    """The ticket that waited for another one, whose key is `of`, is awake; not when it waits for something else by now."""
    ticket = locked(Ticket(pk=key))
    if not Snooze.objects.filter(ticket=ticket, waits_for=of, waits_for__state__in=_OVER).exists():
        return False
    _wake(ticket, Woke.TICKET, by=None, at=at)
    touch(ticket, at, "is_asleep")
    return True


_OVER = ("resolved", "closed")
_ENDS_OTHERS = (events.RESOLVED.name, events.CLOSED.name, events.MERGED.name)
_WAKES = {
    events.MESSAGE_RECEIVED.name: Woke.CUSTOMER,
    events.TOOK_OVER.name: Woke.CUSTOMER,
    events.RESOLVED.name: Woke.OVER,
    events.CLOSED.name: Woke.OVER,
    events.MERGED.name: Woke.OVER,
}
_WAKES_WAITING_FOR_PROBLEM = {
    events.PROBLEM_FIXED.name: Woke.PROBLEM,
    events.PROBLEM_UNLINKED.name: Woke.NO_PROBLEM,
}


def hear(event: TicketEvent) -> None:
    """What happens to a ticket may wake it, at once and in the same transaction; and, by a job, those that wait for its end."""
    ticket = event.ticket
    if ticket.is_asleep:
        because = _WAKES.get(event.kind)
        if event.kind in _WAKES_WAITING_FOR_PROBLEM and _waits_for_a_problem(ticket):
            because = _WAKES_WAITING_FOR_PROBLEM[event.kind]
        if because is not None:
            _wake(ticket, because, by=None, at=event.at)
            ticket.save(update_fields=["is_asleep"])
    if event.kind in _ENDS_OTHERS and Snooze.objects.filter(waits_for=ticket).exists():
        enqueue(WAKE_THOSE_WAITING, priority=SOON, ticket=ticket.pk)


def _waits_for_a_problem(ticket: Ticket) -> bool:
    return Snooze.objects.filter(ticket=ticket, wakes_on=WakesOn.PROBLEM).exists()


def _wake(ticket: Ticket, because: Woke, *, by: Person | None, at: datetime) -> bool:
    """The held ticket is awake, not saved yet, with its event and its notice; whether it was asleep."""
    snooze = Snooze.objects.select_related("by").filter(ticket=ticket).order_by("pk").first()
    if snooze is None:
        return False
    key = f"snooze:{snooze.pk}:{snooze.at.isoformat()}"
    sleeper = snooze.by
    snooze.delete()
    ticket.is_asleep = False
    record(ticket, events.WOKEN, by=by, at=at, woke=because.value)
    notice = _NOTICES.get(because)
    if notice is not None:
        tell(_told(ticket, sleeper), notice, {"number": ticket.number}, ticket.topic, at, key=key)
    return True


_NOTICES: dict[Woke, NoticeKind] = {
    Woke.MOMENT: kinds.WOKE_AT_MOMENT,
    Woke.CUSTOMER: kinds.WOKE_BY_CUSTOMER,
    Woke.PROBLEM: kinds.WOKE_BY_PROBLEM,
    Woke.NO_PROBLEM: kinds.WOKE_BY_PROBLEM,
    Woke.TICKET: kinds.WOKE_BY_TICKET,
}


def _told(ticket: Ticket, sleeper: Person) -> list[Person]:
    """Whose ticket it is; else who put it to sleep; who leads the desk when that one does not work here any more."""
    for person in (ticket.assignee, sleeper):
        if person is not None and person.is_staff:
            return [person]
    return supervisors()
