"""Who of the desk hears what: colleagues who are mentioned, and the writer of a reply for later that waits for them."""

from collections.abc import Iterable
from datetime import datetime

from mainstay.notifications import kinds
from mainstay.notifications.actions import supervisors, tell
from mainstay.people.models import Person
from mainstay.tickets.models import Message, Ticket

from .models import PlannedReply


def tell_mentioned(ticket: Ticket, note: Message, people: Iterable[Person], by: Person, at: datetime) -> None:
    """Everybody who was mentioned, but not the writer, as they chose to be told."""
    others = [person for person in people if person.pk != by.pk]
    tell(others, kinds.MENTIONED, {"number": ticket.number, "name": by.name}, ticket.topic, at, key=f"note:{note.pk}")


def tell_held(planned: PlannedReply, ticket: Ticket, at: datetime) -> None:
    """The writer of the reply; who leads the desk when the writer does not work here any more."""
    people = [planned.author] if planned.author.is_staff else supervisors()
    tell(people, kinds.PLANNED_REPLY_HELD, {"number": ticket.number}, ticket.topic, at, key=f"plan:{planned.pk}")
