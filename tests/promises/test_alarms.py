"""The thresholds of a promise: which comes next, exactly when, and whom it concerns."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.reading import read_policy
from mainstay.policy.shape import Policy
from mainstay.promises.alarms import Circle, next_alarm, passed_alarms, thresholds
from tests.cast import POLICY

TEXT = POLICY.read_text(encoding="utf-8")
policy = read_policy(TEXT)
TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True)
class Waits:
    """A promise as the alarms see it: 5 minutes and 5 hours are aimed for."""

    opened_at: datetime = TUESDAY
    paused_seconds: int = 0
    first_responded_at: datetime | None = None
    resolved_at: datetime | None = None
    excluded: str = ""
    first_response_target_seconds: int = 5 * MINUTE
    resolution_target_seconds: int = 5 * HOUR
    alarms_told: tuple[str, ...] = ()

    def told(self, *keys: str) -> "Waits":
        return replace(self, alarms_told=(*self.alarms_told, *keys))


ANSWERED = Waits(first_responded_at=TUESDAY + timedelta(minutes=4))


def with_alarms(section: str) -> Policy:
    """The policy with this section in place of its own, which may be left to the defaults."""
    head, _mark, rest = TEXT.partition("[alarms]\n")
    tail = rest[rest.index("\n[") :] if rest else ""
    return read_policy(f"{head}\n[alarms]\n{section}\n{tail}")


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (
            Waits(),
            [
                ("first_response:60", 60, Circle.ASSIGNEE),
                ("first_response:180", 180, Circle.TEAM),
                ("first_response:240", 240, Circle.SUPERVISORS),
                ("first_response:cap1", 15 * MINUTE, Circle.SUPERVISORS),
                ("first_response:cap2", 30 * MINUTE, Circle.SUPERVISORS),
                ("first_response:cap3", 45 * MINUTE, Circle.SUPERVISORS),
                ("first_response:cap4", 60 * MINUTE, Circle.SUPERVISORS),
                # Four severities: no cap beyond the fourth moves the ticket in the queue.
                ("first_response:cap8", 120 * MINUTE, Circle.SUPERVISORS),
                ("first_response:cap16", 240 * MINUTE, Circle.SUPERVISORS),
            ],
        ),
        (
            ANSWERED,
            [
                ("resolution:50%", 2.5 * HOUR, Circle.ASSIGNEE),
                ("resolution:80%", 4 * HOUR, Circle.TEAM),
                ("resolution:100%", 5 * HOUR, Circle.SUPERVISORS),
                ("resolution:cap1", 15 * HOUR, Circle.SUPERVISORS),
                ("resolution:cap2", 30 * HOUR, Circle.SUPERVISORS),
            ],
        ),
    ],
)
def test_each_threshold_comes_in_its_turn(promise: Waits, expected: list[tuple[str, float, Circle]]) -> None:
    found = []
    for _ in expected:
        alarm = next_alarm(promise, policy)
        assert alarm is not None
        found.append((alarm.key, policy.calendar.elapsed(TUESDAY, alarm.due), alarm.threshold.circle))
        promise = promise.told(alarm.key)
    assert found == expected


@pytest.mark.parametrize(
    ("section", "measure", "circles"),
    [
        ('first_response = ["30s"]', "first_response", [Circle.ASSIGNEE]),
        (
            'first_response = ["30s", "1m", "2m", "3m"]',
            "first_response",
            [Circle.ASSIGNEE, Circle.TEAM, Circle.SUPERVISORS, Circle.SUPERVISORS],
        ),
        ("resolution = [100]", "resolution", [Circle.SUPERVISORS]),
        ("resolution = [25, 150]", "resolution", [Circle.ASSIGNEE, Circle.SUPERVISORS]),
        ("resolution = [25, 50, 75]", "resolution", [Circle.ASSIGNEE, Circle.TEAM, Circle.SUPERVISORS]),
    ],
)
def test_the_circle_widens_with_each_step(section: str, measure: str, circles: list[Circle]) -> None:
    found = islice((one for one in thresholds(measure, 5 * HOUR, with_alarms(section)) if not one.is_cap), len(circles))
    assert [one.circle for one in found] == circles


@pytest.mark.parametrize(
    "promise",
    [
        Waits(resolved_at=TUESDAY + timedelta(hours=1)),
        replace(ANSWERED, resolved_at=TUESDAY + timedelta(hours=1)),
        Waits(excluded="spam"),
    ],
    ids=["resolved unanswered", "answered and resolved", "left out"],
)
def test_nothing_rings_for_what_waits_for_nothing(promise: Waits) -> None:
    assert next_alarm(promise, policy) is None
    assert passed_alarms(promise, policy, TUESDAY + timedelta(days=30)) == []


def test_what_was_passed_meanwhile_is_given_with_its_own_moments() -> None:
    passed = passed_alarms(Waits().told("first_response:60"), policy, TUESDAY + timedelta(minutes=16))
    assert [(one.key, one.due) for one in passed] == [
        ("first_response:180", TUESDAY + timedelta(minutes=3)),
        ("first_response:240", TUESDAY + timedelta(minutes=4)),
        ("first_response:cap1", TUESDAY + timedelta(minutes=15)),
    ]


def test_a_threshold_is_crossed_on_its_second_and_not_before() -> None:
    due = TUESDAY + timedelta(minutes=1)
    assert passed_alarms(Waits(), policy, due - timedelta(microseconds=1)) == []
    assert [one.key for one in passed_alarms(Waits(), policy, due)] == ["first_response:60"]


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-20T21:59:30", "2026-11-23T06:00:30"),  # Friday, half a minute before the desk closes
        ("2026-11-21T12:00:00", "2026-11-23T06:01:00"),  # Saturday
        ("2026-11-17T23:00:00", "2026-11-18T06:01:00"),  # after hours
        ("2026-11-17T21:59:00", "2026-11-17T22:00:00"),  # the minute is over as the desk closes
        ("2026-03-29T00:30:00", "2026-03-30T06:01:00"),  # the night in which London's clocks jump: nothing of it here
    ],
)
def test_nights_and_weekends_do_not_count(opened: str, due: str) -> None:
    alarm = next_alarm(Waits(opened_at=datetime.fromisoformat(opened + "+00:00")), policy)
    assert alarm is not None
    assert alarm.due == datetime.fromisoformat(due + "+00:00")


def test_a_desk_in_london_counts_real_seconds_when_the_clocks_jump() -> None:
    london = read_policy(
        TEXT.replace('zone = "Etc/UTC"', 'zone = "Europe/London"', 1)
        .replace("saturday = []", 'saturday = ["00:00-24:00"]')
        .replace("sunday = []", 'sunday = ["00:00-24:00"]')
    )
    opened = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)  # 00:59:30 local; thirty seconds later it is 02:00
    alarm = next_alarm(Waits(opened_at=opened), london)
    assert alarm is not None
    assert alarm.due == opened + timedelta(minutes=1)


def test_the_time_in_which_a_ticket_was_resolved_does_not_count() -> None:
    told = replace(ANSWERED, paused_seconds=2 * HOUR).told("resolution:50%")
    alarm = next_alarm(told, policy)
    assert alarm is not None
    assert (alarm.key, alarm.due) == ("resolution:80%", TUESDAY + timedelta(hours=6))


def test_a_part_of_a_target_is_reached_by_the_whole_second() -> None:
    alarm = next_alarm(replace(ANSWERED, resolution_target_seconds=301), policy)
    assert alarm is not None
    assert policy.calendar.elapsed(TUESDAY, alarm.due) == 151  # 150.5 is not reached at 150


def test_what_was_told_is_not_told_again_under_another_policy() -> None:
    told = Waits().told("first_response:60", "first_response:180")
    finer = with_alarms('first_response = ["30s", "1m", "2m", "3m30s"]')
    alarm = next_alarm(told, finer)
    assert alarm is not None
    assert alarm.key == "first_response:210"  # 30 s and 2 min lie below what was told


def test_a_lower_target_tells_of_each_cap_that_it_passes() -> None:
    """The queue counts them: a step below what was told is no news, a cap always is."""
    told = replace(Waits(), first_response_target_seconds=MINUTE).told("first_response:60", "first_response:240")
    passed = passed_alarms(told, policy, TUESDAY + timedelta(minutes=6))
    assert [one.key for one in passed] == ["first_response:cap1", "first_response:cap2"]


def test_the_first_second_can_be_a_threshold() -> None:
    assert [one.key for one in passed_alarms(Waits(), with_alarms('first_response = ["1s"]'), TUESDAY)] == []
    soon = next_alarm(Waits(), with_alarms('first_response = ["1s"]'))
    assert soon is not None and soon.due == TUESDAY + timedelta(seconds=1)
    # What was told of the first response says nothing of the resolution.
    part = next_alarm(
        replace(ANSWERED, resolution_target_seconds=60).told("first_response:60"), with_alarms("resolution = [1]")
    )
    assert part is not None and part.key == "resolution:1%"


def test_a_step_at_or_below_a_cap_that_was_told_is_no_news() -> None:
    told = Waits().told("first_response:cap1", "first_response:cap2")
    alarm = next_alarm(told, with_alarms('first_response = ["20m", "30m", "40m"]'))
    assert alarm is not None and alarm.key == "first_response:2400"


def test_caps_that_raise_nothing_come_at_twice_the_wait_each_time() -> None:
    caps = (one for one in thresholds("first_response", 5 * MINUTE, policy) if one.is_cap)
    assert [one.step for one in islice(caps, 8)] == [1, 2, 3, 4, 8, 16, 32, 64]


def test_a_desk_that_never_opens_again_rings_for_nobody() -> None:
    closed = TEXT.replace('["06:00-22:00"]', "[]").replace(
        "special_days = []", 'special_days = [{ on = 2026-11-17, open = ["06:00-10:02"] }]'
    )
    promise = Waits().told("first_response:60")
    assert next_alarm(promise, read_policy(closed)) is None
    assert [one.key for one in passed_alarms(Waits(), read_policy(closed), TUESDAY + timedelta(days=9))] == [
        "first_response:60"
    ]


moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@given(
    opened_at=moments,
    paused=st.integers(0, 40 * HOUR),
    answered=st.booleans(),
    targets=st.tuples(st.integers(1, 3 * HOUR), st.integers(1, 60 * HOUR)),
    number=st.integers(1, 8),
)
def test_each_is_due_on_its_business_second_in_order_and_once(
    opened_at: datetime, paused: int, answered: bool, targets: tuple[int, int], number: int
) -> None:
    promise = Waits(
        opened_at=opened_at,
        paused_seconds=paused,
        first_responded_at=opened_at if answered else None,
        first_response_target_seconds=targets[0],
        resolution_target_seconds=targets[1],
    )
    seen: list[datetime] = []
    for _ in range(number):
        alarm = next_alarm(promise, policy)
        assert alarm is not None
        assert alarm.key not in promise.alarms_told
        assert policy.calendar.elapsed(opened_at, alarm.due) == paused + alarm.threshold.seconds
        # One second earlier it was not yet reached.
        assert policy.calendar.elapsed(opened_at, alarm.due - timedelta(seconds=1)) < paused + alarm.threshold.seconds
        seen.append(alarm.due)
        promise = promise.told(alarm.key)
    assert seen == sorted(seen)


@given(opened_at=moments, later=st.integers(0, 400 * HOUR), answered=st.booleans())
def test_telling_all_that_was_passed_leaves_only_what_is_to_come(
    opened_at: datetime, later: int, answered: bool
) -> None:
    promise = Waits(opened_at=opened_at, first_responded_at=opened_at if answered else None)
    at = opened_at + timedelta(seconds=later)
    promise = promise.told(*(one.key for one in passed_alarms(promise, policy, at)))
    alarm = next_alarm(promise, policy)
    assert alarm is not None
    assert alarm.due > at
