"""Send a call to its tracker, once at a time, and note what came of it; a repeated one makes nothing twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.jobs.one_at_a_time import only_here
from mainstay.jobs.queue import enqueue
from mainstay.live.announcing import announce
from mainstay.tickets import events as ticket_events
from mainstay.tickets.actions.recording import locked, record, touch

from .. import events
from ..errors import TrackerTrouble
from ..models import Escalation, Issue, IssueComment, Problem, ProblemTicket, Tracker, TrackerCall
from ..queries import access_of
from ..rules import is_patience_over, wait_seconds
from ..states import CallKind, CallState
from ..tracking import Remote, TrackerAdapter, adapter_class
from .issues import CALL
from .steps import TOPIC, locked_problem, problem_topic, write_of_problem

CALLING = "calling a tracker"
CLOCKS_DIFFER = timedelta(days=1)  # by so much at most two machines are believed to be apart


def make_call(call_id: int, *, at: datetime) -> None:
    """One attempt was made and noted; a delayed one is queued again for later, a hopeless one waits for a person.

    The attempt is counted before it is made. So a worker that dies in the middle, or an answer that never came, leaves a
    call of which the next attempt knows that it may have worked: that one looks for its marker first.
    """
    with only_here(CALLING, call_id) as is_ours:
        call = TrackerCall.objects.select_related("tracker", "issue").filter(pk=call_id, state=CallState.QUEUED).first()
        if not is_ours or call is None:
            return
        is_repeated = call.attempts > 0
        call.attempts += 1
        call.first_tried_at = call.first_tried_at or at
        call.save(update_fields=["attempts", "first_tried_at"])
        try:
            with understood(call.tracker):
                outcome = _send(call, adapter_of(call.tracker), is_repeated)
        except TrackerTrouble as trouble:
            _note_trouble(call, trouble, at)
        else:
            _note_done(call, outcome, at)


def adapter_of(tracker: Tracker) -> TrackerAdapter:
    """The adapter of a tracker, with its secrets opened; raises TrackerTrouble."""
    make = adapter_class(tracker.kind)
    if make is None or tracker.removed_at is not None:
        raise TrackerTrouble(
            _("%(name)s is not part of this desk any more.") % {"name": tracker.name}, needs_person=True
        )
    return make(access_of(tracker))


@contextmanager
def understood(tracker: Tracker) -> Iterator[None]:
    """What answers, but not in the words of the product, is a trouble too; so is an address that can't be right."""
    from ..errors import WrongSetUp

    try:
        yield
    except WrongSetUp as fault:
        raise TrackerTrouble(str(fault), needs_person=True) from fault
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as fault:
        sentence = _("What answers there is not %(name)s.") % {"name": tracker.kind}
        raise TrackerTrouble(sentence, needs_person=True) from fault


def _send(call: TrackerCall, adapter: TrackerAdapter, is_repeated: bool) -> Remote | str:
    since = (call.first_tried_at or call.created_at) - CLOCKS_DIFFER
    if call.kind == CallKind.OPEN:
        found = adapter.find_issue(call.marker, since) if is_repeated else None
        return found or adapter.open_issue(call.title, call.text)
    if call.kind == CallKind.READ:
        return adapter.read_issue(call.key)
    if call.issue is None:
        raise TrackerTrouble(_("The issue was taken off its problem."), needs_person=True)
    found_id = adapter.find_comment(call.issue.key, call.marker, since) if is_repeated else ""
    return found_id or adapter.add_comment(call.issue.key, call.text)


@transaction.atomic
def _note_done(call: TrackerCall, outcome: Remote | str, at: datetime) -> None:
    problem = locked_problem(Problem.objects.get(pk=TrackerCall.objects.values_list("problem").get(pk=call.pk)[0]))
    if isinstance(outcome, Remote):
        call.issue = _link(problem, call.tracker, outcome, at)
    else:
        call.remote_id = outcome[:80]
        assert call.issue is not None  # a comment without its issue was never sent
        IssueComment.objects.get_or_create(
            issue=call.issue,
            remote_id=call.remote_id,
            defaults={"author": call.by.name if call.by else "", "text": call.text, "at": at, "is_ours": True},
        )
    call.state, call.trouble, call.settled_at, call.next_at = CallState.DONE, "", at, None
    call.save(update_fields=["issue", "remote_id", "state", "trouble", "settled_at", "next_at"])
    announce(TOPIC, problem_topic(problem))


def _link(problem: Problem, tracker: Tracker, remote: Remote, at: datetime) -> Issue:
    """The issue speaks of the problem; if another problem had it first, it stays there and the call is settled with it."""
    facts = {"url": remote.url[:1000], "title": remote.title[:300], "is_open": remote.is_open}
    issue, is_new = Issue.objects.get_or_create(
        tracker=tracker,
        key=remote.key[:80],
        defaults={**facts, "problem": problem, "state_word": remote.state_word[:80], "heard_at": at},
    )
    if is_new:
        write_of_problem(problem, events.ISSUE_LINKED, by=None, at=at, issue=str(issue))
        for link in tickets_with_developers(problem):
            ticket = locked(link.ticket)
            record(ticket, ticket_events.ISSUE_LINKED, by=None, at=at, issue=str(issue))
            touch(ticket, at)
    return issue


def tickets_with_developers(problem: Problem) -> list[ProblemTicket]:
    """Of a problem's tickets those that were escalated and are not over: what comes from a tracker is told on them."""
    escalated = Escalation.objects.values("ticket_id")
    links = problem.links.filter(ticket__in=escalated).select_related("ticket").order_by("ticket_id")
    return [link for link in links if link.ticket.is_active]


@transaction.atomic
def _note_trouble(call: TrackerCall, trouble: TrackerTrouble, at: datetime) -> None:
    call.trouble = str(trouble)[:2000]
    seconds = max(trouble.seconds or 0, wait_seconds(call.attempts, call.marker))
    next_at = at + timedelta(seconds=seconds)
    if trouble.needs_person or is_patience_over(call.queued_at, next_at):
        call.state, call.settled_at, call.next_at = CallState.FAILED, at, None
    else:
        call.next_at = next_at
        enqueue(CALL, at=next_at, call=call.pk)
    call.save(update_fields=["trouble", "state", "settled_at", "next_at"])
    announce(TOPIC, f"problem:{call.problem_id}")
