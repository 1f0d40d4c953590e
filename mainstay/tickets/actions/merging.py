"""Merge a ticket into another one, and undo that."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.states import Exclusion

from .. import events
from ..errors import (
    ForeignOrganisation,
    JustAnswered,
    MergedAway,
    MergedElsewhere,
    MergeIntoPart,
    MergeWithItself,
    MessagesElsewhere,
    NotMerged,
    TicketError,
    WindowOver,
)
from ..models import Follower, Link, Message, Participant, Suggestion, Task, Ticket, TimeSpent
from ..queries import goes_on, joins_when_moved, wholes_above
from ..states import Delivery, LinkKind, MessageKind, State
from .following import have_follow
from .recording import allow, locked_both, measure_again, not_before_its_past, record, touch
from .siding import mark_side_news, put_back_beside


def why_not_merge(ticket: Ticket, into: Ticket, at: datetime, *, is_suggested: bool = False) -> TicketError | None:
    """What stands against putting `ticket` into `into`; None when nothing does.

    A suggestion may be followed into a ticket of another organisation: its message points there, and a person has looked.
    """
    if ticket.pk == into.pk:
        return MergeWithItself()
    if ticket.merged_into_id is not None:
        return MergedAway()
    if into.merged_into is not None:
        return MergedElsewhere(into.number, into.merged_into.number)
    return _why_not_these(ticket, into, at, is_suggested)


def _why_not_these(ticket: Ticket, into: Ticket, at: datetime, is_suggested: bool) -> TicketError | None:
    foreign = ticket.organisation_id and into.organisation_id and ticket.organisation_id != into.organisation_id
    if foreign and ticket.person_id != into.person_id and not is_suggested:
        return ForeignOrganisation()
    if ticket.pk in wholes_above(into):
        return MergeIntoPart()
    if _is_just_answered(ticket, at):
        return JustAnswered()
    return None if goes_on(into, at) else WindowOver()


@transaction.atomic
def merge_ticket(ticket: Ticket, *, into: Ticket, by: Person, at: datetime, is_suggested: bool = False) -> Ticket:
    """Every message of `ticket` stands on `into`, which is open; `ticket` is closed and left out as merged. Undone by unmerge.

    Its person takes part from now on, if they do not belong there anyway; open tasks, parts and followers go with it.
    Raises what `why_not_merge` says.
    """
    allow(by, Permission.WORK_TICKETS)
    ticket, into = locked_both(ticket, into)
    if problem := why_not_merge(ticket, into, at, is_suggested=is_suggested):
        raise problem
    Suggestion.objects.filter(ticket=ticket, settled_at=None).update(settled_at=at)
    facts: dict[str, Any] = {
        "was": str(ticket.state),
        "excluded": ticket.promise.excluded,
        "joined": _joins(ticket, into, by, at),
        **_move(ticket, into),
    }
    mark_side_news(ticket, into)
    at = max(not_before_its_past(one, at) for one in (ticket, into))
    record(ticket, events.MERGED, by=by, at=at, other=into.number, **facts)
    record(ticket, events.EXCLUDED, by=by, at=at, reason=Exclusion.MERGED)
    ticket.merged_into, ticket.state = into, State.CLOSED
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    was = str(into.state)
    record(into, events.TOOK_OVER, by=by, at=at, other=ticket.number, was=was)
    if into.state == State.RESOLVED:
        record(into, events.REOPENED, by=by, at=at, other=ticket.number, was=was)
    measure_again(into)
    if into.state in (State.RESOLVED, State.WAITING, State.CLOSED):
        into.state = State.OPEN
    touch(into, at, "state")
    return into


@transaction.atomic
def unmerge_ticket(ticket: Ticket, *, by: Person, at: datetime) -> Ticket:
    """What was moved is back on the ticket it came to, which is what it was before, and may be suggested again.

    What was written since stays where it was written. Where nothing has happened on the other ticket since, that is what it
    was before, too. Raises NotMerged, and MessagesElsewhere when they were moved on.
    """
    allow(by, Permission.WORK_TICKETS)
    if ticket.merged_into is None:
        raise NotMerged
    ticket, into = locked_both(ticket, ticket.merged_into)
    if ticket.merged_into_id != into.pk:
        raise NotMerged
    if into.merged_into_id is not None:
        raise MessagesElsewhere
    before = ticket.events.filter(kind=events.MERGED.name).order_by("-pk").values_list("facts", flat=True)[0]
    if "side" in before:
        return _back_from_beside(ticket, into, before, by, at)
    _move_back(ticket, into, before)
    mark_side_news(ticket, into)
    ticket.merged_into, ticket.state = None, before["was"]
    at = max(not_before_its_past(one, at) for one in (ticket, into))
    record(ticket, events.UNMERGED, by=by, at=at, other=ticket.number)
    _counts_as_before(ticket, before, by, at)
    if before["joined"]:
        into.participants.filter(person=ticket.person_id).delete()
    Suggestion.objects.filter(ticket=ticket, other=into).update(settled_at=None)
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    _other_as_before(ticket, into, by, at)
    return ticket


def _back_from_beside(ticket: Ticket, into: Ticket, before: dict[str, Any], by: Person, at: datetime) -> Ticket:
    """What was taken into a side conversation was no message of a customer: nothing but that is undone."""
    put_back_beside(ticket, into, before)
    ticket.merged_into, ticket.state = None, before["was"]
    at = not_before_its_past(ticket, at)
    record(ticket, events.UNMERGED, by=by, at=at, other=ticket.number)
    _counts_as_before(ticket, before, by, at)
    Suggestion.objects.filter(ticket=ticket, other=into).update(settled_at=None)
    measure_again(ticket)
    touch(ticket, at, "merged_into", "state")
    touch(into, at)
    return ticket


def _counts_as_before(ticket: Ticket, before: dict[str, Any], by: Person, at: datetime) -> None:
    if before["excluded"]:
        record(ticket, events.EXCLUDED, by=by, at=at, reason=before["excluded"])
    else:
        record(ticket, events.INCLUDED, by=by, at=at)


def _other_as_before(ticket: Ticket, into: Ticket, by: Person, at: datetime) -> None:
    """The taking over never was; when nothing else has happened since, the ticket is in its old state again."""
    last = into.events.order_by("-pk").first()
    was = str(last.facts.get("was", "")) if last is not None and last.facts.get("other") == ticket.number else ""
    record(into, events.UNMERGED, by=by, at=at, other=ticket.number)
    record(into, events.UNDONE, by=by, at=at, undid=events.TOOK_OVER.name, other=ticket.number)
    if was == State.RESOLVED:
        record(into, events.UNDONE, by=by, at=at, undid=events.REOPENED.name, other=ticket.number)
    into.state = was or into.state
    measure_again(into)
    touch(into, at, "state")


def _move(ticket: Ticket, into: Ticket) -> dict[str, Any]:
    """Everything that goes with it stands on `into`; the keys of what was moved, with where a message came to before."""
    messages = list(ticket.messages.order_by("pk").values_list("pk", "came_to"))
    Message.objects.filter(pk__in=[key for key, _came_to in messages]).update(ticket=into, came_to=ticket)
    tasks = list(Task.objects.filter(ticket=ticket, done_at=None).order_by("pk").values_list("pk", flat=True))
    Task.objects.filter(pk__in=tasks).update(ticket=into)
    parts = list(
        Link.objects.filter(other=ticket, kind=LinkKind.PART).exclude(one=into).order_by("pk").values_list("pk", "one")
    )
    known = set(Link.objects.filter(other=into).order_by().values_list("one", flat=True))
    known |= set(Link.objects.filter(one=into).order_by().values_list("other", flat=True))
    links = [key for key, one in parts if one not in known]
    Link.objects.filter(pk__in=links).update(other=into)
    following = Follower.objects.filter(ticket=ticket, stopped=False).select_related("person__account").order_by("pk")
    have_follow(into, [one.person for one in following])
    times = list(TimeSpent.objects.filter(ticket=ticket).order_by("pk").values_list("pk", flat=True))
    TimeSpent.objects.filter(pk__in=times).update(ticket=into)
    moved = [[key, came_to or 0] for key, came_to in messages]
    return {"moved": moved, "tasks": tasks, "links": links, "times": times}


def _move_back(ticket: Ticket, into: Ticket, before: dict[str, Any]) -> None:
    here = Message.objects.filter(ticket=into, came_to=ticket)
    if "moved" not in before:  # merged by an older version, which moved what came in and notes
        if not here.update(ticket=ticket, came_to=None):
            raise MessagesElsewhere
        return
    came_to = {key: was or None for key, was in before["moved"]}
    back = list(here.filter(pk__in=list(came_to)).order_by("pk"))
    if came_to and not back:
        raise MessagesElsewhere
    for message in back:
        message.ticket, message.came_to_id = ticket, came_to[message.pk]
    Message.objects.bulk_update(back, ["ticket", "came_to"])
    Task.objects.filter(pk__in=before["tasks"], ticket=into).update(ticket=ticket)
    Link.objects.filter(pk__in=before["links"], other=into).update(other=ticket)
    TimeSpent.objects.filter(pk__in=before.get("times", []), ticket=into).update(ticket=ticket)


def _joins(ticket: Ticket, into: Ticket, by: Person, at: datetime) -> int:
    """1 when the person of `ticket` takes part in `into` from now on: they must get the answers to what they wrote."""
    if not joins_when_moved(ticket, into):
        return 0
    person = ticket.person
    _part, is_new = Participant.objects.get_or_create(ticket=into, person=person, defaults={"brought_by": by, "at": at})
    return int(is_new)


def _is_just_answered(ticket: Ticket, at: datetime) -> bool:
    """Whether a reply is still to be sent, or can still be taken back: that happens on the ticket where it was written."""
    replies = ticket.messages.filter(kind=MessageKind.REPLY).order_by("pk")
    young = replies.filter(at__gt=at - timedelta(seconds=settings.UNDO_SECONDS)).exclude(delivery=Delivery.WITHDRAWN)
    return replies.filter(delivery=Delivery.QUEUED).exists() or young.exists()
