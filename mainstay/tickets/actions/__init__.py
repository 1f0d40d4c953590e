"""The verbs of a ticket, in the order of its life. Each is one transaction: lock, ask a rule, change, record, tell."""

from .answering import note_on_ticket, reply_to_ticket
from .delivering import deliver_message, retry_delivery
from .intake import receive_message
from .measuring import Difference, recount_promises
from .working import (
    admit_ticket,
    assign_ticket,
    await_customer,
    classify_ticket,
    close_ticket,
    exclude_ticket,
    hand_to_developers,
    include_ticket,
    name_product,
    put_to_work,
    reopen_ticket,
    resolve_ticket,
    return_from_developers,
    unassign_ticket,
)

__all__ = [
    "Difference",
    "admit_ticket",
    "assign_ticket",
    "await_customer",
    "classify_ticket",
    "close_ticket",
    "deliver_message",
    "exclude_ticket",
    "hand_to_developers",
    "include_ticket",
    "name_product",
    "note_on_ticket",
    "put_to_work",
    "receive_message",
    "recount_promises",
    "reopen_ticket",
    "reply_to_ticket",
    "resolve_ticket",
    "retry_delivery",
    "return_from_developers",
    "unassign_ticket",
]
