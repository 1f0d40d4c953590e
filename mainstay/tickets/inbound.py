"""What a channel hands to the one gate: an incoming message in plain values, whoever carried it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class InboundFile:
    """A file that came with a message; `content_type` was decided from the bytes."""

    filename: str
    content: bytes
    content_type: str
    is_inline: bool = False
    content_id: str = ""


@dataclass(frozen=True)
class Inbound:
    """An incoming message.

    `sender_address` is in the channel's canonical form, empty when unknown. `thread` is the key of the ticket that the
    channel's own evidence points to (Message-IDs, reply token); whether the sender fits it is decided at the gate.
    `external_id` is the message's own id on its channel, such as a Message-ID.
    `at` is when we received it: the clock starts then, whatever the message itself claims. `nature`, `severity` (keys of
    the policy) and `product` (a model) are for channels that ask for them, such as a form; empty: the policy's defaults.
    """

    channel: str
    sender_address: str
    sender_name: str
    subject: str
    text: str
    at: datetime
    external_id: str = ""
    quoted: str = ""
    language: str = ""
    thread: int | None = None
    may_auto_reply: bool = True
    files: tuple[InboundFile, ...] = ()
    nature: str = ""
    severity: str = ""
    product: str = ""
