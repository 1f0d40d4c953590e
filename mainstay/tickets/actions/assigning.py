"""Who works on what: the next ticket, fair turns, and the tickets of those who went away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, IntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Greatest

from mainstay.duty.actions import begin_trouble, end_trouble, note_turn
from mainstay.duty.models import Presence
from mainstay.duty.queries import Duty, duty_at
from mainstay.duty.rules import Standing
from mainstay.duty.states import Missing, Trouble
from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force, policy_of
from mainstay.promises.rules import age_seconds

from .. import events
from ..errors import NothingToTake
from ..fairness import Candidate, fair_choice
from ..models import Ticket
from ..queries import QUEUE_ORDER
from ..states import State, Turn
from .recording import allow, locked, record, touch

ASSIGN = "tickets.assign"
AT_ONCE = 200  # tickets that one round looks at; the next round, a minute later, finds what is left
OURS = Q(state__in=[State.NEW, State.OPEN])
FREE = OURS & Q(assignee=None, merged_into=None, is_asleep=False)
OWES_AN_ANSWER = Q(promise__first_responded_at=None) | Q(promise__asked_at__isnull=False)
WEIGHTS = 4  # a ticket of the most urgent severity weighs so much, each severity below it one less, none less than one


# --- the next one -----------------------------------------------------------------------------------------------------


@transaction.atomic
def take_next_ticket(*, by: Person, at: datetime) -> Ticket:
    """The first ticket in the order of the queue that is free, or one's own and waiting for an answer, is theirs.

    One's own answered tickets don't count: else nobody with work in hand would ever get a new one. Two who press at the
    same moment get two different tickets. Raises NothingToTake.
    """
    allow(by, Permission.WORK_TICKETS)
    mine = OURS & Q(assignee=by, is_asleep=False) & OWES_AN_ANSWER
    waiting = Ticket.objects.select_for_update(of=("self",), skip_locked=True).filter(FREE | mine)
    ticket = waiting.select_related("promise").order_by(*QUEUE_ORDER).first()
    if ticket is None:
        raise NothingToTake
    if ticket.assignee_id is None:
        _give(ticket, by, at)
        record(ticket, events.ASSIGNED, by=by, at=at, to=by.name)
        touch(ticket, at, "assignee", "state")
    return ticket


def _give(ticket: Ticket, to: Person, at: datetime) -> None:
    ticket.assignee = to
    if ticket.state == State.NEW:
        ticket.state = State.OPEN
    note_turn(to, at=at)


# --- fair turns -------------------------------------------------------------------------------------------------------


def fair_assignee(ticket: Ticket, duty: Duty) -> tuple[Person, Turn] | None:
    """Who on duty should get this ticket, and why; None when nobody is on duty. See `fairness.fair_choice`."""
    people = {person.pk: person for person in duty.on_duty}
    chosen = fair_choice(_candidates(list(people.values())), ticket.language)
    return (people[chosen[0].person], chosen[1]) if chosen else None


def _candidates(people: Sequence[Person]) -> list[Candidate]:
    """In the order of their keys, with their rows of presence held: one choice after the other."""
    keys = [person.pk for person in people]
    presences = {
        one.person_id: one for one in Presence.objects.select_for_update().filter(person__in=keys).order_by("pk")
    }
    weight = Greatest(Value(WEIGHTS) - F("urgency"), Value(1), output_field=IntegerField())
    loads = dict(
        Ticket.objects.filter(OURS, assignee__in=keys)
        .values("assignee")
        .annotate(load=Sum(weight))
        .order_by("assignee")
        .values_list("assignee", "load")
    )
    return [
        Candidate(
            person=person.pk,
            languages=frozenset([person.language, *(presences[person.pk].languages if person.pk in presences else ())]),
            load=loads.get(person.pk, 0),
            turn_at=presences[person.pk].turn_at if person.pk in presences else None,
        )
        for person in sorted(people, key=lambda one: one.pk)
    ]


@transaction.atomic
def assign_by_turn(key: int, *, at: datetime, duty: Duty | None = None) -> Person | None:
    """The ticket with this key is given to whoever's turn it is, with the reason written down; None when it stays as it is.

    It stays when somebody has it already, when it does not wait for us, or when nobody is on duty.
    """
    ticket = Ticket.objects.select_for_update(of=("self",)).filter(FREE, pk=key).first()
    if ticket is None:
        return None
    duty = duty or duty_at(at, away_after=policy_in_force(at).assignment.away_after)
    found = fair_assignee(ticket, duty)
    if found is None:
        return None
    to, because = found
    _give(ticket, to, at)
    record(ticket, events.ASSIGNED_BY_TURN, by=None, at=at, to=to.name, because=because.value)
    touch(ticket, at, "assignee", "state")
    return to


def assign_waiting(at: datetime) -> int:
    """Where the policy wants it, the free tickets are given out, in the order of the queue; returns how many were."""
    policy = policy_in_force(at)
    if not policy.assignment.automatic:
        return 0
    duty = duty_at(at, away_after=policy.assignment.away_after)
    if not duty.on_duty:
        return 0
    free = list(Ticket.objects.filter(FREE).order_by(*QUEUE_ORDER).values_list("pk", flat=True)[:AT_ONCE])
    return sum(assign_by_turn(key, at=at, duty=duty) is not None for key in free)


# --- those who went away ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Requeued:
    """A ticket that is in the queue again, whose it was, and why."""

    ticket: Ticket
    was: Person
    because: Missing


def requeue_of_the_missing(at: datetime) -> list[Requeued]:
    """While the desk is open, tickets that wait for us and whose technician has gone are in the queue again.

    Each in its own transaction, with an event that says why; those on duty are told, else the supervisors. What waits for
    the customer or is with the developers stays.
    """
    policy = policy_in_force(at)
    if not policy.calendar.is_open(at):
        return []
    holders = list(
        Person.objects.filter(pk__in=Ticket.objects.filter(OURS, assignee__isnull=False).order_by().values("assignee"))
        .select_related("account")
        .order_by("pk")
    )
    duty = duty_at(at, away_after=policy.assignment.away_after, also=holders)
    gone = {one.pk: because for one in holders if (because := _gone(duty.standings[one.pk], at, policy))}
    theirs = Ticket.objects.filter(OURS, assignee__in=gone).order_by(*QUEUE_ORDER)[:AT_ONCE]
    done = [_requeue(ticket, gone, at, duty.on_duty or supervisors()) for ticket in theirs]
    return [one for one in done if one is not None]


def _gone(standing: Standing, at: datetime, policy: Policy) -> Missing | None:
    """Why somebody's tickets must not wait for them; None when they may.

    Who left, is absent or signed off is gone at once. Who said away, gave no sign, or has no shift any more but is still
    seen, is given the policy's `away_after`, in business time: nobody loses a ticket under their hands, nor overnight.
    """
    missing, seen = standing.missing, standing.seen_at
    if missing in (None, Missing.LEFT, Missing.ABSENT, Missing.OFF):
        return missing
    since = seen if missing in (Missing.NO_SHIFT, Missing.SILENT) else standing.since
    if since is None:  # never seen: known to the roster only
        return missing if missing == Missing.NO_SHIFT else None
    return missing if policy.calendar.elapsed(since, at) > policy.assignment.away_after else None


@transaction.atomic
def _requeue(ticket: Ticket, gone: dict[int, Missing], at: datetime, told: Sequence[Person]) -> Requeued | None:
    ticket = locked(ticket)
    was = ticket.assignee
    if was is None or was.pk not in gone or ticket.state not in (State.NEW, State.OPEN):
        return None
    because = gone[was.pk]
    ticket.assignee = None
    record(ticket, events.REQUEUED, by=None, at=at, name=was.name, because=because.value)
    touch(ticket, at, "assignee")
    tell(told, kinds.REQUEUED, {"number": ticket.number, "name": was.name}, ticket.topic, at, key=at.isoformat())
    return Requeued(ticket, was, because)


# --- troubles that are told -------------------------------------------------------------------------------------------


@transaction.atomic
def watch_duty(at: datetime) -> list[Trouble]:
    """The troubles that began since the last look; each is told once until it is over. Outside hours nothing changes."""
    policy = policy_in_force(at)
    if not policy.calendar.is_open(at):
        return []
    duty = duty_at(at, away_after=policy.assignment.away_after)
    unanswered = Ticket.objects.filter(OURS, promise__first_responded_at=None, promise__excluded="")
    there = {
        Trouble.NOBODY_ON_DUTY: not duty.on_duty and unanswered.exists(),
        Trouble.NO_OWNER: bool(duty.on_duty) and _is_overdue(unanswered.filter(assignee=None), at),
    }
    began = []
    for trouble, is_there in there.items():
        if not is_there:
            end_trouble(trouble)
        elif begin_trouble(trouble, at=at):
            _tell_of(trouble, duty, at)
            began.append(trouble)
    return began


def _is_overdue(waiting: QuerySet[Ticket], at: datetime) -> bool:
    """Whether any of them waits for longer than its first response is aimed for."""
    oldest = waiting.select_related("promise").order_by("opened_at", "pk")[:AT_ONCE]
    return any(
        age_seconds(one.promise, at, policy_of(one.promise.revision_id)) > one.promise.first_response_target_seconds
        for one in oldest
    )


def _tell_of(trouble: Trouble, duty: Duty, at: datetime) -> None:
    """Nobody on duty concerns the supervisors; tickets that nobody takes concern those on duty, too."""
    if trouble == Trouble.NOBODY_ON_DUTY:
        tell(supervisors(), kinds.NOBODY_ON_DUTY, {}, "", at, key=at.isoformat())
    else:
        tell([*duty.on_duty, *supervisors()], kinds.NO_OWNER, {}, "", at, key=at.isoformat())
