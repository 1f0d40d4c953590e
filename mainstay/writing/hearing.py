"""What this room hears of tickets, in the transaction in which it happened (`settings.TICKET_HEARERS`)."""

from .actions.planning import hear

__all__ = ["hear"]
