"""The verbs of a ticket, in the order of its life. Each is one transaction: lock, ask a rule, change, record, tell."""

from .answering import (
    keep_note_from_outside,
    note_on_ticket,
    record_reply,
    reply_to_ticket,
    tell_automatically,
    withdraw_reply,
)
from .assigning import assign_by_turn, assign_waiting, requeue_of_the_missing, take_next_ticket, watch_duty
from .delivering import deliver_message, retry_delivery
from .intake import receive_message, split_message
from .measuring import (
    Difference,
    bring_measures_up_to_date,
    forget_unfinished_recounts,
    recount_promises,
    recount_steps,
)
from .participating import admit_participants, remove_participant
from .returning import take_back_delivery, tell_of_return
from .ringing import hush_alarms, put_off_alarms, ring_alarms, set_missing_alarms
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
    "assign_by_turn",
    "assign_ticket",
    "assign_waiting",
    "await_customer",
    "bring_measures_up_to_date",
    "classify_ticket",
    "close_ticket",
    "deliver_message",
    "exclude_ticket",
    "follow_suggestion",
    "forget_unfinished_recounts",
    "hand_to_developers",
    "hush_alarms",
    "include_ticket",
    "keep_apart",
    "keep_note_from_outside",
    "merge_ticket",
    "name_product",
    "note_on_ticket",
    "put_off_alarms",
    "put_to_work",
    "receive_message",
    "record_reply",
    "recount_promises",
    "recount_steps",
    "remove_participant",
    "reopen_ticket",
    "reply_to_ticket",
    "requeue_of_the_missing",
    "resolve_ticket",
    "retry_delivery",
    "return_from_developers",
    "ring_alarms",
    "set_missing_alarms",
    "split_message",
    "take_back_delivery",
    "take_next_ticket",
    "tell_automatically",
    "tell_of_return",
    "unassign_ticket",
    "unmerge_ticket",
    "watch_duty",
    "withdraw_reply",
]
