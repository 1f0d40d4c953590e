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

    `sender_address` is in the channel's canonical form, empty when unknown; `sender_proof` says whether it was proven.
    `thread` is the key of the ticket that the channel's own evidence points to (Message-IDs, reply token); whether the sender
    fits it is decided at the gate. `side`: the evidence is that of a side conversation beside it. `is_only_number`: it is no
    more than a number in the subject, which anybody can write. `has_new_subject`: it stands in the thread under a subject
    that the thread never had.
    `is_name_false`: the name claims to be somebody else; it is shown at the message, but nobody is called so.
    `is_by_hand`: a colleague makes a ticket of it and has it before them, so that it is open whoever wrote it.
    `reply_address` is where the sender wants answers, when elsewhere; `copies` are the others it was sent to, as (name,
    address), without our own addresses.
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
    side: int | None = None
    is_only_number: bool = False
    has_new_subject: bool = False
    sender_proof: str = ""
    reply_address: str = ""
    copies: tuple[tuple[str, str], ...] = ()
    is_name_false: bool = False
    is_by_hand: bool = False
    may_auto_reply: bool = True
    files: tuple[InboundFile, ...] = ()
    nature: str = ""
    severity: str = ""
    product: str = ""
