"""The verbs of writing. Each is one transaction: lock, ask a rule, change, record, tell."""

from .drafting import (
    add_file,
    announce_writing,
    files_limit,
    forget_old_drafts,
    keep_draft,
    put_in_draft,
    remove_file,
    writing_topic,
)
from .keeping import (
    Does,
    Naming,
    add_answer,
    add_macro,
    change_answer,
    change_macro,
    count_use,
    remove_kept,
    seen_of,
)
from .macros import Undone, run_macro, undo_macro
from .planning import (
    cancel_planned,
    edit_planned,
    hear,
    plan_reply,
    resume_planned,
    send_planned,
    send_planned_now,
)
from .sending import send_reply, take_back_reply, write_note

__all__ = [
    "Does",
    "Naming",
    "Undone",
    "add_answer",
    "add_file",
    "add_macro",
    "announce_writing",
    "cancel_planned",
    "change_answer",
    "change_macro",
    "count_use",
    "edit_planned",
    "files_limit",
    "forget_old_drafts",
    "hear",
    "keep_draft",
    "plan_reply",
    "put_in_draft",
    "remove_file",
    "remove_kept",
    "resume_planned",
    "run_macro",
    "seen_of",
    "send_planned",
    "send_planned_now",
    "send_reply",
    "take_back_reply",
    "undo_macro",
    "write_note",
    "writing_topic",
]
