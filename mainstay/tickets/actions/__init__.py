"""The verbs of a ticket, in the order of its life. Each is one transaction: lock, ask a rule, change, record, tell."""

from .answering import note_on_ticket, record_reply, reply_to_ticket, withdraw_reply
from .delivering import deliver_message, retry_delivery
from .intake import receive_message, split_message
from .measuring import Difference, needs_recount, recount_promises, recount_steps
from .participating import admit_participants, remove_participant
from .returning import take_back_delivery, tell_of_return
from .threading import follow_suggestion, keep_apart, merge_ticket, unmerge_ticket
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
    "admit_participants",
    "admit_ticket",
    "assign_ticket",
    "await_customer",
    "classify_ticket",
    "close_ticket",
    "deliver_message",
    "exclude_ticket",
    "follow_suggestion",
    "hand_to_developers",
    "include_ticket",
    "keep_apart",
    "merge_ticket",
    "name_product",
    "needs_recount",
    "note_on_ticket",
    "put_to_work",
    "receive_message",
    "record_reply",
    "recount_promises",
    "recount_steps",
    "remove_participant",
    "reopen_ticket",
    "reply_to_ticket",
    "resolve_ticket",
    "retry_delivery",
    "return_from_developers",
    "split_message",
    "take_back_delivery",
    "tell_of_return",
    "unassign_ticket",
    "unmerge_ticket",
    "withdraw_reply",
]
