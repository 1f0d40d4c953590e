"""Do one thing to many tickets: planned, then done one by one, and undone where nothing happened since."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation

from mainstay.jobs.queue import SOON, enqueue
from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import last_event_of, tickets_for

from ..deeds import DEEDS
from ..errors import NoSuchBatch, NoSuchDeed, NothingChosen, TooLateToUndo, TooManyToMerge
from ..models import VALUE_LENGTH, Batch, BatchTicket
from ..queries import over_batches, waiting_in
from ..states import Outcome, Stage

DO, UNDO = "worklists.do_batch", "worklists.undo_batch"
DO_AT_ONCE = 100  # more are done by a job
TICKETS_MAX = 500
UNDO_FOR = timedelta(minutes=10)


@transaction.atomic
def plan_batch(keys: Sequence[int], *, deed: str, value: str, by: Person, at: datetime) -> Batch:
    """The deed stands there to be done to these tickets, as far as `by` may see them: nothing is done yet.

    Those that it can't be done to are marked, with why. Raises NothingChosen, NoSuchDeed, TooManyToMerge, and what is wrong
    with the value.
    """
    if not by.may(Permission.WORK_TICKETS):
        raise NotAllowed
    wanted = DEEDS.get(deed)
    if wanted is None or len(value) > VALUE_LENGTH:
        raise NoSuchDeed
    value = wanted.checked(value, by, at)
    chosen = list(dict.fromkeys(keys))[:TICKETS_MAX]
    found = tickets_for(by).select_related("promise", "merged_into").in_bulk(chosen)
    tickets = [found[key] for key in chosen if key in found]
    if not tickets:
        raise NothingChosen
    if wanted.most is not None and len(tickets) > wanted.most:
        raise TooManyToMerge
    batch = Batch.objects.create(by=by, deed=deed, value=value, made_at=at)
    BatchTicket.objects.bulk_create(_planned(batch, ticket, by, at) for ticket in tickets)
    return batch


def _planned(batch: Batch, ticket: Ticket, by: Person, at: datetime) -> BatchTicket:
    problem = DEEDS[batch.deed].why_not(ticket, batch.value, by, at)
    outcome = Outcome.REFUSED if problem else Outcome.WAITING
    because = str(problem) if problem else ""
    return BatchTicket(batch=batch, ticket=ticket, outcome=outcome, because=because, before=ticket.state)


@transaction.atomic
def start_batch(batch: Batch, *, by: Person, at: datetime) -> bool:
    """What was planned is being done; whether by a job, since it is much: else `do_batch` is the caller's to call.

    Raises NoSuchBatch when it was started before: of two who press at the same moment, one does it.
    """
    batch = _held(batch, by, Stage.PLANNED)
    batch.stage = Stage.DOING
    batch.save(update_fields=["stage"])
    return _by_job(DO, batch)


def do_batch(key: int, *, at: datetime) -> None:
    """Every ticket that waits is done, each in its own transaction; begun again, it goes on where it stood."""
    _each(key, Stage.DOING, Outcome.WAITING, _do, at)
    Batch.objects.filter(pk=key, stage=Stage.DOING).update(stage=Stage.DONE, done_at=at)


@transaction.atomic
def start_undoing(batch: Batch, *, by: Person, at: datetime) -> bool:
    """What was done is being undone; returns as `start_batch`. Raises TooLateToUndo."""
    try:
        batch = _held(batch, by, Stage.DONE)
    except NoSuchBatch:
        raise TooLateToUndo from None
    if batch.done_at is None or at - batch.done_at > UNDO_FOR:
        raise TooLateToUndo
    batch.stage = Stage.UNDOING
    batch.save(update_fields=["stage"])
    return _by_job(UNDO, batch)


def undo_batch(key: int, *, at: datetime) -> None:
    """Every ticket that was done is as before, where nothing happened since; the others say why not."""
    _each(key, Stage.UNDOING, Outcome.DONE, _undo, at)
    Batch.objects.filter(pk=key, stage=Stage.UNDOING).update(stage=Stage.UNDONE)


def forget_old_batches(*, at: datetime) -> None:
    """What was planned or done a day ago is forgotten: the tickets' histories say everything."""
    over_batches(at).delete()


def _held(batch: Batch, by: Person, stage: Stage) -> Batch:
    found = Batch.objects.select_for_update().filter(pk=batch.pk, by=by, stage=stage).first()
    if found is None:
        raise NoSuchBatch
    return found


def _by_job(task: str, batch: Batch) -> bool:
    is_much = batch.tickets.count() > DO_AT_ONCE
    if is_much:
        enqueue(task, priority=SOON, lock=f"batch:{batch.pk}", batch=batch.pk)
    return is_much


Step = Callable[[Batch, BatchTicket, datetime], None]


def _each(key: int, stage: Stage, outcome: Outcome, step: Step, at: datetime) -> None:
    """The step for each ticket that stands so, one after the other."""
    batch = Batch.objects.select_related("by__account__custom_role").filter(pk=key, stage=stage).first()
    if batch is None:
        return
    waiting = waiting_in(batch, outcome)
    with translation.override(_language(batch.by)):
        for one in waiting if stage == Stage.DOING else reversed(waiting):
            _one(batch, one, outcome, step, at)


def _language(person: Person) -> str:
    """In which the reasons are written down: a job has no reader."""
    return person.language if person.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _one(batch: Batch, key: int, outcome: Outcome, step: Step, at: datetime) -> None:
    """All of it is done for this ticket, or nothing, and then it says why."""
    try:
        with transaction.atomic():
            held = BatchTicket.objects.select_for_update(of=("self",)).filter(pk=key, outcome=outcome).first()
            if held is None:
                return
            held.ticket = Ticket.objects.select_related("promise", "merged_into").get(pk=held.ticket_id)
            step(batch, held, at)
            held.save(update_fields=["outcome", "because", "event"])
    except MainstayError as problem:
        fate = Outcome.REFUSED if outcome == Outcome.WAITING else Outcome.KEPT
        BatchTicket.objects.filter(pk=key).update(outcome=fate, because=str(problem))


def _do(batch: Batch, held: BatchTicket, at: datetime) -> None:
    before = last_event_of(held.ticket)
    DEEDS[batch.deed].do(held.ticket, batch.value, by=batch.by, at=at)
    last = last_event_of(held.ticket)
    held.event = last.pk if last else None
    held.outcome = Outcome.NEEDLESS if last == before else Outcome.DONE


def _undo(batch: Batch, held: BatchTicket, at: datetime) -> None:
    DEEDS[batch.deed].undo(held, batch.value, by=batch.by, at=at)
    held.outcome = Outcome.UNDONE
