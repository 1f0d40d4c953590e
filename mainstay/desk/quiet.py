"""The quiet line of every page: averages, bank and hours, counted anew only when they may have changed."""

from datetime import datetime, timedelta

from mainstay.live.keeping import Kept
from mainstay.promises.queries import policy_in_force
from mainstay.reports.figures import Standing
from mainstay.reports.queries import standing

AVERAGES = "averages"
KEPT_FOR = timedelta(seconds=5)  # the age of what is open grows by itself

_kept: Kept[Standing] = Kept(AVERAGES, KEPT_FOR)


def standing_now(at: datetime) -> Standing:
    """The averages, counted over all that is open; the same for everybody, and so kept for the next page."""
    policy = policy_in_force(at)  # the very one: what a request holds looks different each time
    return _kept.at(at, policy, lambda: standing(at, policy))
