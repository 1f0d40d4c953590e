"""The quiet line of every page: averages, bank and hours, counted anew only when they may have changed."""

from datetime import datetime, timedelta

from mainstay.live.keeping import Kept
from mainstay.policy.shape import Policy
from mainstay.reports.figures import Standing
from mainstay.reports.queries import standing

AVERAGES = "averages"
KEPT_FOR = timedelta(seconds=5)  # the age of what is open grows by itself

_kept: Kept[Standing] = Kept(AVERAGES, KEPT_FOR)


def standing_now(at: datetime, policy: Policy) -> Standing:
    """The averages, counted over all that is open; the same for everybody, and so kept for the next page."""
    return _kept.at(at, policy, lambda: standing(at, policy))
