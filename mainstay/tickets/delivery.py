"""What a channel must be able to do for tickets, and where to find it: by its dotted path in settings."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from .models import Message, Ticket


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


@dataclass(frozen=True)
class FilesLimit:
    """How many files one message carries, and how many bytes all of them may have together."""

    count: int
    size: int


class Channel(Protocol):
    """A way on which messages come and go."""

    def address_of(self, ticket: Ticket) -> str:
        """Where an answer on this ticket goes; empty when there is nowhere to write to."""

    def third_party(self, text: str) -> str:
        """The address, in the channel's canonical form, to which something beside a ticket may go; empty when it is none."""

    def files_limit(self) -> FilesLimit:
        """What one message of ours may carry."""

    def may_answer_automatically(self, address: str, at: datetime) -> bool:
        """Whether an automatic answer may go to this address now: at most one a day for each, and some never get one."""

    def carries(self) -> bool:
        """Whether messages are carried further; if not they are kept in a local outbox, and no job is needed."""

    def prepare(self, message: Message, address: str) -> None:
        """Write down, in the caller's transaction, everything needed to send this message to this address."""

    def withdraw(self, message: Message, at: datetime) -> bool:
        """Whether a message that was not sent yet has been taken back; it stays in the books as withdrawn."""

    def queue_again(self, message: Message, at: datetime) -> bool:
        """Whatever of this message and its copies failed is made ready to be sent again; whether a copy is among it."""

    def send(self, message: Message) -> Outcome:
        """Try once to send a prepared message. Sending the same one again must be recognisable by the receiver."""


@cache
def channel_named(key: str) -> Channel:
    channel: Channel = import_string(settings.CHANNELS[key])()
    return channel
