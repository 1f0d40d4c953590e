"""The verbs of the second line, in the order of an escalation's life; each is one transaction."""

from .calling import make_call
from .hooks import forget_old_bodies, repeat_hook, store_hook, take_in_hook
from .issues import comment_on_issue, link_issue, open_issue, repeat_call, unlink_issue
from .packets import discard_draft, escalate_ticket, save_draft
from .problems import (
    join_problems,
    link_ticket,
    make_problem,
    mark_fixed,
    mark_not_fixed,
    rename_problem,
    unlink_ticket,
)
from .second_line import answer_escalation, ask_back, let_go_of_escalation, take_back, take_escalation
from .trackers import add_tracker, change_tracker, remove_tracker

__all__ = [
    "add_tracker",
    "answer_escalation",
    "ask_back",
    "change_tracker",
    "comment_on_issue",
    "discard_draft",
    "escalate_ticket",
    "forget_old_bodies",
    "join_problems",
    "let_go_of_escalation",
    "link_issue",
    "link_ticket",
    "make_call",
    "make_problem",
    "mark_fixed",
    "mark_not_fixed",
    "open_issue",
    "remove_tracker",
    "rename_problem",
    "repeat_call",
    "repeat_hook",
    "save_draft",
    "store_hook",
    "take_back",
    "take_escalation",
    "take_in_hook",
    "unlink_issue",
    "unlink_ticket",
]
