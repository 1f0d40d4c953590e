"""What one can take back, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.tickets import events
from mainstay.tickets.actions import undoable
from mainstay.tickets.models import TicketEvent

# What was done, as the object of "took it back".
UNDID = {
    events.ASSIGNED.name: _("the assignment"),
    events.UNASSIGNED.name: _("the giving back to the queue"),
    events.CLASSIFIED.name: _("nature and severity"),
    events.RESOLVED.name: _("the resolving"),
    events.REOPENED.name: _("the re-opening"),
    events.CUSTOMER_AWAITED.name: _("the waiting for the customer"),
    events.OPENED_AGAIN.name: _("the putting back to work"),
    events.TAGGED.name: _("the tag"),
    events.UNTAGGED.name: _("the taking off of a tag"),
    events.SNOOZED.name: _("the snooze"),
    events.TOOK_OVER.name: _("the merge"),
    events.SPLIT_FROM.name: _("the moving to a ticket of its own"),
}


@dataclass(frozen=True)
class Undoable:
    """A deed that can be taken back: the key of its event, and what it was."""

    deed: int
    what: str


def undo_in_words(last: TicketEvent | None, person: Person, at: datetime) -> Undoable | None:
    """What this person did last on a ticket, when they can still take it back."""
    if last is None or not undoable(last, person, at):
        return None
    return Undoable(last.pk, str(UNDID[last.kind]))
