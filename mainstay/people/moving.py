"""What rooms above must do when two records become one, and where to find them: by their dotted paths in settings.

This room moves what it keeps itself; tickets, messages and the like are moved by the rooms that own them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .models import Organisation, Person


@dataclass(frozen=True)
class Part:
    """Something that goes along: how many, and what they are called in the reader's language."""

    words: str
    number: int


@dataclass
class Lost:
    """What an undoing could not put back, each as the key of its sentence and how many."""

    found: list[tuple[str, int]] = field(default_factory=list)

    def note(self, kind: str, number: int) -> None:
        if number:
            self.found.append((kind, number))

    @property
    def sentences(self) -> list[str]:
        return [SENTENCES[kind]() % {"n": number} for kind, number in self.found]


@dataclass(frozen=True)
class Since:
    """What has come about since the merge: from these addresses of the person who comes back, and from this moment on."""

    at: datetime
    addresses: list[str]


class PersonMover(Protocol):
    """What a room keeps of persons; `key` names its part of what is written down of a merge."""

    key: str

    def parts_of(self, one: Person) -> list[Part]:
        """What would move."""

    def move(self, one: Person, into: Person) -> dict[str, Any]:
        """It stands with `into`; what was moved, as JSON, so that it can go back."""

    def move_back(self, one: Person, into: Person, moved: dict[str, Any], since: Since, lost: Lost) -> None:
        """What was moved, and is with `into` still, stands with `one` again; what could not go back is noted."""


class OrganisationMover(Protocol):
    """The same for organisations."""

    key: str

    def parts_of(self, one: Organisation) -> list[Part]: ...
    def move(self, one: Organisation, into: Organisation) -> dict[str, Any]: ...
    def move_back(
        self, one: Organisation, into: Organisation, moved: dict[str, Any], since: datetime, lost: Lost
    ) -> None: ...


@cache
def person_movers() -> tuple[PersonMover, ...]:
    return tuple(import_string(path)() for path in settings.PERSON_MOVERS)


@cache
def organisation_movers() -> tuple[OrganisationMover, ...]:
    return tuple(import_string(path)() for path in settings.ORGANISATION_MOVERS)


# Asked when they are read, in the reader's language.
SENTENCES = {
    "fields": lambda: _("Details that were changed again since stay as they are: %(n)s."),
    "addresses": lambda: _("Addresses that were removed or given to somebody else since: %(n)s."),
    "notes": lambda: _("Notes that were removed since: %(n)s."),
    "persons": lambda: _("People who were given another organisation since stay there: %(n)s."),
    "resellers": lambda: _("Organisations whose seller was changed since keep it: %(n)s."),
    "tickets": lambda: _("Tickets that belong to somebody else since stay there: %(n)s."),
    "messages": lambda: _("Messages that are said to be of somebody else since: %(n)s."),
    "parts": lambda: _("Tickets in which they do not take part any more since: %(n)s."),
}
