"""The verbs of automation: keep rules, and run them."""

from .keeping import RuleGiven, add_rule, change_rule, copy_rule, move_rule, remove_rule, seen_of, switch_rule
from .running import forget_old_runs, look_at_clock, run_rules

__all__ = [
    "RuleGiven",
    "add_rule",
    "change_rule",
    "copy_rule",
    "forget_old_runs",
    "look_at_clock",
    "move_rule",
    "remove_rule",
    "run_rules",
    "seen_of",
    "switch_rule",
]
