"""Tell the rooms above what happened to a ticket, in the transaction in which it happened."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from .models import TicketEvent

Hearer = Callable[[TicketEvent], None]


def tell_hearers(event: TicketEvent) -> None:
    """Each of `settings.TICKET_HEARERS` hears the event; they are quick, and enqueue what takes longer."""
    for hearer in _hearers():
        hearer(event)


@cache
def _hearers() -> tuple[Hearer, ...]:
    return tuple(import_string(path) for path in settings.TICKET_HEARERS)
