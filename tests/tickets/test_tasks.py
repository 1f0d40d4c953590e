"""Tasks: who does what until when, in an order; checklists put several there, and are kept in set-up."""

from datetime import date, datetime, timedelta

import pytest

from mainstay.audit.models import SettingChange
from mainstay.lib.fingerprints import fingerprint
from mainstay.notifications.models import Notification
from mainstay.people.errors import NotAllowed
from mainstay.tickets import actions
from mainstay.tickets.errors import ChecklistChanged, ChecklistGone, ChecklistTaken, NoTask, NotAssignable, TaskGone
from mainstay.tickets.models import Checklist, Ticket
from mainstay.tickets.queries import checklists_for, task_for, tasks_of
from tests.cast import Cast


def with_tasks(cast: Cast, now: datetime, *texts: str) -> Ticket:
    ticket = cast.writes(cast.paula, now)
    for text in texts:
        actions.add_task(ticket, text=text, by=cast.tess, at=now)
    return ticket


def words(ticket: Ticket) -> list[str]:
    return [task.text for task in tasks_of(ticket)]


def kept(cast: Cast, now: datetime, name: str = "Repair", lines: str = "- Ask\n\n* Send\n• Ask") -> Checklist:
    return actions.keep_checklist(None, name=name, natures=["wiki"], lines=lines, by=cast.ada, at=now)


def test_tasks_stand_in_their_order_and_move(cast: Cast, now: datetime) -> None:
    ticket = with_tasks(cast, now, "a", "b", "c")
    c = tasks_of(ticket)[2]
    actions.move_task(c, up=True, by=cast.tess, at=now)
    assert words(ticket) == ["a", "c", "b"]
    for _ in range(3):
        actions.move_task(c, up=True, by=cast.tess, at=now)
    assert words(ticket) == ["c", "a", "b"]
    actions.move_task(c, up=False, by=cast.tess, at=now)
    assert words(ticket) == ["a", "c", "b"]


def test_whoever_does_a_task_first_is_its_doer(cast: Cast, now: datetime) -> None:
    ticket = with_tasks(cast, now, "Call")
    task = tasks_of(ticket)[0]
    actions.do_task(task, is_done=True, by=cast.tom, at=now)
    actions.do_task(task, is_done=True, by=cast.tess, at=now + timedelta(minutes=1))
    done = tasks_of(ticket)[0]
    assert (done.done_by, done.done_at) == (cast.tom, now)
    assert ticket.events.filter(kind="task_done").count() == 1
    actions.do_task(task, is_done=False, by=cast.tess, at=now)
    assert tasks_of(ticket)[0].done_at is None


def test_an_assignee_is_told_once_and_not_of_what_they_gave_themselves(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.add_task(ticket, text="Call", by=cast.tess, at=now, assignee=cast.tom, due_on=date(2026, 11, 20))
    actions.add_task(ticket, text="Ask", by=cast.tess, at=now, assignee=cast.tess)
    task = tasks_of(ticket)[0]
    actions.change_task(task, text="Call again", by=cast.tess, at=now, assignee=cast.tom, due_on=None)
    told = Notification.objects.filter(kind="task_given")
    assert [one.person_id for one in told] == [cast.tom.pk]
    assert (tasks_of(ticket)[0].text, tasks_of(ticket)[0].due_on) == ("Call again", None)


def test_a_customer_gets_no_task(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAssignable):
        actions.add_task(cast.writes(cast.paula, now), text="x", by=cast.tess, at=now, assignee=cast.paula)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 301])
def test_a_task_says_something(cast: Cast, now: datetime, text: str) -> None:
    with pytest.raises(NoTask):
        with_tasks(cast, now, text)


def test_what_somebody_removed_is_told_to_whoever_comes_late(cast: Cast, now: datetime) -> None:
    ticket = with_tasks(cast, now, "Call")
    task = tasks_of(ticket)[0]
    actions.remove_task(task, by=cast.tom, at=now)
    with pytest.raises(TaskGone):
        actions.change_task(task, text="Mine", by=cast.tess, at=now)
    assert ticket.events.get(kind="task_removed").facts["task"] == "Call"


def test_a_checklist_puts_what_is_not_there_yet(cast: Cast, now: datetime) -> None:
    ticket = with_tasks(cast, now, "Send")
    checklist = kept(cast, now)
    for _ in range(2):
        actions.put_checklist(ticket, checklist=checklist, by=cast.tess, at=now)
    assert words(ticket) == ["Send", "Ask"]
    assert ticket.events.filter(kind="checklist_added").count() == 1


def test_a_checklist_is_offered_for_its_natures_and_logged(cast: Cast, now: datetime) -> None:
    checklist = kept(cast, now)
    assert (checklists_for("wiki"), checklists_for("question")) == ([checklist], [])
    with pytest.raises(ChecklistTaken):
        kept(cast, now, name="repair")
    with pytest.raises(NoTask):
        kept(cast, now, name="Empty", lines=" \n- ")
    with pytest.raises(NotAllowed):
        actions.keep_checklist(None, name="x", natures=[], lines="x", by=cast.tess, at=now)
    assert SettingChange.objects.get(noun="checklist").after["lines"] == ["Ask", "Send"]


def test_of_two_who_change_a_checklist_one_is_told(cast: Cast, now: datetime) -> None:
    checklist = kept(cast, now)
    seen = fingerprint(actions.seen_of_checklist(checklist))
    actions.keep_checklist(checklist, name="Repairs", natures=[], lines="Ask", by=cast.ada, at=now, seen=seen)
    with pytest.raises(ChecklistChanged):
        actions.keep_checklist(checklist, name="Mine", natures=[], lines="x", by=cast.ada, at=now, seen=seen)
    actions.remove_checklist(checklist, by=cast.ada, at=now)
    with pytest.raises(ChecklistGone):
        actions.put_checklist(cast.writes(cast.paula, now), checklist=checklist, by=cast.tess, at=now)


def test_a_stranger_sees_no_task_not_even_of_their_own_ticket(cast: Cast, now: datetime) -> None:
    task = tasks_of(with_tasks(cast, now, "Call"))[0]
    assert (task_for(cast.paula, task.pk), task_for(cast.tess, task.pk)) == (None, task)
