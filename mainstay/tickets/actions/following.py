"""Followers: colleagues who are told what happens on a ticket that is not theirs."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mainstay.notifications import kinds
from mainstay.notifications.actions import tell
from mainstay.notifications.kinds import NoticeKind
from mainstay.people.models import Person
from mainstay.people.states import Permission

from .. import events
from ..models import Follower, Ticket, TicketEvent
from .recording import allow, locked, record, touch


@transaction.atomic
def follow_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """They are told from now on what happens on it; nothing when they follow it already."""
    allow(by, Permission.SEE_TICKETS)
    ticket = locked(ticket)
    row, is_new = Follower.objects.get_or_create(ticket=ticket, person=by)
    if is_new or Follower.objects.filter(pk=row.pk, stopped=True).update(stopped=False):
        record(ticket, events.FOLLOWED, by=by, at=at)
        touch(ticket, at)
    return ticket


@transaction.atomic
def unfollow_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """They are told no more, and the desk does not make them a follower again by itself."""
    allow(by, Permission.SEE_TICKETS)
    ticket = locked(ticket)
    if Follower.objects.filter(ticket=ticket, person=by, stopped=False).update(stopped=True):
        record(ticket, events.UNFOLLOWED, by=by, at=at)
        touch(ticket, at)
    return ticket


def have_follow(ticket: Ticket, people: Iterable[Person]) -> None:
    """Those who were mentioned, or had the ticket, follow it from now on; not those who stopped. Within the caller's turn."""
    rows = [Follower(ticket=ticket, person=person) for person in people if person.may(Permission.SEE_TICKETS)]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)


_TOLD: dict[str, NoticeKind] = {
    events.MESSAGE_RECEIVED.name: kinds.FOLLOWED_WRITTEN,
    events.TOOK_OVER.name: kinds.FOLLOWED_WRITTEN,
    events.REPLIED.name: kinds.FOLLOWED_REPLIED,
    events.NOTED.name: kinds.FOLLOWED_NOTED,
    events.RESOLVED.name: kinds.FOLLOWED_RESOLVED,
    events.REOPENED.name: kinds.FOLLOWED_REOPENED,
}
_TAKEN_FROM = (events.ASSIGNED.name, events.UNASSIGNED.name)


def hear(event: TicketEvent) -> None:
    """Followers are told, but not who did it; somebody whose ticket was given to another follows it from then on."""
    if event.kind in _TAKEN_FROM and (was := event.facts.get("was")):
        before = Person.objects.select_related("account").filter(pk=was).first()
        have_follow(event.ticket, [before] if before is not None and before.is_staff else [])
    kind = _TOLD.get(event.kind)
    if kind is None:
        return
    following = Follower.objects.filter(ticket=event.ticket, stopped=False).select_related("person__account")
    told = [one.person for one in following.order_by("pk") if one.person_id != event.by_id and one.person.is_staff]
    facts: dict[str, str | int] = {"number": event.ticket.number, "name": event.by.name if event.by else ""}
    tell(told, kind, facts, event.ticket.topic, event.at, key=f"event:{event.pk}")
