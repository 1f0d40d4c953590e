"""Problems: one bug, the tickets that wait for it, and what happens to all of them when it is fixed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.history.kinds import EventKind
from mainstay.notifications import kinds
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets import events as ticket_events
from mainstay.tickets.actions import return_from_developers
from mainstay.tickets.actions.recording import locked, measure_again, record, touch
from mainstay.tickets.models import Ticket
from mainstay.tickets.rules import check_move
from mainstay.tickets.states import State

from .. import events
from ..errors import CannotJoin, NotFixed, NotOpen, ProblemTaken, WrongSetUp
from ..models import Issue, Problem, ProblemTicket, TrackerCall
from ..notices import tell_assignee
from ..rules import check_may, check_second_line, written_title
from ..states import Ended, ProblemState
from .steps import end, locked_problem, with_developers, write_down, write_of_problem

VERSION_LENGTH = 120


@transaction.atomic
def make_problem(ticket: Ticket, *, title: str, by: Person, at: datetime) -> Problem:
    """There is a problem of this title, and the ticket waits for it."""
    check_second_line(by)
    problem = Problem.objects.create(title=written_title(title), by=by, created_at=at)
    write_of_problem(problem, events.MADE, by=by, at=at)
    link_ticket(problem, ticket, by=by, at=at)
    return problem


@transaction.atomic
def rename_problem(problem: Problem, *, title: str, by: Person, at: datetime) -> Problem:
    """It is called so from now on."""
    check_second_line(by)
    problem = locked_problem(problem)
    problem.title = written_title(title)
    problem.save(update_fields=["title"])
    write_of_problem(problem, events.RENAMED, by=by, at=at, title=problem.title)
    return problem


@transaction.atomic
def link_ticket(problem: Problem, ticket: Ticket, *, by: Person, at: datetime) -> None:
    """The ticket waits for the problem; raises ProblemTaken when it waits for another one."""
    check_second_line(by)
    problem = _open(problem)
    ticket = locked(ticket)
    waits_for = ProblemTicket.objects.filter(ticket=ticket).select_related("problem").first()
    if waits_for is not None:
        if waits_for.problem_id == problem.pk:
            return
        raise ProblemTaken(ticket.number, waits_for.problem.title)
    ProblemTicket.objects.create(problem=problem, ticket=ticket, by=by, at=at)
    write_of_problem(problem, events.TICKET_LINKED, by=by, at=at, number=ticket.number)
    _record(ticket, ticket_events.PROBLEM_LINKED, by, at, problem=problem.title)


@transaction.atomic
def unlink_ticket(problem: Problem, ticket: Ticket, *, by: Person, at: datetime) -> None:
    """The ticket waits for it no longer."""
    check_second_line(by)
    problem = locked_problem(problem)
    ticket = locked(ticket)
    gone, _by_model = ProblemTicket.objects.filter(problem=problem, ticket=ticket).delete()
    if gone:
        write_of_problem(problem, events.TICKET_UNLINKED, by=by, at=at, number=ticket.number)
        _record(ticket, ticket_events.PROBLEM_UNLINKED, by, at, problem=problem.title)


@transaction.atomic
def join_problems(problem: Problem, other: Problem, *, by: Person, at: datetime) -> Problem:
    """All tickets, issues and calls of `other` are the problem's; `other` stays as a name that leads here."""
    check_second_line(by)
    both = Problem.objects.select_for_update().filter(pk__in=[problem.pk, other.pk]).order_by("pk")
    found = {one.pk: one for one in both}
    if len(found) != 2 or not all(one.is_open for one in found.values()):
        raise CannotJoin
    problem, other = found[problem.pk], found[other.pk]
    links = list(ProblemTicket.objects.filter(problem=other).select_related("ticket").order_by("ticket_id"))
    for link in links:
        _record(locked(link.ticket), ticket_events.PROBLEM_LINKED, by, at, problem=problem.title)
    ProblemTicket.objects.filter(problem=other).update(problem=problem)
    Issue.objects.filter(problem=other).update(problem=problem)
    TrackerCall.objects.filter(problem=other).update(problem=problem)
    other.state, other.joined_into = ProblemState.JOINED, problem
    other.save(update_fields=["state", "joined_into"])
    write_of_problem(problem, events.TOOK_IN, by=by, at=at, title=other.title)
    write_of_problem(other, events.JOINED, by=by, at=at, title=problem.title)
    return problem


@transaction.atomic
def mark_fixed(problem: Problem, *, version: str, by: Person, at: datetime) -> Problem:
    """The problem is fixed in this version, and every ticket that waits for it knows.

    Those that are with the developers come back to their technicians with a note; their people hear of it. Nothing is
    sent to a customer: a technician does that, ticket by ticket.
    """
    check_may(by, Permission.HELP_AS_DEVELOPER)
    version = " ".join(version.replace("\x00", "").split())[:VERSION_LENGTH]
    if not version:
        raise WrongSetUp("version", _("Say in which version it is fixed: technicians tell it to the customers."))
    problem = _open(problem)
    problem.state, problem.version, problem.fixed_at = ProblemState.FIXED, version, at
    problem.save(update_fields=["state", "version", "fixed_at"])
    write_of_problem(problem, events.FIXED, by=by, at=at, version=version)
    for link in _links(problem):
        _tell_fixed(problem, link, by, at)
    return problem


@transaction.atomic
def mark_not_fixed(problem: Problem, *, by: Person, at: datetime) -> Problem:
    """The marking is undone: the problem is open, its tickets know, and those it took from the developers go back there.

    Only those that are open still: one that went on since stays where it is.
    """
    check_may(by, Permission.HELP_AS_DEVELOPER)
    problem = locked_problem(problem)
    if not problem.is_fixed:
        raise NotFixed
    problem.state, problem.version, problem.fixed_at = ProblemState.OPEN, "", None
    problem.save(update_fields=["state", "version", "fixed_at"])
    write_of_problem(problem, events.NOT_FIXED, by=by, at=at)
    for link in _links(problem):
        ticket = locked(link.ticket)
        record(ticket, ticket_events.PROBLEM_NOT_FIXED, by=by, at=at, problem=problem.title)
        if link.came_back:
            _hand_again(ticket, by, at)
        touch(ticket, at)
    problem.links.filter(came_back=True).update(came_back=False)
    return problem


def _tell_fixed(problem: Problem, link: ProblemTicket, by: Person, at: datetime) -> None:
    ticket = locked(link.ticket)
    if not ticket.is_active:
        return
    _record(ticket, ticket_events.PROBLEM_FIXED, by, at, problem=problem.title, version=problem.version)
    if ticket.state == State.DEVELOPERS:
        ticket, escalation = with_developers(ticket, at)
        text = _("The problem “%(problem)s” is fixed in %(version)s.")
        text %= {"problem": problem.title, "version": problem.version}
        ticket = return_from_developers(ticket, text=text, by=by, at=at)
        end(escalation, Ended.FIXED, by=by, at=at, answer=text)
        write_down(escalation, events.ENDED_BY_FIX, by=by, at=at)
        link.came_back = True
        link.save(update_fields=["came_back"])
    tell_assignee(ticket, kinds.PROBLEM_FIXED, f"problem:{problem.pk}:{at.isoformat()}", by, at)


def _hand_again(ticket: Ticket, by: Person, at: datetime) -> None:
    """The same stay with the developers goes on, if nothing else was done since."""
    escalation = ticket.escalations.filter(ended=Ended.FIXED).order_by("-round").first()
    is_last = escalation is not None and not ticket.escalations.filter(round__gt=escalation.round).exists()
    if escalation is None or not is_last or ticket.state != State.OPEN:
        return
    check_move(ticket, State.DEVELOPERS)
    ticket.state = State.DEVELOPERS
    ticket.save(update_fields=["state"])
    record(ticket, ticket_events.HANDED_TO_DEVELOPERS, by=by, at=at)
    measure_again(ticket)
    escalation.ended, escalation.ended_at, escalation.ended_by, escalation.answer = "", None, None, ""
    escalation.save(update_fields=["ended", "ended_at", "ended_by", "answer"])
    write_down(escalation, events.BACK_AGAIN, by=by, at=at)


def _links(problem: Problem) -> list[ProblemTicket]:
    """In one order, so that nobody waits in a circle."""
    return list(problem.links.select_related("ticket").order_by("ticket_id"))


def _open(problem: Problem) -> Problem:
    problem = locked_problem(problem)
    if not problem.is_open:
        raise NotOpen
    return problem


def _record(ticket: Ticket, kind: EventKind, by: Person, at: datetime, **facts: str) -> None:
    record(ticket, kind, by=by, at=at, message=None, **facts)
    touch(ticket, at)
