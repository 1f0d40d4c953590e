"""When a report is due: once for each period, at the chosen hour on the person's own clock, never before the period is over."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.people.errors import NotAllowed
from mainstay.people.models import Account, Person
from mainstay.reports.models import ReportMail, ReportSubscription
from mainstay.reports.subscribing import due_at, newest_due, next_due, reports_due, subscribe, subscriptions_of
from tests.cast import Cast


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def subscription(kind: str, day: int, at: str, zone: str = "Etc/UTC") -> ReportSubscription:
    person = Person(name="Sue", zone=zone)
    return ReportSubscription(
        person=person, kind=kind, day=day, time=time.fromisoformat(at), made_at=moment("2026-01-01T00:00")
    )


@pytest.mark.parametrize(
    ("kind", "day", "at", "zone", "now", "period", "due"),
    [
        ("month", 1, "08:00", "Etc/UTC", "2026-11-01T08:00", "2026-10", "2026-11-01T08:00"),
        ("month", 1, "08:00", "Etc/UTC", "2026-11-01T07:59", "2026-09", "2026-10-01T08:00"),
        ("month", 28, "08:00", "Etc/UTC", "2026-03-27T12:00", "2026-01", "2026-02-28T08:00"),
        ("month", 3, "08:00", "Europe/Amsterdam", "2026-11-05T00:00", "2026-10", "2026-11-03T07:00"),
        ("month", 3, "08:00", "Europe/Amsterdam", "2026-07-05T00:00", "2026-06", "2026-07-03T06:00"),
        # Auckland's first of the month begins before the month is over in UTC: the report waits for its end.
        ("month", 1, "08:00", "Pacific/Auckland", "2026-11-01T00:00", "2026-10", "2026-11-01T00:00"),
        ("month", 1, "08:00", "Pacific/Auckland", "2026-10-31T23:59", "2026-09", "2026-10-01T00:00"),
        ("week", 1, "08:00", "Etc/UTC", "2026-11-23T08:00", "2026-W47", "2026-11-23T08:00"),
        ("week", 1, "08:00", "Etc/UTC", "2026-11-23T07:00", "2026-W46", "2026-11-16T08:00"),
        ("week", 7, "23:30", "America/New_York", "2026-11-30T04:31", "2026-W47", "2026-11-30T04:30"),
        ("week", 1, "00:00", "Etc/UTC", "2027-01-04T00:00", "2026-W53", "2027-01-04T00:00"),
        # A clock that skips 02:30 in spring still shows a moment for it.
        ("week", 7, "02:30", "Europe/Amsterdam", "2026-03-29T12:00", "2026-W12", "2026-03-29T01:30"),
    ],
)
def test_the_newest_report_that_is_due(
    kind: str, day: int, at: str, zone: str, now: str, period: str, due: str
) -> None:
    found, was_due = newest_due(subscription(kind, day, at, zone), moment(now))
    assert (found.key, was_due) == (period, moment(due))


@given(
    st.sampled_from(["month", "week"]),
    st.integers(1, 7),
    st.times(),
    st.sampled_from(["Etc/UTC", "Pacific/Auckland", "America/Los_Angeles", "Europe/London", "Asia/Kolkata"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
)
def test_it_is_over_due_by_now_and_followed_by_the_next(
    kind: str, day: int, at: time, zone: str, naive: datetime
) -> None:
    now, one = naive.replace(tzinfo=UTC), subscription(kind, day, "08:00", zone)
    one.time = at
    period, due = newest_due(one, now)
    assert period.end <= due <= now < next_due(one, now)
    assert due_at(one, period) == due


def test_one_of_each_kind_and_changed_by_choosing_again(cast: Cast) -> None:
    made = moment("2026-11-10T09:00")
    subscribe(cast.sue, kind="month", day=1, time_of_day=time(8), language="en", at=made)
    subscribe(cast.sue, kind="week", day=1, time_of_day=time(8), language="en", at=made)
    subscribe(cast.sue, kind="month", day=5, time_of_day=time(9), language="nl", at=made + timedelta(days=1))
    month, week = subscriptions_of(cast.sue)
    assert (month.kind, month.day, month.time, month.language, month.made_at) == ("month", 5, time(9), "nl", made)
    assert week.day == 1
    with pytest.raises(NotAllowed):
        subscribe(cast.dev, kind="month", day=1, time_of_day=time(8), language="en", at=made)


def test_only_what_came_due_since_and_once(cast: Cast) -> None:
    one = subscribe(cast.sue, kind="month", day=1, time_of_day=time(8), language="en", at=moment("2026-11-10T09:00"))
    assert list(reports_due(moment("2026-11-30T00:00"))) == []
    ((due, period, at),) = reports_due(moment("2026-12-05T00:00"))
    assert (due, period.key, at) == (one, "2026-11", moment("2026-12-01T08:00"))
    ReportMail.objects.create(subscription=one, period="2026-11", mail_id="<a@x>", due_at=at, queued_at=at)
    assert list(reports_due(moment("2026-12-31T23:59"))) == []
    ((_due, period, _at),) = reports_due(moment("2027-03-15T00:00"))  # a desk that stood still: the newest only
    assert period.key == "2027-02"
    Account.objects.filter(person=cast.sue).update(role="developer")
    assert list(reports_due(moment("2027-03-15T00:00"))) == []
