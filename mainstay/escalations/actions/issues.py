"""Issues of a problem: open one in a tracker, link one that is there, write on it. Each is a call that is sent after the commit."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.jobs.queue import SOON, enqueue
from mainstay.people.models import Person
from mainstay.tickets.rules import written

from .. import events
from ..errors import IssueElsewhere, NothingToRepeat, NotOpen, TrackerTrouble, WrongSetUp
from ..models import Issue, Problem, Tracker, TrackerCall
from ..queries import access_of
from ..rules import check_second_line, written_title
from ..states import CallKind, CallState, ProblemState
from ..tracking import adapter_class, marked
from .steps import locked_problem, write_of_problem

CALL = "escalations.call"


@transaction.atomic
def open_issue(problem: Problem, *, tracker: Tracker, title: str, text: str, by: Person, at: datetime) -> TrackerCall:
    """An issue with this text is asked for; its key and address come when the tracker has answered."""
    check_second_line(by)
    problem = _open(problem)
    call = TrackerCall(tracker=tracker, kind=CallKind.OPEN, problem=problem, title=written_title(title), by=by)
    call.text = marked(written(text), call.marker)
    write_of_problem(problem, events.ISSUE_ASKED_FOR, by=by, at=at, tracker=tracker.name)
    return _queued(call, at)


@transaction.atomic
def link_issue(problem: Problem, *, tracker: Tracker, key: str, by: Person, at: datetime) -> TrackerCall:
    """An issue that is there already is asked for, and speaks of the problem once the tracker has told how it stands.

    Raises IssueElsewhere when it belongs to another problem: the two may be one.
    """
    check_second_line(by)
    problem = _open(problem)
    found = _key(tracker, key)
    known = Issue.objects.filter(tracker=tracker, key=found).select_related("problem").first()
    if known is not None and known.problem_id != problem.pk:
        raise IssueElsewhere(known.problem_id, known.problem.title)
    return _queued(TrackerCall(tracker=tracker, kind=CallKind.READ, problem=problem, key=found, by=by), at)


@transaction.atomic
def unlink_issue(issue: Issue, *, by: Person, at: datetime) -> None:
    """The issue speaks of the problem no longer; in the tracker nothing changes."""
    check_second_line(by)
    problem = locked_problem(issue.problem)
    write_of_problem(problem, events.ISSUE_UNLINKED, by=by, at=at, issue=str(issue))
    issue.delete()


@transaction.atomic
def comment_on_issue(issue: Issue, *, text: str, by: Person, at: datetime) -> TrackerCall:
    """The comment is written in the tracker, under the writer's name."""
    check_second_line(by)
    call = TrackerCall(tracker=issue.tracker, kind=CallKind.COMMENT, problem=issue.problem, issue=issue, by=by)
    words = written(text)
    call.text = marked(f"{by.name}:\n\n{words}", call.marker)
    write_of_problem(issue.problem, events.COMMENTED, by=by, at=at, issue=str(issue))
    return _queued(call, at)


@transaction.atomic
def repeat_call(call: TrackerCall, *, by: Person, at: datetime) -> TrackerCall:
    """A call that did not work is queued again; what an earlier attempt made is found by its marker."""
    check_second_line(by)
    call = TrackerCall.objects.select_for_update(of=("self",)).select_related("tracker").get(pk=call.pk)
    if call.state != CallState.FAILED or call.tracker.removed_at is not None:
        raise NothingToRepeat
    call.settled_at, call.trouble = None, ""
    return _queued(call, at)


def _queued(call: TrackerCall, at: datetime) -> TrackerCall:
    call.state, call.queued_at, call.next_at = CallState.QUEUED, at, at
    call.created_at = call.created_at or at
    call.save()
    enqueue(CALL, priority=SOON, call=call.pk)
    return call


def _key(tracker: Tracker, text: str) -> str:
    make = adapter_class(tracker.kind)
    if make is None:
        raise TrackerTrouble(
            _("%(name)s is not part of this desk any more.") % {"name": tracker.kind}, needs_person=True
        )
    found = make(access_of(tracker)).key_of(text)
    if not found:
        raise WrongSetUp("key", _("That is no issue of %(project)s.") % {"project": tracker.project})
    return found


def _open(problem: Problem) -> Problem:
    problem = locked_problem(problem)
    if problem.state != ProblemState.OPEN:
        raise NotOpen
    return problem
