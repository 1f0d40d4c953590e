"""Tasks on a ticket: added, changed, ordered, done, removed; and checklists, which are tasks put there together."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from mainstay.audit.actions import record_change
from mainstay.lib.fingerprints import fingerprint
from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..errors import (
    ChecklistChanged,
    ChecklistGone,
    ChecklistTaken,
    MergedAway,
    NotAssignable,
    TaskChanged,
    TaskGone,
    TooManyTasks,
)
from ..models import Checklist, Task, Ticket
from ..rules import checklist_lines, task_text
from .recording import allow, locked, record, touch

TASKS_MAX = 100
NOUN = "checklist"


@transaction.atomic
def add_task(
    ticket: Ticket, *, text: str, by: Person, at: datetime, assignee: Person | None = None, due_on: date | None = None
) -> Ticket:
    """The task stands last; its assignee is told, if that is somebody else. Raises NoTask, NotAssignable, TooManyTasks."""
    text = task_text(text)
    ticket = _workable(ticket, by)
    _check_assignee(assignee)
    place = _next_place(ticket, 1)
    task = Task.objects.create(ticket=ticket, text=text, place=place, assignee=assignee, due_on=due_on)
    record(ticket, events.TASK_ADDED, by=by, at=at, task=text, key=task.pk)
    _tell_assignee(task, ticket, by, at)
    touch(ticket, at)
    return ticket


@transaction.atomic
def change_task(
    task: Task,
    *,
    text: str,
    by: Person,
    at: datetime,
    assignee: Person | None = None,
    due_on: date | None = None,
    seen: str = "",
) -> Ticket:
    """The task says this, is theirs, is due then; a new assignee is told. `seen` is its mark as its writer saw it.

    Raises NoTask, NotAssignable, TaskGone, TaskChanged.
    """
    text = task_text(text)
    ticket, task = _held(task, by)
    _check_assignee(assignee)
    was = task.assignee_id
    if (task.text, was, task.due_on) == (text, assignee.pk if assignee else None, due_on):
        return ticket
    if seen and seen != task.mark:
        raise TaskChanged(task.text)
    task.text, task.assignee, task.due_on = text, assignee, due_on
    task.save(update_fields=["text", "assignee", "due_on"])
    record(ticket, events.TASK_CHANGED, by=by, at=at, task=text, key=task.pk)
    if task.assignee_id != was:
        _tell_assignee(task, ticket, by, at)
    touch(ticket, at)
    return ticket


@transaction.atomic
def do_task(task: Task, *, is_done: bool, by: Person, at: datetime) -> Ticket:
    """The task is done, by whom and when; or it is not, after all. Whoever was first stays its doer."""
    ticket, task = _held(task, by)
    if (task.done_at is not None) == is_done:
        return ticket
    task.done_at, task.done_by = (at, by) if is_done else (None, None)
    task.save(update_fields=["done_at", "done_by"])
    record(ticket, events.TASK_DONE if is_done else events.TASK_REOPENED, by=by, at=at, task=task.text, key=task.pk)
    touch(ticket, at)
    return ticket


@transaction.atomic
def move_task(task: Task, *, up: bool, by: Person, at: datetime) -> Ticket:
    """The task stands one place higher or lower; nothing when there is no such place. No event: the order is no history."""
    ticket, task = _held(task, by)
    tasks = list(Task.objects.filter(ticket=ticket).order_by("place", "pk"))
    here = next(place for place, one in enumerate(tasks) if one.pk == task.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(tasks):
        tasks[here], tasks[there] = tasks[there], tasks[here]
        for place, one in enumerate(tasks):
            one.place = place
        Task.objects.bulk_update(tasks, ["place"])
        touch(ticket, at)
    return ticket


@transaction.atomic
def remove_task(task: Task, *, by: Person, at: datetime) -> Ticket:
    """The task is gone; the history tells what it said."""
    ticket, task = _held(task, by)
    record(ticket, events.TASK_REMOVED, by=by, at=at, task=task.text)
    task.delete()
    touch(ticket, at)
    return ticket


@transaction.atomic
def put_checklist(ticket: Ticket, *, checklist: Checklist, by: Person, at: datetime) -> Ticket:
    """Each line of the checklist is a task of the ticket; not those that are there and not done."""
    ticket = _workable(ticket, by)
    found = Checklist.objects.filter(pk=checklist.pk).first()
    if found is None:
        raise ChecklistGone
    there = set(Task.objects.filter(ticket=ticket, done_at=None).order_by().values_list("text", flat=True))
    lines = [line for line in found.lines if line not in there]
    if not lines:
        return ticket
    first = _next_place(ticket, len(lines))
    Task.objects.bulk_create(Task(ticket=ticket, text=line, place=first + n) for n, line in enumerate(lines))
    record(ticket, events.CHECKLIST_ADDED, by=by, at=at, checklist=found.name)
    touch(ticket, at)
    return ticket


# --- what is kept ready, in set-up ---------------------------------------------------------------------------------------


@transaction.atomic
def keep_checklist(
    checklist: Checklist | None,
    *,
    name: str,
    natures: Sequence[str],
    lines: str,
    by: Person,
    at: datetime,
    seen: str = "",
) -> Checklist:
    """The checklist is so: a new one, or the one that is given. `seen` is the fingerprint of what its writer saw.

    Raises NoTask, ChecklistTaken, ChecklistChanged, ChecklistGone. Tasks that were put on tickets before stay what they are.
    """
    allow(by, Permission.MANAGE_DESK)
    kept = Checklist() if checklist is None else Checklist.objects.select_for_update().filter(pk=checklist.pk).first()
    if kept is None:
        raise ChecklistGone
    before = {} if checklist is None else seen_of_checklist(kept)
    if before and seen and seen != fingerprint(before):
        raise ChecklistChanged
    kept.name, kept.natures = " ".join(name.split())[:60], list(dict.fromkeys(natures))
    kept.lines = checklist_lines(lines)
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise ChecklistTaken from None
    after = seen_of_checklist(kept)
    record_change(by=by, at=at, noun=NOUN, subject=kept.name, key=kept.pk, before=before, after=after)
    return kept


@transaction.atomic
def remove_checklist(checklist: Checklist, *, by: Person, at: datetime) -> None:
    """It is offered no more; tasks that were made of it stay."""
    allow(by, Permission.MANAGE_DESK)
    found = Checklist.objects.select_for_update().filter(pk=checklist.pk).first()
    if found is None:
        return
    record_change(by=by, at=at, noun=NOUN, subject=found.name, key=found.pk, before=seen_of_checklist(found), after={})
    found.delete()


def seen_of_checklist(checklist: Checklist) -> dict[str, Any]:
    """The checklist as the log keeps it, and as whoever changes it saw it."""
    return {"name": checklist.name, "natures": list(checklist.natures), "lines": list(checklist.lines)}


# --- below: in the order of use ------------------------------------------------------------------------------------------


def _workable(ticket: Ticket, by: Person) -> Ticket:
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(ticket)
    if ticket.is_merged:
        raise MergedAway
    return ticket


def _held(task: Task, by: Person) -> tuple[Ticket, Task]:
    """The task as it is now, with its ticket held."""
    allow(by, Permission.WORK_TICKETS)
    ticket = locked(task.ticket)
    found = Task.objects.filter(pk=task.pk, ticket=ticket).first()
    if found is None:
        raise TaskGone
    return ticket, found


def _check_assignee(assignee: Person | None) -> None:
    if assignee is not None and not assignee.may(Permission.WRITE_NOTES):
        raise NotAssignable


def _next_place(ticket: Ticket, number: int) -> int:
    tasks = Task.objects.filter(ticket=ticket)
    if tasks.count() + number > TASKS_MAX:
        raise TooManyTasks
    last: int | None = tasks.aggregate(last=Max("place"))["last"]
    return 0 if last is None else last + 1


def _tell_assignee(task: Task, ticket: Ticket, by: Person, at: datetime) -> None:
    if task.assignee is not None and task.assignee_id != by.pk:
        facts: dict[str, str | int] = {"number": ticket.number, "name": by.name}
        tell([task.assignee], kinds.TASK_GIVEN, facts, ticket.topic, at, key=f"task:{task.pk}:{at.isoformat()}")
