"""Pure questions about tickets: what may move where, who fits a thread, what its history says of its promise."""

from collections.abc import Iterable

from mainstay.people.models import Person
from mainstay.promises.rules import Fact
from mainstay.promises.states import FactKind

from . import events
from .errors import EmptyText, MergedAway, MoveNotAllowed, TextTooLong
from .models import Ticket, TicketEvent
from .states import MOVES

TEXT_LENGTH = 200_000


def check_move(ticket: Ticket, wanted: str, *starting: str) -> None:
    """Raises MoveNotAllowed when the ticket cannot go to that state, or does not come from one of `starting`.

    A ticket whose messages stand on another one goes nowhere: MergedAway.
    """
    if ticket.merged_into_id is not None:
        raise MergedAway
    if wanted not in MOVES[ticket.state] or (starting and ticket.state not in starting):
        raise MoveNotAllowed(ticket.state, wanted)


def written(text: str) -> str:
    """The text as it is stored: line ends unified, NUL removed; raises EmptyText or TextTooLong."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()
    if not text:
        raise EmptyText
    if len(text) > TEXT_LENGTH:
        raise TextTooLong
    return text


def fits_thread(person: Person, ticket: Ticket) -> bool:
    """Whether a message of this person may be put on the ticket: its own person, or a colleague in the organisation.

    A stolen or forwarded token is not enough, nor is one of somebody who has left (contract, attack rows 2–5 and 15).
    """
    if person.left_at is not None:
        return False
    if person.pk == ticket.person_id:
        return True
    return ticket.organisation_id is not None and person.organisation_id == ticket.organisation_id


def facts_of(history: Iterable[TicketEvent]) -> list[Fact]:
    """What the promise depends on, from a ticket's events in the order in which they happened.

    A reply counts from the moment a person sent it, if the channel accepted it. One that failed for good does not count;
    when it was sent again later, it counts from the moment it was accepted. One that was taken back never was.
    """
    history = list(history)
    withdrawn = {event.message_id for event in history if event.kind == events.WITHDRAWN.name}
    replied: dict[int, TicketEvent] = {}
    failed: set[int] = set()
    facts: list[Fact] = []
    for event in history:
        message = event.message_id
        if message is not None and message in withdrawn:
            continue
        if event.kind == events.REPLIED.name and message is not None:
            replied[message] = event
        elif event.kind == events.DELIVERY_FAILED.name and message in replied:
            failed.add(message)
            del replied[message]
        elif event.kind in (events.DELIVERED.name, events.KEPT.name) and message in failed:
            failed.discard(message)
            replied[message] = event
        elif event.kind in _FACT_KINDS:
            facts.append(Fact(_FACT_KINDS[event.kind], event.at, event.facts.get("reason", "")))
    facts.extend(Fact(FactKind.ANSWERED, event.at) for event in replied.values())
    return sorted(facts, key=lambda fact: fact.at)


_FACT_KINDS = {
    events.RESOLVED.name: FactKind.RESOLVED,
    events.REOPENED.name: FactKind.REOPENED,
    events.EXCLUDED.name: FactKind.EXCLUDED,
    events.INCLUDED.name: FactKind.INCLUDED,
}
MEASURED_KINDS = (
    *_FACT_KINDS,
    events.REPLIED.name,
    events.DELIVERED.name,
    events.KEPT.name,
    events.DELIVERY_FAILED.name,
    events.WITHDRAWN.name,
)
