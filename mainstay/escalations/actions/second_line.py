"""What developers do with an escalation: take it on, lay it down, return it; and what a technician may: take it back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.live.announcing import announce
from mainstay.notifications import kinds
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets import events as ticket_events
from mainstay.tickets.actions import return_from_developers
from mainstay.tickets.actions.recording import record, touch
from mainstay.tickets.models import Ticket
from mainstay.tickets.rules import written

from .. import events
from ..errors import TakenByAnother
from ..models import Escalation
from ..notices import tell_assignee
from ..rules import check_may
from ..states import Ended
from .steps import TOPIC, end, with_developers, write_down


@transaction.atomic
def take_escalation(ticket: Ticket, *, by: Person, at: datetime) -> Escalation:
    """This developer has it; raises TakenByAnother when somebody else was first."""
    check_may(by, Permission.HELP_AS_DEVELOPER)
    ticket, escalation = with_developers(ticket, at)
    if escalation.taken_by_id == by.pk:
        return escalation
    if escalation.taken_by is not None:
        raise TakenByAnother(escalation.taken_by.name)
    return _set_taker(ticket, escalation, by, by=by, at=at)


@transaction.atomic
def let_go_of_escalation(ticket: Ticket, *, by: Person, at: datetime) -> Escalation:
    """Nobody has it: any developer may take it on. Colleagues may do that for one who is away."""
    check_may(by, Permission.HELP_AS_DEVELOPER)
    ticket, escalation = with_developers(ticket, at)
    if escalation.taken_by_id is None:
        return escalation
    return _set_taker(ticket, escalation, None, by=by, at=at)


@transaction.atomic
def answer_escalation(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Escalation:
    """The technician has the ticket again, with the developers' answer as a note, and hears of it."""
    check_may(by, Permission.HELP_AS_DEVELOPER)
    return _return(ticket, Ended.ANSWERED, text, _("The developers answer:"), by=by, at=at)


@transaction.atomic
def ask_back(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Escalation:
    """The technician has the ticket again, with a question of the developers as a note, and hears of it."""
    check_may(by, Permission.HELP_AS_DEVELOPER)
    return _return(ticket, Ended.ASKED_BACK, text, _("The developers ask:"), by=by, at=at)


@transaction.atomic
def take_back(ticket: Ticket, *, text: str, by: Person, at: datetime) -> Escalation:
    """The technicians have the ticket again without an answer; the note says why."""
    check_may(by, Permission.WORK_TICKETS)
    return _return(ticket, Ended.TAKEN_BACK, text, _("Taken back from the developers:"), by=by, at=at)


_EVENTS = {
    Ended.ANSWERED: events.ANSWERED,
    Ended.ASKED_BACK: events.ASKED_BACK,
    Ended.TAKEN_BACK: events.TAKEN_BACK,
}
_NOTICES = {Ended.ANSWERED: kinds.ANSWERED_BY_DEVELOPERS, Ended.ASKED_BACK: kinds.ASKED_BY_DEVELOPERS}


def _return(ticket: Ticket, how: Ended, text: str, heading: str, *, by: Person, at: datetime) -> Escalation:
    text = written(text)
    ticket, escalation = with_developers(ticket, at)
    ticket = return_from_developers(ticket, text=f"{heading}\n\n{text}", by=by, at=at)
    end(escalation, how, by=by, at=at, answer=text)
    write_down(escalation, _EVENTS[how], by=by, at=at)
    if how in _NOTICES:
        tell_assignee(ticket, _NOTICES[how], f"round:{escalation.round}", by, at)
    return escalation


def _set_taker(ticket: Ticket, escalation: Escalation, taker: Person | None, *, by: Person, at: datetime) -> Escalation:
    escalation.taken_by, escalation.taken_at = taker, at if taker else None
    escalation.save(update_fields=["taken_by", "taken_at"])
    write_down(escalation, events.TAKEN if taker else events.LET_GO, by=by, at=at)
    record(ticket, ticket_events.TAKEN_BY_DEVELOPER if taker else ticket_events.LET_GO_BY_DEVELOPER, by=by, at=at)
    touch(ticket, at)
    announce(TOPIC)
    return escalation
