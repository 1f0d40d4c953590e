"""What a channel must be able to do for tickets, and where to find it: by its dotted path in settings."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Message


@dataclass(frozen=True)
class Accepted:
    """The channel took the message; `kept` means that it lies in a local outbox, since nothing carries it further."""

    kept: bool = False


@dataclass(frozen=True)
class Delayed:
    """It did not work this time; try again after `seconds`. The problem is told in words."""

    problem: str
    seconds: int


@dataclass(frozen=True)
class Refused:
    """It will not work by trying again; a person must look. The problem is told in words."""

    problem: str


Outcome = Accepted | Delayed | Refused


class Channel(Protocol):
    """A way on which messages come and go."""

    def can_write_to(self, message: Message) -> bool:
        """Whether there is an address to send this message to."""

    def prepare(self, message: Message) -> None:
        """Write down, in the caller's transaction, everything needed to send this message."""

    def send(self, message: Message) -> Outcome:
        """Try once to send a prepared message. Sending the same one again must be recognisable by the receiver."""

    def keep(self, message: Message) -> None:
        """Put a prepared message into the local outbox; nothing is sent."""


@cache
def channel_named(key: str) -> Channel:
    channel: Channel = import_string(settings.CHANNELS[key])()
    return channel
