"""The verbs of worklists."""

from .batches import (
    DO_AT_ONCE,
    TICKETS_MAX,
    UNDO_FOR,
    do_batch,
    forget_old_batches,
    plan_batch,
    start_batch,
    start_undoing,
    undo_batch,
)
from .keeping import Sharing, add_view, change_view, remove_view, reshape_view, seen_of

__all__ = [
    "DO_AT_ONCE",
    "TICKETS_MAX",
    "UNDO_FOR",
    "Sharing",
    "add_view",
    "change_view",
    "do_batch",
    "forget_old_batches",
    "plan_batch",
    "remove_view",
    "reshape_view",
    "seen_of",
    "start_batch",
    "start_undoing",
    "undo_batch",
]
