"""Pure questions about tickets: what may move where, who fits a thread, what its history says of its promise."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from mainstay.people.models import Person
from mainstay.promises.course import Fact
from mainstay.promises.states import FactKind, With

from . import events
from .around import DAY_MINUTES, TAG_LENGTH, TASK_LENGTH
from .errors import EmptyText, MergedAway, MoveNotAllowed, NoTag, NoTask, NoTime, TextTooLong, TimeNoteTooLong
from .models import Ticket
from .states import MOVES, State

TEXT_LENGTH = 200_000
CHECKLIST_MAX = 50


class EventRow(Protocol):
    """An event as the measures read it: a `TicketEvent` or a `MeasuredEvent`."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def message_id(self) -> int | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...


class MeasuredEvent(NamedTuple):
    """The columns of an event that the measures need, read in one go for many."""

    kind: str
    at: datetime
    message_id: int | None
    facts: dict[str, Any]


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


def tag_name(text: str) -> str:
    """The tag as it is kept: one blank between words, no `#` before it. Raises NoTag."""
    name = " ".join(text.replace("\x00", "").split()).lstrip("#").strip()
    if not name or "," in name or len(name) > TAG_LENGTH:
        raise NoTag
    return name


def task_text(text: str) -> str:
    """The task as it is kept, on one line. Raises NoTask."""
    line = " ".join(text.replace("\x00", "").split())
    if not line or len(line) > TASK_LENGTH:
        raise NoTask
    return line


_TIME = re.compile(r"(?:(\d{1,2})\s*(?:[:h]|uur)\s*)?(\d{1,4})?\s*(?:m|min)?", re.IGNORECASE | re.ASCII)


def minutes_in(text: str) -> int:
    """Minutes in `20`, `20 min`, `1:30`, `1h30` or `2h`, 1 to those of a day. Raises NoTime."""
    found = _TIME.fullmatch(text.strip()[:20])
    hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0)
    if (hours and minutes > 59) or not 1 <= 60 * hours + minutes <= DAY_MINUTES:
        raise NoTime
    return 60 * hours + minutes


def time_note(text: str) -> str:
    """What time was for, on one line; may be empty. Raises TimeNoteTooLong."""
    line = " ".join(text.replace("\x00", "").split())
    if len(line) > TASK_LENGTH:
        raise TimeNoteTooLong
    return line


def checklist_lines(text: str) -> list[str]:
    """The tasks of a checklist, one for each line that says something, each once; signs of a list before them are left out."""
    lines = [line.strip().lstrip("-*•").strip() for line in text.splitlines()]
    kept = list(dict.fromkeys(task_text(line) for line in lines if line))
    if not kept or len(kept) > CHECKLIST_MAX:
        raise NoTask
    return kept


def fits_thread(person: Person, ticket: Ticket) -> bool:
    """Whether a message of this person may be put on the ticket: its own person, or a colleague in the organisation.

    A stolen or forwarded token is not enough, nor is one of somebody who has left (contract, attack rows 2–5 and 15).
    """
    if person.left_at is not None:
        return False
    if person.pk == ticket.person_id:
        return True
    return ticket.organisation_id is not None and person.organisation_id == ticket.organisation_id


def rank_of(urgency: int, raised: int, *, is_answered: bool) -> int:
    """The place in the queue before age, 0 first: the severity, and inside it those who wait for their first answer.

    `urgency` is the severity's place in the policy, 0 the most urgent; each cap that was passed raises by one severity.
    One cap past the top, an answered ticket stands beside those who still wait for their first answer: so every ticket
    comes to 0 in the end, where the oldest is first. Source: docs/decisions/0017-queue-order.md.
    """
    return max(0, 2 * (urgency - raised) + (1 if is_answered else 0))


def raised_of(alarms_told: Iterable[str], *, is_answered: bool) -> int:
    """By how many severities a ticket counts as more urgent: one for each cap told of the measure it waits for now."""
    waited_for = "resolution:cap" if is_answered else "first_response:cap"
    return sum(key.startswith(waited_for) for key in alarms_told)


def rank_now(ticket: Ticket) -> int:
    """The rank that the ticket's severity and promise give it now."""
    is_answered = ticket.promise.first_responded_at is not None
    return rank_of(
        ticket.urgency, raised_of(ticket.promise.alarms_told, is_answered=is_answered), is_answered=is_answered
    )


def facts_of(history: Iterable[EventRow]) -> list[Fact]:
    """What the promise depends on, from a ticket's events in the order in which they happened.

    A reply counts from the moment a person sent it, if the channel accepted it. One that failed for good does not count;
    when it was sent again later, it counts from the moment it was accepted. One that was taken back never was.
    """
    history = _without_what_was_undone(history)
    withdrawn = {event.message_id for event in history if event.kind == events.WITHDRAWN.name}
    replied: dict[int, tuple[int, EventRow]] = {}
    failed: set[int] = set()
    facts: list[tuple[int, Fact]] = []
    latest: datetime | None = None
    for place, event in enumerate(history):
        message, kind = event.message_id, event.kind
        latest = max(latest, event.at) if latest else event.at
        if message is not None and message in withdrawn:
            continue
        if kind == events.REPLIED.name and message is not None:
            replied[message] = (place, event)
            if whom := _TURN_AFTER.get(event.facts.get("became", "")):
                facts.append((place, Fact(FactKind.TURNED, event.at, whom)))
        elif kind == events.DELIVERY_FAILED.name and message in replied:
            failed.add(message)
            del replied[message]
            facts.append((place, Fact(FactKind.CAME_BACK, event.at)))
        elif kind in (events.DELIVERED.name, events.KEPT.name) and message in failed:
            failed.discard(message)
            replied[message] = (place, event)
        elif kind in _TURNS:
            facts.append((place, Fact(FactKind.TURNED, event.at, _TURNS[kind])))
        elif kind in _FACT_KINDS:
            facts.append((place, Fact(_FACT_KINDS[kind], event.at, event.facts.get("reason", ""))))
            if kind in _COME_BACK:
                facts.append((place, Fact(FactKind.CAME_BACK, latest)))
    facts.extend((place, Fact(FactKind.ANSWERED, event.at)) for place, event in replied.values())
    return [fact for _place, fact in sorted(facts, key=_in_order)]


def _without_what_was_undone(history: Iterable[EventRow]) -> list[EventRow]:
    """A deed that was taken back never was: the latest of its kind before the taking back is left out, with that."""
    kept: list[EventRow] = []
    for event in history:
        if event.kind != events.UNDONE.name:
            kept.append(event)
            continue
        place = next((place for place in reversed(range(len(kept))) if _is_undone_by(kept[place], event)), None)
        if place is not None:
            del kept[place]
    return kept


def _is_undone_by(event: EventRow, undoing: EventRow) -> bool:
    """Of the kind that was taken back; where that names another ticket, about that one."""
    other = undoing.facts.get("other")
    return event.kind == undoing.facts.get("undid") and (other is None or event.facts.get("other") == other)


def _in_order(placed: tuple[int, Fact]) -> tuple[datetime, int]:
    """By moment; what happened at the same one, as it was recorded."""
    return placed[1].at, placed[0]


# Whose turn it is in the state that a reply leaves behind, and after an event.
_TURN_AFTER = {State.WAITING.value: With.CUSTOMER, State.OPEN.value: With.TECHNICIANS}
_TURNS = {
    events.CUSTOMER_AWAITED.name: With.CUSTOMER,
    events.OPENED_AGAIN.name: With.TECHNICIANS,
    events.HANDED_TO_DEVELOPERS.name: With.DEVELOPERS,
    events.RETURNED.name: With.TECHNICIANS,
}
# A mail may be read after something that happened later: it became our turn when it was read.
_COME_BACK = (events.MESSAGE_RECEIVED.name, events.TOOK_OVER.name)
_FACT_KINDS = {
    events.MESSAGE_RECEIVED.name: FactKind.ASKED,
    events.TOOK_OVER.name: FactKind.ASKED,
    events.RESOLVED.name: FactKind.RESOLVED,
    events.REOPENED.name: FactKind.REOPENED,
    events.EXCLUDED.name: FactKind.EXCLUDED,
    events.INCLUDED.name: FactKind.INCLUDED,
}
MEASURED_KINDS = (
    *_FACT_KINDS,
    *_TURNS,
    events.REPLIED.name,
    events.DELIVERED.name,
    events.KEPT.name,
    events.DELIVERY_FAILED.name,
    events.WITHDRAWN.name,
    events.UNDONE.name,
)
