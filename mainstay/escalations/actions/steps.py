"""The steps that the verbs of this room share: find what is open, write down, tell open browsers."""

from datetime import datetime

from mainstay.history.kinds import EventKind
from mainstay.live.announcing import announce
from mainstay.people.models import Person
from mainstay.tickets.actions.recording import locked
from mainstay.tickets.models import Ticket
from mainstay.tickets.states import State

from .. import events
from ..errors import NoSuchProblem, NotWithDevelopers
from ..models import Escalation, EscalationEvent, Problem, ProblemEvent
from ..queries import handed_over_at, next_round
from ..states import Ended

TOPIC = "escalations"


def write_down(escalation: Escalation, kind: EventKind, *, by: Person | None, at: datetime, **facts: str | int) -> None:
    """The event is part of the escalation's history for good."""
    EscalationEvent.objects.create(escalation=escalation, kind=kind.name, by=by, at=at, facts=facts)


def write_of_problem(problem: Problem, kind: EventKind, *, by: Person | None, at: datetime, **facts: str | int) -> None:
    """The event is part of the problem's history for good; open browsers hear of it."""
    ProblemEvent.objects.create(problem=problem, kind=kind.name, by=by, at=at, facts=facts)
    announce(TOPIC, problem_topic(problem))


def problem_topic(problem: Problem) -> str:
    return f"problem:{problem.pk}"


def with_developers(ticket: Ticket, at: datetime) -> tuple[Ticket, Escalation]:
    """The ticket, held, and its open escalation; raises NotWithDevelopers.

    One that was handed over without a packet gets an escalation without one, so that it can be taken and answered too.
    """
    ticket = locked(ticket)
    if ticket.state != State.DEVELOPERS:
        raise NotWithDevelopers
    escalation = ticket.escalations.select_for_update(of=("self",)).filter(ended_at=None).first()
    if escalation is None:
        escalation = Escalation.objects.create(
            ticket=ticket, round=next_round(ticket), has_packet=False, sent_at=handed_over_at(ticket)
        )
        write_down(escalation, events.HANDED_OVER, by=None, at=at)
    return ticket, escalation


def end(escalation: Escalation, how: Ended, *, by: Person | None, at: datetime, answer: str = "") -> None:
    """The escalation is over, and how; its event is written by the caller."""
    escalation.ended, escalation.ended_at, escalation.ended_by, escalation.answer = how, at, by, answer
    escalation.save(update_fields=["ended", "ended_at", "ended_by", "answer"])
    announce(TOPIC)


def locked_problem(problem: Problem) -> Problem:
    """The problem as it is now, held until the transaction ends; raises NoSuchProblem."""
    found = Problem.objects.select_for_update().filter(pk=problem.pk).first()
    if found is None:
        raise NoSuchProblem
    return found
