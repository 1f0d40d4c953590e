"""Why this ticket's figures are what they are: every piece of its clock, drawn on the hours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.promises.course import Course
from mainstay.promises.explaining import DrawnDay, Piece, days_of, pieces_of
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import measured
from mainstay.promises.states import With
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import course_of_ticket, ticket_for

from ..averages.definitions import definitions_of
from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import ages_of, names_of

SHOWN_DAYS, SHOWN_PIECES = 21, 200


@dataclass(frozen=True)
class Why:
    """One figure with the pieces it is made of. `is_running`: it still grows."""

    title: str
    seconds: int
    target_seconds: int
    is_running: bool
    until: datetime
    pieces: list[Piece]
    days: list[DrawnDay]
    all_day_seconds: int | None

    @property
    def hidden(self) -> int:
        return max(0, len(self.pieces) - SHOWN_PIECES)

    @property
    def shown(self) -> list[Piece]:
        return self.pieces[:SHOWN_PIECES]


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_clock(request: DeskRequest, number: int) -> HttpResponse:
    ticket = ticket_for(request.person, number)
    now = timezone.now()
    policy, course = policy_of(ticket.promise.revision_id), course_of_ticket(ticket)
    context: dict[str, Any] = {
        "ticket": ticket,
        "promise": ticket.promise,
        "figures": [_first_response(ticket, course, policy, now), _resolution(ticket, course, policy, now)],
        "further": measured(course, policy)[1],
        "asked_at": course.asked_at,
        "parties": _parties(),
        "definitions": definitions_of(policy),
        "revision": ticket.promise.revision,
        **names_of(policy),
    }
    return desk_page(request, "desk/ticket/clock.html", context, topics=(ticket.topic,))


def _first_response(ticket: Ticket, course: Course, policy: Policy, now: datetime) -> Why:
    promise = ticket.promise
    until = course.answered_at or course.resolved_at or now
    pieces = pieces_of(course, policy, until)
    return Why(
        title=_("First response"),
        seconds=sum(piece.seconds for piece in pieces),
        target_seconds=promise.first_response_target_seconds,
        is_running=course.answered_at is None and course.resolved_at is None,
        until=until,
        pieces=pieces,
        days=days_of(pieces, policy, most=SHOWN_DAYS),
        all_day_seconds=promise.first_response_all_day_seconds,
    )


def _resolution(ticket: Ticket, course: Course, policy: Policy, now: datetime) -> Why:
    promise = ticket.promise
    pieces = pieces_of(course, policy, course.resolved_at or now)
    return Why(
        title=_("Resolution"),
        seconds=ages_of(promise, now)["resolution"]
        if promise.resolution_seconds is None
        else promise.resolution_seconds,
        target_seconds=promise.resolution_target_seconds,
        is_running=course.resolved_at is None,
        until=course.resolved_at or now,
        pieces=pieces,
        days=days_of(pieces, policy, most=SHOWN_DAYS),
        all_day_seconds=promise.resolution_all_day_seconds,
    )


def _parties() -> dict[str, str]:
    """Whose turn a piece was, as the page says it."""
    return {
        With.TECHNICIANS.value: _("with us"),
        With.DEVELOPERS.value: _("with the developers"),
        With.CUSTOMER.value: _("with the customer"),
        With.NOBODY.value: _("resolved"),
    }
