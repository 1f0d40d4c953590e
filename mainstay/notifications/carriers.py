"""What must be able to carry a notice away from the screen, and where to find it: by its dotted path in settings."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a letter; with a `content_id` it is a picture in its HTML (`src="cid:…"`)."""

    filename: str
    content_type: str
    content: bytes
    content_id: str = ""


@dataclass(frozen=True)
class Letter:
    """A mail to somebody of the desk. `mail_id` is the same in each attempt, empty until the carrier has given one.

    `html` is a form of its own beside the text; without one it is made from the text. `series` names what it is one of, for
    the receiver's filters.
    """

    name: str
    recipient: str
    subject: str
    text: str
    language: str
    at: datetime
    mail_id: str = ""
    html: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    series: str = "notices"


@dataclass(frozen=True)
class Carried:
    """It was taken; `kept` means that nothing carries it further."""

    kept: bool = False


@dataclass(frozen=True)
class Postponed:
    """It did not work this time; try again after `seconds`. The problem is told in words."""

    problem: str
    seconds: int


@dataclass(frozen=True)
class Dropped:
    """It will not work by trying again."""

    problem: str


Outcome = Carried | Postponed | Dropped


class Carrier(Protocol):
    """A way to somebody who does not look at the screen."""

    def new_id(self) -> str:
        """An id for a letter, by which its receiver can tell that two are the same."""

    def carry(self, letter: Letter, attempts: int) -> Outcome:
        """One attempt, the one of this number."""


@cache
def mail_carrier() -> Carrier | None:
    """What carries mail; None on a desk without."""
    path = settings.NOTICE_CARRIERS.get("email")
    carrier: Carrier | None = import_string(path)() if path else None
    return carrier
