"""Which of the tickets behind a figure are meant: those that took so long, are over their target, or carry a flag."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Among:
    """All of them where nothing is said.

    Of finished ones: `since` is the least of business seconds, `until` more than the most; `out_of_hours` those answered
    while the desk was closed, `reopened` those that were re-opened. Of open ones: `over_at` those over target at that moment.
    """

    since: int | None = None
    until: int | None = None
    out_of_hours: bool = False
    reopened: bool = False
    over_at: datetime | None = None


EVERY = Among()
