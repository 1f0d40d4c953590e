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
from .beginning import write_to_person
from .delivering import deliver_message, retry_delivery
from .following import follow_ticket, have_follow, unfollow_ticket
from .intake import receive_message, split_message
from .leaving import deactivate_colleague
from .linking import link_tickets, resolve_with_parts, unlink_tickets
from .measuring import (
    Difference,
    bring_measures_up_to_date,
    forget_unfinished_recounts,
    recount_promises,
    recount_steps,
)
from .merging import merge_ticket, unmerge_ticket, why_not_merge
from .participating import admit_participants, remove_participant
from .returning import take_back_delivery, tell_of_return
from .ringing import hush_alarms, put_off_alarms, ring_alarms, set_missing_alarms
from .sleeping import put_off_waking, snooze_ticket, wake_at_its_moment, wake_since_other_is_over, wake_ticket
from .tagging import merge_tags, remove_tag, rename_tag, tag_ticket, untag_ticket
from .tasks import (
    add_task,
    change_task,
    do_task,
    keep_checklist,
    move_task,
    put_checklist,
    remove_checklist,
    remove_task,
    seen_of_checklist,
)
from .threading import follow_suggestion, keep_apart
from .undoing import UNDOABLE_KINDS, do_as_seen, undo_deed, undoable
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
    "UNDOABLE_KINDS",
    "Difference",
    "add_task",
    "admit_participants",
    "admit_ticket",
    "assign_by_turn",
    "assign_ticket",
    "assign_waiting",
    "await_customer",
    "bring_measures_up_to_date",
    "change_task",
    "classify_ticket",
    "close_ticket",
    "deactivate_colleague",
    "deliver_message",
    "do_as_seen",
    "do_task",
    "exclude_ticket",
    "follow_suggestion",
    "follow_ticket",
    "forget_unfinished_recounts",
    "hand_to_developers",
    "have_follow",
    "hush_alarms",
    "include_ticket",
    "keep_apart",
    "keep_checklist",
    "keep_note_from_outside",
    "link_tickets",
    "merge_tags",
    "merge_ticket",
    "move_task",
    "name_product",
    "note_on_ticket",
    "put_checklist",
    "put_off_alarms",
    "put_off_waking",
    "put_to_work",
    "receive_message",
    "record_reply",
    "recount_promises",
    "recount_steps",
    "remove_checklist",
    "remove_participant",
    "remove_tag",
    "remove_task",
    "rename_tag",
    "reopen_ticket",
    "reply_to_ticket",
    "requeue_of_the_missing",
    "resolve_ticket",
    "resolve_with_parts",
    "retry_delivery",
    "return_from_developers",
    "ring_alarms",
    "seen_of_checklist",
    "set_missing_alarms",
    "snooze_ticket",
    "split_message",
    "tag_ticket",
    "take_back_delivery",
    "take_next_ticket",
    "tell_automatically",
    "tell_of_return",
    "unassign_ticket",
    "undo_deed",
    "undoable",
    "unfollow_ticket",
    "unlink_tickets",
    "unmerge_ticket",
    "untag_ticket",
    "wake_at_its_moment",
    "wake_since_other_is_over",
    "wake_ticket",
    "watch_duty",
    "why_not_merge",
    "withdraw_reply",
    "write_to_person",
]
