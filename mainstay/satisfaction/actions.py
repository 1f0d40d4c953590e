"""Ask a customer, and take their answer."""

import secrets
from datetime import datetime

from django.db import transaction

from mainstay.audit.actions import record_change
from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets import events
from mainstay.tickets.actions import tell_automatically
from mainstay.tickets.actions.recording import announce_ticket, locked, record
from mainstay.tickets.models import Ticket
from mainstay.tickets.states import State

from .errors import NoSuchRating
from .models import Asking, Rating
from .notices import question
from .queries import asks, was_asked_lately
from .rules import commented, may_be_answered, scored
from .states import Score

_EVENTS = {Score.GOOD: events.RATED_GOOD, Score.FAIR: events.RATED_FAIR, Score.BAD: events.RATED_BAD}


@transaction.atomic
def choose_asking(*, is_on: bool, by: Person, at: datetime) -> Asking:
    """Customers are asked from now on, or no more; it stands in the log of settings."""
    if not by.may(Permission.MANAGE_DESK):
        raise NotAllowed
    asking, _new = Asking.objects.select_for_update().get_or_create(pk=1)
    before = {"asks": asking.is_on}
    asking.is_on = is_on
    asking.save(update_fields=["is_on"])
    record_change(by=by, at=at, noun="satisfaction", subject="", key=1, before=before, after={"asks": is_on})
    return asking


@transaction.atomic
def ask_about(key: int, *, resolved_at: datetime, at: datetime) -> Rating | None:
    """The ticket's person is asked by mail how they found our help; None when they are not.

    Not when customers are not asked any more, when the ticket was opened again or resolved anew since `resolved_at`, when it
    is left out of the averages, when nobody answered on it, nor when this person was asked within the last day.
    """
    ticket = Ticket.objects.filter(pk=key).first()
    if ticket is None or not asks():
        return None
    ticket = locked(ticket)
    promise = ticket.promise
    is_over = ticket.state in (State.RESOLVED, State.CLOSED) and promise.resolved_at == resolved_at
    if not is_over or promise.excluded or promise.first_responded_at is None or was_asked_lately(ticket.person, at):
        return None
    rating, _new = Rating.objects.get_or_create(
        ticket=ticket, defaults={"token": secrets.token_urlsafe(32), "asked_at": at}
    )
    if tell_automatically(ticket, text=question(ticket, rating), at=at) is None:
        if _new:
            rating.delete()
        return None
    rating.asked_at = at
    rating.save(update_fields=["asked_at"])
    record(ticket, events.ASKED_FOR_RATING, by=None, at=at)
    return rating


@transaction.atomic
def rate(token: str, *, score: str, comment: str | None = None, at: datetime) -> Rating:
    """The answer stands on the ticket; a bad one is told to whom it concerns, once. `comment` None leaves the one there is.

    Who changes their mind within the time changes the answer. Raises NoSuchRating, NotAScore, CommentTooLong.
    """
    chosen = scored(score)
    words = None if comment is None else commented(comment)
    rating = Rating.objects.select_for_update(of=("self",)).filter(token=token).first()
    if rating is None or not may_be_answered(rating, at):
        raise NoSuchRating
    was = rating.score
    rating.score, rating.rated_at = chosen, at
    rating.comment = rating.comment if words is None else words
    rating.save(update_fields=["score", "comment", "rated_at"])
    ticket = Ticket.objects.select_related("assignee").get(pk=rating.ticket_id)
    if was != chosen:
        record(ticket, _EVENTS[chosen], by=None, at=at)
    if chosen == Score.BAD:
        told = {one.pk: one for one in [*filter(None, [ticket.assignee]), *supervisors()] if one.is_staff}
        tell(told.values(), kinds.RATED_BAD, {"number": ticket.number}, ticket.topic, at, key="rated")
    announce_ticket(ticket)
    return rating
