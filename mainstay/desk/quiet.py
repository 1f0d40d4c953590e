"""The quiet line of every page: averages, bank and hours, counted anew only when they may have changed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mainstay.live.hub import hub
from mainstay.policy.shape import Policy
from mainstay.reports.figures import Standing
from mainstay.reports.queries import standing

AVERAGES = "averages"
KEPT_FOR = timedelta(seconds=5)  # the age of what is open grows by itself


@dataclass(frozen=True)
class _Kept:
    heard: str
    at: datetime
    policy: Policy
    standing: Standing


_kept: _Kept | None = None


def standing_now(at: datetime, policy: Policy) -> Standing:
    """The averages, counted over all that is open; the same for everybody, and so kept for the next page.

    Whatever changes them announces `averages`. What was kept before the last announcement that this process has heard is not
    used, so a page is never older than the position it is made at; where nobody listens, nothing is kept.
    """
    global _kept  # noqa: PLW0603 - one for the process; whoever comes second replaces it by as good a one
    heard, kept = hub.last_heard(AVERAGES), _kept
    if heard and kept and kept.heard == heard and kept.policy is policy and at - kept.at < KEPT_FOR:
        return kept.standing
    counted = standing(at, policy)
    _kept = _Kept(heard, at, policy, counted) if heard else None
    return counted
