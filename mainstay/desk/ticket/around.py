"""What there is around a ticket at all, asked in one query, so that a page asks only for what is there.

Most tickets have no tasks, no links, no tags: a query for each would be most of what the page costs.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.history.prepared import Prepared
from mainstay.satisfaction.models import Rating
from mainstay.tickets.models import (
    Checklist,
    CustomField,
    Follower,
    Link,
    Message,
    Participant,
    Tag,
    Task,
    Ticket,
    TimeCounting,
    TimeSpent,
)
from mainstay.writing.models import PlannedReply

from ..doorway import DeskRequest

Found = TypeVar("Found")


@dataclass(frozen=True)
class Around:
    """Whether there are any."""

    followers: bool
    participants: bool
    links: bool
    tasks: bool
    checklists: bool
    fields: bool
    ratings: bool
    sides: bool
    planned: bool
    tags: bool
    times: bool
    counts_time: bool


def around(request: DeskRequest, it: Ticket) -> Around:
    """One query for each request, however many parts of the page ask."""
    kept: tuple[int, Around] | None = getattr(request, "_around", None)
    if kept is None or kept[0] != it.pk:
        kept = (it.pk, _asked(it))
        request._around = kept  # type: ignore[attr-defined]
    return kept[1]


def if_any(there: bool, query: Callable[[], list[Found]]) -> list[Found]:
    """What the query says, which is asked only when there is something."""
    return query() if there else []


def _asked(it: Ticket) -> Around:
    return Around(*_THERE.first(it.pk))


def _there(key: int) -> QuerySet[Any]:
    own = OuterRef("pk")
    any_of: dict[str, QuerySet[Any]] = {
        "followers": Follower.objects.filter(ticket=own, stopped=False),
        "participants": Participant.objects.filter(ticket=own),
        "links": Link.objects.filter(Q(one=own) | Q(other=own)),
        "tasks": Task.objects.filter(ticket=own),
        "checklists": Checklist.objects.all(),
        "fields": CustomField.objects.filter(is_retired=False),
        "ratings": Rating.objects.filter(ticket=own),
        "sides": Message.objects.filter(ticket=own, side__isnull=False),
        "planned": PlannedReply.objects.filter(ticket=own),
        "tags": Tag.objects.filter(tickets=own),
        "times": TimeSpent.objects.filter(ticket=own),
        "counts_time": TimeCounting.objects.filter(is_on=True),
    }
    asked = [Exists(any_of[field.name].order_by()) for field in fields(Around)]
    return Ticket.objects.filter(pk=key).order_by().values_list(*asked)


_THERE: Prepared[Ticket] = Prepared(_there, int)
