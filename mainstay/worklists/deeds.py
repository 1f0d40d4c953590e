"""What can be done to many tickets at once: what stands against it, how it is done, and how it is undone.

Each deed is the verb of the same name on one ticket. What is undone is that verb's event, as long as it is the last one of
its ticket; so nothing that happened since is ever lost.
"""

from datetime import datetime
from typing import Protocol

from mainstay.lib.errors import MainstayError
from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.promises.queries import policy_in_force, policy_of
from mainstay.promises.states import Exclusion
from mainstay.tickets import actions
from mainstay.tickets.errors import (
    MergedAway,
    MoveNotAllowed,
    NoSuchTicket,
    NothingToSleepOn,
    NothingToUndo,
    UnknownClass,
)
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import last_event_of, ticket_for
from mainstay.tickets.rules import tag_name
from mainstay.tickets.states import MOVES, State, WakesOn

from .errors import NoSuchDeed
from .models import BatchTicket

ME, NOBODY = "me", "nobody"
CUSTOMER = "customer"
MERGED_AT_ONCE = 25


class Deed(Protocol):
    """One deed; `value` is text, as a form sends it. `most` tickets are done at once, None: as many as any."""

    most: int | None

    def checked(self, value: str, by: Person, at: datetime) -> str:
        """The value as it is kept; raises a MainstayError when it is none."""

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        """What stands against it, as far as the ticket itself tells; the verb looks again."""

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        """It is done; raises what the verb raises."""

    def undo(self, done: BatchTicket, value: str, *, by: Person, at: datetime) -> None:
        """What stood there before stands there again; raises NothingToUndo when something has happened since."""


class Simple:
    """A deed whose last event `undo_deed` takes back."""

    most: int | None = None

    def checked(self, value: str, by: Person, at: datetime) -> str:
        return value

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        return None

    def undo(self, done: BatchTicket, value: str, *, by: Person, at: datetime) -> None:
        if done.event is None:
            raise NothingToUndo
        actions.undo_deed(done.ticket, deed=done.event, by=by, at=at)


class Assign(Simple):
    """To whoever does it, to a colleague, or to nobody."""

    def checked(self, value: str, by: Person, at: datetime) -> str:
        if value not in (ME, NOBODY) and _colleague(value) is None:
            raise NoSuchDeed
        return str(by.pk) if value == ME else value

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        if value == NOBODY:
            return actions.unassign_ticket(ticket, by=by, at=at)
        to = _colleague(value)
        if to is None:
            raise NoSuchDeed
        return actions.assign_ticket(ticket, to=to, by=by, at=at)


class Become(Simple):
    """Open, waiting for the customer, or resolved."""

    STATES = (State.OPEN.value, State.WAITING.value, State.RESOLVED.value)

    def checked(self, value: str, by: Person, at: datetime) -> str:
        if value not in self.STATES:
            raise NoSuchDeed
        return value

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        if ticket.is_merged:
            return MergedAway()
        if ticket.state == value or (value in MOVES[ticket.state] and not self._is_with_developers(ticket, value)):
            return None
        return MoveNotAllowed(ticket.state, value)

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        if ticket.state == value:
            return ticket
        if value == State.RESOLVED:
            return actions.resolve_ticket(ticket, by=by, at=at)
        if value == State.WAITING:
            return actions.await_customer(ticket, by=by, at=at)
        if ticket.state in (State.RESOLVED, State.CLOSED):
            return actions.reopen_ticket(ticket, by=by, at=at)
        return actions.put_to_work(ticket, by=by, at=at)

    def _is_with_developers(self, ticket: Ticket, value: str) -> bool:
        """They return it with their answer, on its own page."""
        return ticket.state == State.DEVELOPERS and value == State.OPEN


class Classify(Simple):
    """Nature or severity; the other one stays."""

    def __init__(self, what: str) -> None:
        self.what = what

    def checked(self, value: str, by: Person, at: datetime) -> str:
        policy = policy_in_force(at)
        if not (policy.has_nature(value) if self.what == "nature" else policy.has_severity(value)):
            raise NoSuchDeed
        return value

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        policy = policy_of(ticket.promise.revision_id)
        known = policy.has_nature(value) if self.what == "nature" else policy.has_severity(value)
        return None if known else UnknownClass()

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        is_nature = self.what == "nature"
        nature, severity = (value, ticket.severity) if is_nature else (ticket.nature, value)
        return actions.classify_ticket(ticket, nature=nature, severity=severity, by=by, at=at)


class Mark(Simple):
    """Put a tag on, or take it off."""

    def __init__(self, *, is_on: bool) -> None:
        self.is_on = is_on

    def checked(self, value: str, by: Person, at: datetime) -> str:
        return tag_name(value)

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        verb = actions.tag_ticket if self.is_on else actions.untag_ticket
        return verb(ticket, name=value, by=by, at=at)


class Sleep(Simple):
    """Until a moment, or until the customer writes."""

    def checked(self, value: str, by: Person, at: datetime) -> str:
        if value != CUSTOMER and _moment(value) is None:
            raise NoSuchDeed
        return value

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        return None if ticket.is_active and not ticket.is_merged else NothingToSleepOn()

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        wakes_on = WakesOn.CUSTOMER if value == CUSTOMER else WakesOn.MOMENT
        return actions.snooze_ticket(ticket, wakes_on=wakes_on.value, wakes_at=_moment(value), by=by, at=at)


class Merge(Simple):
    """The messages of each stand on one ticket, whose number is the value."""

    most: int | None = MERGED_AT_ONCE

    def checked(self, value: str, by: Person, at: datetime) -> str:
        return str(ticket_for(by, value.strip().lstrip("#")).number)

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        if str(ticket.number) == value:
            return None
        try:
            return actions.why_not_merge(ticket, ticket_for(by, value), at)
        except NoSuchTicket as missing:
            return missing

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        if str(ticket.number) == value:  # the one they are merged into was chosen with them
            return ticket
        return actions.merge_ticket(ticket, into=ticket_for(by, value), by=by, at=at)

    def undo(self, done: BatchTicket, value: str, *, by: Person, at: datetime) -> None:
        must_be_last(done)
        actions.unmerge_ticket(Ticket.objects.select_related("merged_into").get(pk=done.ticket_id), by=by, at=at)


class Spam(Simple):
    """Closed, and left out of the averages, as spam."""

    def why_not(self, ticket: Ticket, value: str, by: Person, at: datetime) -> MainstayError | None:
        if ticket.is_merged:
            return MergedAway()
        return None if ticket.is_active else MoveNotAllowed(ticket.state, State.CLOSED)

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> object:
        return actions.exclude_ticket(ticket, reason=Exclusion.SPAM.value, by=by, at=at)

    def undo(self, done: BatchTicket, value: str, *, by: Person, at: datetime) -> None:
        """It counts again, and is open, or waits for the customer if it did."""
        must_be_last(done)
        ticket = actions.include_ticket(done.ticket, by=by, at=at)
        if done.before == State.WAITING:
            actions.await_customer(ticket, by=by, at=at)


DEEDS: dict[str, Deed] = {
    "assign": Assign(),
    "state": Become(),
    "nature": Classify("nature"),
    "severity": Classify("severity"),
    "tag": Mark(is_on=True),
    "untag": Mark(is_on=False),
    "snooze": Sleep(),
    "merge": Merge(),
    "spam": Spam(),
}
ASKED_FIRST = ("merge", "spam")  # always shown before they are done


def must_be_last(done: BatchTicket) -> None:
    """Raises NothingToUndo when something has happened to the ticket since."""
    last = last_event_of(done.ticket)
    if last is None or last.pk != done.event:
        raise NothingToUndo


def _colleague(value: str) -> Person | None:
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        return None
    return assignable_staff().filter(pk=int(value)).first()


def _moment(value: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
