"""Somebody leaves the desk: they sign in no more, and what they had in hand is everybody's again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from mainstay.duty.queries import people_on_duty
from mainstay.duty.states import Missing
from mainstay.live.announcing import announce
from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.notifications.rules import topic_of
from mainstay.people.models import Account, Person
from mainstay.people.staffing import deactivate

from .. import events
from ..models import Ticket
from ..states import ACTIVE, State
from .recording import locked, record, touch


@transaction.atomic
def deactivate_colleague(account: Account, *, by: Person | None, at: datetime) -> int:
    """The colleague can't sign in, their sessions are over, and every unfinished ticket of theirs is nobody's; how many.

    Those on duty, else the supervisors, are told of the ones that wait for us. Open pages of the colleague notice at once.
    Raises what `people.staffing.deactivate` raises.
    """
    if not deactivate(account, by=by, at=at):
        return 0
    held = list(Ticket.objects.filter(assignee=account.person_id, state__in=ACTIVE).order_by("pk"))
    told = (list(people_on_duty(at)) or supervisors()) if held else []
    freed = sum(_let_go(ticket, account.person, at, told) for ticket in held)
    announce(topic_of(account.person_id))
    return freed


def _let_go(ticket: Ticket, was: Person, at: datetime, told: Sequence[Person]) -> bool:
    ticket = locked(ticket)
    if ticket.assignee_id != was.pk or ticket.state not in ACTIVE:
        return False
    ticket.assignee = None
    record(ticket, events.REQUEUED, by=None, at=at, name=was.name, because=Missing.LEFT.value)
    touch(ticket, at, "assignee")
    if ticket.state in (State.NEW, State.OPEN):
        tell(told, kinds.REQUEUED, {"number": ticket.number, "name": was.name}, ticket.topic, at, key=at.isoformat())
    return True
