"""Count every promise again from the events and compare: the proof that the stored figures are true."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mainstay.promises.actions import store_measure
from mainstay.promises.queries import policy_of
from mainstay.promises.rules import Measure, measure

from ..models import Ticket, TicketEvent
from ..rules import MEASURED_KINDS, facts_of

BATCH = 2000


@dataclass(frozen=True)
class Difference:
    """One figure of one ticket that is stored otherwise than its events say."""

    number: int
    figure: str
    stored: Any
    counted: Any


def recount_promises(*, mend: bool = False) -> tuple[int, list[Difference]]:
    """How many tickets were counted again, and every difference; `mend` stores what was counted."""
    number, differences = 0, []
    for ticket, measured in _counted_again():
        number += 1
        found = [
            Difference(ticket.number, figure, getattr(ticket.promise, figure), value)
            for figure, value in asdict(measured).items()
            if getattr(ticket.promise, figure) != value
        ]
        differences.extend(found)
        if found and mend:
            store_measure(ticket.promise, measured)
    return number, differences


def _counted_again() -> Iterator[tuple[Ticket, Measure]]:
    """Every ticket with what its events say, in two queries for each batch."""
    last = 0
    while batch := list(Ticket.objects.filter(pk__gt=last).select_related("promise").order_by("pk")[:BATCH]):
        last = batch[-1].pk
        histories: dict[int, list[TicketEvent]] = defaultdict(list)
        events = TicketEvent.objects.filter(
            ticket_id__gte=batch[0].pk, ticket_id__lte=last, kind__in=MEASURED_KINDS
        ).order_by("pk")
        for event in events:
            histories[event.ticket_id].append(event)
        for ticket in batch:
            promise = ticket.promise
            policy = policy_of(promise.revision_id)
            yield ticket, measure(promise.opened_at, facts_of(histories[ticket.pk]), policy)
