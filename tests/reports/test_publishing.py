"""A published month stays as it was published, whatever happens afterwards; and the desk tells what a fresh count gives."""

from datetime import timedelta

import pytest

from mainstay.people.errors import NotAllowed
from mainstay.promises.actions import put_policy_in_force
from mainstay.reports.actions import freeze_months_due
from mainstay.reports.errors import MonthRuns
from mainstay.reports.exporting import averages_told
from mainstay.reports.periods import month_of
from mainstay.reports.publishing import changes_since_published, publish_month, published_months
from mainstay.tickets import actions
from tests.cast import POLICY, Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")
LATER = NOVEMBER.end + timedelta(days=1, hours=9)


def test_what_happens_later_changes_nothing_and_is_told(cast: Cast) -> None:
    tickets = mixed_history(cast)
    publish_month(NOVEMBER, by=cast.sue, at=LATER)
    before = averages_told(NOVEMBER, at=LATER, by=("nature", "technician"))
    assert changes_since_published(NOVEMBER, at=LATER) == []
    actions.reopen_ticket(tickets[2], by=cast.tess, at=LATER)
    actions.exclude_ticket(tickets[3], reason="spam", by=cast.tess, at=LATER)
    closed = POLICY.read_text(encoding="utf-8").replace("\ndates = []", "\ndates = [2026-11-24]")
    assert closed != POLICY.read_text(encoding="utf-8")
    put_policy_in_force(closed, holds_from=LATER, at=LATER)
    assert averages_told(NOVEMBER, at=LATER + timedelta(hours=1), by=("nature", "technician")) == before
    changes = {one.measure: one for one in changes_since_published(NOVEMBER, at=LATER) or []}
    assert {measure: (one.published.n, one.counted.n) for measure, one in changes.items()} == {
        "first_response": (4, 3),
        "resolution": (2, 1),
    }


def test_the_public_list_is_what_was_published_newest_first(cast: Cast) -> None:
    mixed_history(cast)
    october = month_of("2026-10")
    for month in (october, NOVEMBER):
        publish_month(month, by=cast.sue, at=LATER)
    newest, oldest = published_months()
    assert (newest.month, oldest.month) == (NOVEMBER, october)
    assert (newest.first_response.n, newest.first_response.mean, newest.resolution.n) == (4, 390, 2)
    assert (oldest.first_response.n, oldest.first_response.mean) == (0, None)
    assert [one.month for one in published_months(1)] == [NOVEMBER]


def test_who_may_not_and_what_is_not_over(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        publish_month(NOVEMBER, by=cast.tess, at=LATER)
    with pytest.raises(MonthRuns):
        publish_month(NOVEMBER, by=cast.sue, at=after(0))
    assert changes_since_published(NOVEMBER, at=LATER) is None
    assert published_months() == []


def test_a_month_that_was_passed_over_by_hand_is_published_when_it_is_due(cast: Cast) -> None:
    mixed_history(cast)
    cast.writes(cast.paula, after(0) - timedelta(days=62))
    publish_month(month_of("2026-10"), by=cast.sue, at=after(0))
    done = freeze_months_due(at=LATER + timedelta(days=5))
    assert [one.month for one in done] == ["2026-09", "2026-11"]
    assert freeze_months_due(at=LATER + timedelta(days=5)) == []
