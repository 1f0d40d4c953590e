"""What a macro can do to a ticket beside writing: each deed with its words, and how it is undone.

Other rooms add theirs by one line in `settings.DEEDS`: a key, under which macros keep it for good, and the dotted path of a class
like those below. A deed belongs to the ticket's caller: it runs in the macro's transaction, raises a `MainstayError` where it is
not possible, and says as text what stood there before and what stands there now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from mainstay.history.kinds import EventKind
from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.policy.shape import Policy
from mainstay.promises.queries import policy_in_force
from mainstay.tickets import actions, events
from mainstay.tickets.actions.recording import locked, measure_again, record, touch
from mainstay.tickets.errors import NotAssignable
from mainstay.tickets.models import Tag, Ticket
from mainstay.tickets.states import State, Then

from .errors import NoSuchDeed, StateTwice
from .states import MacroWrites

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Choices = list[tuple[str, str]]
STATE = "state"


@dataclass(frozen=True)
class Planned:
    """One deed of a macro: which, and with which value."""

    deed: str
    value: str


@dataclass(frozen=True)
class Done:
    """What stood there before a deed, and what has stood there since."""

    before: str
    now: str


class Deed(Protocol):
    """Something that is done to a ticket."""

    label: "_StrPromise"

    def choices(self) -> Choices:
        """The values that a macro may choose from, with their words."""

    def told(self, value: str, by: Person) -> str:
        """What will be done, as a line of a list: "Assign it to Tess"."""

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        """It is done; None when nothing had to be."""

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        """What stood there before stands there again; False, and nothing changed, when something else stands there now."""


@cache
def deeds() -> dict[str, Deed]:
    """Every deed by its key, in the order of the settings."""
    return {key: import_string(path)() for key, path in settings.DEEDS.items()}


def checked(planned: Sequence[Planned], *, writes: str) -> list[Planned]:
    """The deeds, each once and possible as it is chosen; raises NoSuchDeed and StateTwice."""
    kept = list({one.deed: one for one in planned if one.value}.values())
    for one in kept:
        deed = deeds().get(one.deed)
        if deed is None or one.value not in dict(deed.choices()):
            raise NoSuchDeed(str(deed.label) if deed else one.deed)
    if writes == MacroWrites.REPLY and any(one.deed == STATE for one in kept):
        raise StateTwice
    return kept


def _moved_by(done: Done) -> EventKind:
    """The event by which a ticket came from one state to the other."""
    if done.now == State.RESOLVED:
        return events.RESOLVED
    if done.now == State.WAITING:
        return events.CUSTOMER_AWAITED
    return events.REOPENED if done.before in (State.RESOLVED, State.CLOSED) else events.OPENED_AGAIN


def _policy() -> Policy:
    return policy_in_force(timezone.now())


def _word(value: str, choices: Choices) -> str:
    return dict(choices).get(value, value)


class Assign:
    """The ticket is somebody's: whoever runs the macro, one colleague, or nobody's."""

    label = gettext_lazy("Assign it to")
    ME, NOBODY = "me", "nobody"

    def choices(self) -> Choices:
        people = [(str(person.pk), person.name) for person in assignable_staff()]
        return [(self.ME, _("whoever runs the macro")), (self.NOBODY, _("nobody")), *people]

    def told(self, value: str, by: Person) -> str:
        if value == self.NOBODY:
            return _("Give it back to the queue")
        return _("Assign it to %(name)s") % {"name": by.name if value == self.ME else _word(value, self.choices())}

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        was = locked(ticket)
        to = None if value == self.NOBODY else by if value == self.ME else self._colleague(value)
        if was.assignee_id == (to.pk if to else None):
            return None
        now = (
            actions.assign_ticket(ticket, to=to, by=by, at=at) if to else actions.unassign_ticket(ticket, by=by, at=at)
        )
        return Done(f"{was.assignee_id or ''}:{was.state}", f"{now.assignee_id or ''}:{now.state}")

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        ticket = locked(ticket)
        (whose, state), (now_whose, now_state) = done.before.split(":"), done.now.split(":")
        if str(ticket.assignee_id or "") != now_whose:
            return False
        ticket.assignee = assignable_staff().filter(pk=int(whose)).first() if whose else None
        if ticket.state == now_state:
            ticket.state = state
        to: dict[str, Any] = {"to": ticket.assignee.name} if ticket.assignee else {}
        record(ticket, events.ASSIGNED if to else events.UNASSIGNED, by=by, at=at, **to)
        touch(ticket, at, "assignee", "state")
        return True

    def _colleague(self, value: str) -> Person:
        person = assignable_staff().filter(pk=int(value)).first() if value.isdecimal() else None
        if person is None:
            raise NotAssignable
        return person


class Nature:
    """The ticket is about this."""

    label = gettext_lazy("Set the nature to")

    def choices(self) -> Choices:
        policy = _policy()
        language = get_language() or policy.languages.default
        return [(key, policy.name_of_nature(key, language)) for key in policy.nature_keys]

    def told(self, value: str, by: Person) -> str:
        return _("Set the nature to “%(word)s”") % {"word": _word(value, self.choices())}

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        was = locked(ticket)
        if was.nature == value:
            return None
        actions.classify_ticket(ticket, nature=value, severity=was.severity, by=by, at=at)
        return Done(was.nature, value)

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        now = locked(ticket)
        if now.nature != done.now:
            return False
        actions.classify_ticket(ticket, nature=done.before, severity=now.severity, by=by, at=at)
        return True


class Severity:
    """The ticket is so urgent."""

    label = gettext_lazy("Set the severity to")

    def choices(self) -> Choices:
        policy = _policy()
        language = get_language() or policy.languages.default
        return [(key, policy.name_of_severity(key, language)) for key in policy.severity_keys]

    def told(self, value: str, by: Person) -> str:
        return _("Set the severity to “%(word)s”") % {"word": _word(value, self.choices())}

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        was = locked(ticket)
        if was.severity == value:
            return None
        actions.classify_ticket(ticket, nature=was.nature, severity=value, by=by, at=at)
        return Done(was.severity, value)

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        now = locked(ticket)
        if now.severity != done.now:
            return False
        actions.classify_ticket(ticket, nature=now.nature, severity=done.before, by=by, at=at)
        return True


class Label:
    """The ticket bears this tag. Its value is the tag's key, so that a tag that is renamed stays in the macro."""

    label = gettext_lazy("Tag it")

    def choices(self) -> Choices:
        return [(str(tag.pk), tag.name) for tag in Tag.objects.order_by("name", "pk")]

    def told(self, value: str, by: Person) -> str:
        return _("Tag it “%(word)s”") % {"word": _word(value, self.choices())}

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        tag = Tag.objects.filter(pk=int(value)).first() if value.isdecimal() else None
        if tag is None:
            raise NoSuchDeed(str(self.label))
        if ticket.tags.filter(pk=tag.pk).exists():
            return None
        actions.tag_ticket(ticket, name=tag.name, by=by, at=at)
        return Done("", value)

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        tag = ticket.tags.filter(pk=int(done.now)).order_by("pk").first()
        if tag is None:
            return False
        actions.untag_ticket(ticket, name=tag.name, by=by, at=at)
        return True


class Become:
    """The ticket waits for the customer, is open, or is resolved; for macros that do not reply."""

    label = gettext_lazy("Then")

    def choices(self) -> Choices:
        return [(value, str(word)) for value, word in Then.choices]

    def told(self, value: str, by: Person) -> str:
        return _word(value, self.choices())

    def do(self, ticket: Ticket, value: str, *, by: Person, at: datetime) -> Done | None:
        was = locked(ticket).state
        wanted = {Then.WAIT: State.WAITING, Then.OPEN: State.OPEN, Then.RESOLVE: State.RESOLVED}[Then(value)]
        if was == wanted:
            return None
        self._move(ticket, wanted, by, at)
        return Done(was, wanted.value)

    def undo(self, ticket: Ticket, done: Done, *, by: Person, at: datetime) -> bool:
        """As if it had never been, for the measures, too."""
        ticket = locked(ticket)
        if ticket.state != done.now:
            return False
        ticket.state = done.before
        record(ticket, events.UNDONE, by=by, at=at, undid=_moved_by(done).name)
        measure_again(ticket)
        touch(ticket, at, "state")
        return True

    def _move(self, ticket: Ticket, wanted: State, by: Person, at: datetime) -> None:
        if wanted == State.WAITING:
            actions.await_customer(ticket, by=by, at=at)
        elif wanted == State.RESOLVED:
            actions.resolve_ticket(ticket, by=by, at=at)
        elif locked(ticket).state in (State.RESOLVED, State.CLOSED):
            actions.reopen_ticket(ticket, by=by, at=at)
        elif locked(ticket).state != State.OPEN:
            actions.put_to_work(ticket, by=by, at=at)
