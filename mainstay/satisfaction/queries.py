"""Whether customers are asked, and what they said: counts and the tickets behind them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import tickets_for

from .errors import NoSuchRating
from .models import Asking, Rating
from .rules import ASK_AGAIN_AFTER, may_be_answered
from .states import Score


@dataclass(frozen=True)
class Satisfaction:
    """How many tickets were asked about in a period, how many of them were answered by now, and how."""

    asked: int
    answered: int
    by_score: dict[str, int]

    @property
    def share(self) -> float | None:
        """The part that was good, 0 to 1; None where nobody answered."""
        return self.by_score[Score.GOOD] / self.answered if self.answered else None


def asks() -> bool:
    return Asking.objects.filter(pk=1, is_on=True).exists()


def was_asked_lately(person: Person, at: datetime) -> bool:
    return Rating.objects.filter(ticket__person=person, asked_at__gt=at - ASK_AGAIN_AFTER).exists()


def rating_of(token: str, at: datetime) -> Rating:
    """The question behind the link of a mail; raises NoSuchRating, also when it is too old."""
    rating = Rating.objects.select_related("ticket__promise", "ticket__person").filter(token=token).first()
    if rating is None or not may_be_answered(rating, at):
        raise NoSuchRating
    return rating


def rating_on(ticket: Ticket) -> Rating | None:
    """What the customer said of this ticket, which the viewer may see; None while they have not."""
    return Rating.objects.filter(ticket=ticket, rated_at__isnull=False).first()


def satisfaction_in(start: datetime, end: datetime) -> Satisfaction:
    """Of the tickets asked about from `start` to before `end`."""
    counted = Rating.objects.filter(asked_at__gte=start, asked_at__lt=end).aggregate(
        asked=Count("pk"), **{score.value: Count("pk", filter=Q(score=score)) for score in Score}
    )
    asked = counted.pop("asked")
    return Satisfaction(asked, sum(counted.values()), counted)


def ratings_in(viewer: Person, start: datetime, end: datetime, score: str = "") -> QuerySet[Rating]:
    """The answers behind the figures, newest first; none for those who may not see reports."""
    if not viewer.may(Permission.SEE_REPORTS):
        return Rating.objects.none()
    found = Rating.objects.filter(
        asked_at__gte=start, asked_at__lt=end, rated_at__isnull=False, ticket__in=tickets_for(viewer)
    )
    if score:
        found = found.filter(score=score)
    return found.select_related("ticket__person", "ticket__organisation", "ticket__assignee").order_by("-pk")


def ratings_of(viewer: Person, person: Person, limit: int = 5) -> list[Rating]:
    """What this person said of our help last, on the tickets that the viewer may see."""
    if not viewer.may(Permission.SEE_TICKETS):
        return []
    said = Rating.objects.filter(rated_at__isnull=False, ticket__in=tickets_for(viewer).filter(person=person))
    return list(said.select_related("ticket").order_by("-rated_at", "-pk")[:limit])
