"""The shapes of the plan: a ticket and what happens to it, act by act."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TurnKind = Literal["reply", "customer_message", "note", "escalate", "return"]
ActKind = Literal[
    "open",
    "reply",
    "note",
    "customer_message",
    "assign",
    "escalate",
    "return",
    "resolve",
    "reopen",
    "mark_spam",
    "wait",
]
Origin = Literal["partner", "refused", "spam", "staff"]


@dataclass(frozen=True)
class Act:
    """One thing somebody does to a ticket.

    `by_key` is the key of a person or of a member of staff. `text` is the message, note, packet or resolution, in full
    and with greeting; it is empty for assign, wait and mark_spam. `to_key` is who is assigned, for assign only.
    A `reopen` is done by the customer and carries the message with which they come back.
    """

    kind: ActKind
    at: datetime
    by_key: str
    text: str = ""
    to_key: str = ""


@dataclass(frozen=True)
class PlannedTicket:
    """A ticket to be made: who, about what, and its acts in order of time, the first being `open`.

    `origin` says what becomes of it: a partner's ticket, one that the desk refuses (it has no further acts by staff),
    spam, or one that staff open for themselves (`person_key` is then a key of STAFF).
    """

    person_key: str
    subject: str
    nature: str
    severity: str
    product: str | None
    language: str
    acts: tuple[Act, ...]
    channel: str = "email"
    origin: Origin = "partner"
    conversation: str = ""
