"""The tickets behind the figures as a sheet: read in pieces by their numbers, so that a million take no more memory than ten."""

from collections.abc import Iterator

from django.db.models import Q

from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.tickets.models import Ticket, TicketQuerySet
from mainstay.tickets.queries import tickets_for

from .among import EVERY, Among
from .figures import Period
from .queries import tickets_behind, tickets_left_out, tickets_opened
from .sheets import Cell, minutes

PIECE = 1000
OPENED = "opened"  # beside the measures: the counted tickets that were opened
_LARGE = ("promise__revision__text", "promise__revision__calendars")

TICKETS = (
    "number",
    "opened_at",
    "subject",
    "nature",
    "severity",
    "channel",
    "language",
    "organisation",
    "technician",
    "state",
    "policy_revision",
    "first_responded_at",
    "first_response_seconds",
    "first_response_minutes",
    "first_response_target_seconds",
    "answered_out_of_hours",
    "further_responses",
    "further_responses_seconds",
    "resolved_at",
    "resolution_seconds",
    "resolution_minutes",
    "resolution_target_seconds",
    "with_customer_seconds",
    "with_technicians_seconds",
    "with_developers_seconds",
    "with_whom",
    "reopened",
    "excluded",
)


def tickets_of(
    viewer: Person,
    period: Period,
    *,
    measure: str = "",
    stratum: str = "",
    key: str = "",
    reason: str = "",
    is_open: bool = False,
    among: Among = EVERY,
    hour: tuple[int, int] | None = None,
) -> TicketQuerySet:
    """The tickets behind one figure, as `tickets_behind`, `tickets_opened` (measure OPENED) and `tickets_left_out` know them;
    without a measure and a reason all that were opened, first answered or resolved in the period, the left-out ones too.
    None for those who see no reports.

    Raises BadStratum.
    """
    if reason:
        return tickets_left_out(viewer, reason, period, stratum=stratum, key=key)
    if measure == OPENED:
        return tickets_opened(viewer, period, hour=hour, stratum=stratum, key=key)
    if measure:
        return tickets_behind(viewer, measure, period, stratum=stratum, key=key, is_open=is_open, among=among)
    if not viewer.may(Permission.SEE_REPORTS):
        return Ticket.objects.none()
    moments = ("opened_at", "first_responded_at", "resolved_at")
    within = [Q(**{f"promise__{at}__gte": period.start, f"promise__{at}__lt": period.end}) for at in moments]
    return tickets_for(viewer).filter(within[0] | within[1] | within[2])


def tickets_sheet(tickets: TicketQuerySet) -> Iterator[tuple[Cell, ...]]:
    """The header, and a row for each of these tickets in the order of their numbers."""
    yield TICKETS
    last = 0
    rows = tickets.select_related("organisation", "assignee", "promise__revision").defer(*_LARGE).order_by("number")
    while piece := list(rows.filter(number__gt=last)[:PIECE]):
        yield from map(_row, piece)
        last = piece[-1].number


def _row(ticket: Ticket) -> tuple[Cell, ...]:
    promise = ticket.promise
    return (
        ticket.number,
        promise.opened_at,
        ticket.subject,
        ticket.nature,
        ticket.severity,
        ticket.channel,
        ticket.language,
        ticket.organisation.name if ticket.organisation else "",
        ticket.assignee.name if ticket.assignee else "",
        ticket.state,
        promise.revision.number,
        promise.first_responded_at,
        promise.first_response_seconds,
        minutes(promise.first_response_seconds),
        promise.first_response_target_seconds,
        promise.answered_out_of_hours,
        promise.further_count,
        promise.further_seconds,
        promise.resolved_at,
        promise.resolution_seconds,
        minutes(promise.resolution_seconds),
        promise.resolution_target_seconds,
        promise.customer_seconds,
        promise.technician_seconds,
        promise.developer_seconds,
        promise.with_whom,
        promise.reopened_count,
        promise.excluded,
    )
