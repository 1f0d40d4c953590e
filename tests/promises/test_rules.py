"""What counts as answered and resolved: worked examples, and properties over any history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.reading import read_policy
from mainstay.promises.course import Fact
from mainstay.promises.models import Promise
from mainstay.promises.rules import (
    Further,
    Measure,
    age_seconds,
    course_in,
    may_reopen,
    measure,
    measured,
    stamp,
    turn_seconds,
)
from mainstay.promises.states import FactKind
from tests.cast import POLICY

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
policy = read_policy(POLICY.read_text(encoding="utf-8"))


def minutes(n: float) -> datetime:
    return TUESDAY + timedelta(minutes=n)


def fact(kind: str, at: datetime, detail: str = "") -> Fact:
    return Fact(FactKind(kind), at, detail)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], {}),
        ([("answered", 4)], {"first_responded_at": minutes(4), "first_response_seconds": 240}),
        ([("answered", 4), ("answered", 9)], {"first_responded_at": minutes(4), "first_response_seconds": 240}),
        ([("resolved", 60)], {"resolved_at": minutes(60), "resolution_seconds": 3600, "technician_seconds": 3600}),
        (
            [("resolved", 60), ("reopened", 90), ("resolved", 100)],
            {
                "resolved_at": minutes(100),
                "resolution_seconds": 70 * 60,
                "paused_seconds": 30 * 60,
                "reopened_count": 1,
                "technician_seconds": 70 * 60,
            },
        ),
        (
            [("resolved", 60), ("reopened", 90)],
            {"paused_seconds": 30 * 60, "reopened_count": 1, "technician_seconds": 3600},
        ),
        ([("reopened", 90)], {}),
    ],
)
def test_worked_examples(facts: list[tuple[str, int]], expected: dict[str, Any]) -> None:
    """The whole measure: what is not named is as in a ticket to which nothing has happened."""
    found = measure(TUESDAY, [fact(kind, minutes(at)) for kind, at in facts], policy)
    beside = {
        "first_response_all_day_seconds": found.first_response_seconds,
        "resolution_all_day_seconds": found.resolution_seconds,
        "with_whom": "" if found.resolved_at else "technicians",
    }
    assert found == Measure(**(beside | expected))


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ([("resolved", 1), ("reopened", 101), ("answered", 103)], 180),
        ([("resolved", 1), ("answered", 103)], 60),
        ([("answered", 1), ("resolved", 2), ("reopened", 101)], 60),
        ([("resolved", 1), ("reopened", 11), ("resolved", 12), ("reopened", 32), ("answered", 33)], 180),
    ],
)
def test_the_wait_for_a_first_answer_is_without_the_time_in_which_it_was_resolved(
    facts: list[tuple[str, int]], seconds: int
) -> None:
    """As the age of the open ticket is counted, its alarms, and the pieces of the page that explains it."""
    found = measure(TUESDAY, [fact(kind, minutes(at)) for kind, at in facts], policy)
    assert (found.first_response_seconds, found.first_response_all_day_seconds) == (seconds, seconds)


def test_nothing_of_a_ticket_happens_before_it_is_opened() -> None:
    found = measure(TUESDAY, [fact("answered", minutes(-2)), fact("resolved", minutes(-1))], policy)
    assert (found.first_response_seconds, found.resolution_seconds, found.resolved_at) == (0, 0, TUESDAY)


def test_an_answer_before_the_opening_counts_nothing_and_is_flagged() -> None:
    night = TUESDAY.replace(hour=1)
    found = measure(night, [fact("answered", night.replace(hour=3))], policy)
    assert (found.first_response_seconds, found.answered_out_of_hours) == (0, True)


def test_the_clock_starts_at_the_next_opening() -> None:
    saturday = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 16, 6, 5, tzinfo=UTC)
    assert measure(saturday, [fact("answered", monday)], policy).first_response_seconds == 300


def test_what_the_policy_leaves_out_is_left_out_until_it_counts_again() -> None:
    own = fact("excluded", minutes(1), "opened_by_staff")
    assert measure(TUESDAY, [own], policy).excluded == "opened_by_staff"
    assert measure(TUESDAY, [own, fact("included", minutes(2))], policy).excluded == ""
    narrower = POLICY.read_text(encoding="utf-8").replace(', "opened_by_staff"]', "]")
    assert measure(TUESDAY, [own], read_policy(narrower)).excluded == ""


@pytest.mark.parametrize("reason", ["spam", "merged", "refused"])
def test_what_is_closed_without_being_resolved_never_counts_whatever_the_policy_names(reason: str) -> None:
    """Else it would be open for ever, and grow in the averages day by day."""
    text = POLICY.read_text(encoding="utf-8")
    silent = text.replace('leaves_out = ["spam", "refused", "merged", "opened_by_staff"]', "leaves_out = []")
    assert silent != text
    found = measure(TUESDAY, [fact("excluded", minutes(1), reason)], read_policy(silent))
    assert found.excluded == reason


def test_the_window_for_reopening_is_the_policys() -> None:
    resolved = TUESDAY
    window = timedelta(seconds=policy.reopen_window_seconds)
    assert window == timedelta(days=14)
    assert may_reopen(resolved, resolved + window, policy)
    assert not may_reopen(resolved, resolved + window + timedelta(seconds=1), policy)


def test_a_policy_that_counts_only_calls_has_no_response_by_reply() -> None:
    calls = POLICY.read_text(encoding="utf-8").replace('counts = ["reply_accepted", ', "counts = [")
    found = measure(TUESDAY, [fact("answered", minutes(4))], read_policy(calls))
    assert (found.first_responded_at, found.first_response_seconds) == (None, None)


def test_a_later_question_has_its_own_time_on_the_hours_and_all_day() -> None:
    asked = datetime(2026, 11, 17, 21, 0, tzinfo=UTC)
    answered = datetime(2026, 11, 18, 7, 0, tzinfo=UTC)
    later = (fact("asked", asked + timedelta(days=1)), fact("answered", asked + timedelta(days=1, minutes=5)))
    history = [fact("answered", minutes(4)), fact("asked", asked), fact("answered", answered), *later]
    found, further = measured(course_in(TUESDAY, history, policy), policy)
    assert further[0] == Further(asked, answered, 2 * 3600, 10 * 3600)
    assert (found.further_count, found.further_seconds) == (2, 2 * 3600 + 300)


def test_a_question_that_waits_has_its_stamp() -> None:
    found = measure(TUESDAY, [fact("answered", minutes(4)), fact("asked", minutes(9))], policy)
    assert (found.asked_at, found.asked_stamp) == (minutes(9), stamp(minutes(9), policy))


def test_the_nights_in_which_it_was_resolved_count_in_neither_figure() -> None:
    evening, morning = TUESDAY.replace(hour=21), TUESDAY.replace(hour=7) + timedelta(days=1)
    history = [
        fact("resolved", evening),
        fact("reopened", morning),  # 2 hours, 10 all day
        fact("resolved", evening + timedelta(days=1)),
        fact("reopened", morning + timedelta(days=1)),
        fact("resolved", morning + timedelta(days=1, hours=1)),
    ]
    found = measure(TUESDAY, history, policy)
    assert found.paused_seconds == 2 * 2 * 3600
    assert found.resolution_seconds == (12 + 16 + 2) * 3600 - 2 * 2 * 3600
    assert found.resolution_all_day_seconds == (14 + 24 + 8) * 3600 - 2 * 10 * 3600


def promise(**figures: Any) -> Promise:
    return Promise(opened_at=TUESDAY, opened_stamp=stamp(TUESDAY, policy), **figures)


def test_the_age_of_a_promise_is_without_the_time_in_which_it_was_resolved() -> None:
    assert age_seconds(promise(), minutes(30), policy) == 30 * 60
    assert age_seconds(promise(paused_seconds=600), minutes(30), policy) == 20 * 60


SPENT = {"customer_seconds": 100, "technician_seconds": 20, "developer_seconds": 3}


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ({}, {"customer": 0, "technicians": 1800, "developers": 0}),
        (SPENT | {"with_whom": "technicians"}, {"customer": 100, "technicians": 1697, "developers": 3}),
        (SPENT | {"with_whom": "customer"}, {"customer": 1777, "technicians": 20, "developers": 3}),
        (SPENT | {"with_whom": "developers"}, {"customer": 100, "technicians": 20, "developers": 1680}),
        (SPENT | {"with_whom": "", "resolved_at": minutes(3)}, {"customer": 100, "technicians": 20, "developers": 3}),
        (
            SPENT | {"with_whom": "customer", "resolved_at": minutes(3)},
            {"customer": 100, "technicians": 20, "developers": 3},
        ),
        # A clock that went back takes nothing from what was counted.
        ({"technician_seconds": 1801, "with_whom": "customer"}, {"customer": 0, "technicians": 1801, "developers": 0}),
    ],
)
def test_the_turn_that_runs_is_counted_until_now(figures: dict[str, Any], expected: dict[str, int]) -> None:
    assert turn_seconds(promise(**figures), minutes(30), policy) == expected


times = st.lists(st.integers(0, 30 * 86400), max_size=12).map(sorted)
kinds = st.sampled_from(["answered", "resolved", "reopened"])


@given(times, st.data())
def test_no_history_gives_a_figure_below_zero_or_above_the_time_there_was(
    offsets: list[int], data: st.DataObject
) -> None:
    facts = [fact(data.draw(kinds), TUESDAY + timedelta(seconds=offset)) for offset in offsets]
    found = measure(TUESDAY, facts, policy)
    whole = policy.calendar.elapsed(TUESDAY, TUESDAY + timedelta(days=30))
    for figure in (found.first_response_seconds, found.resolution_seconds, found.paused_seconds):
        assert figure is None or 0 <= figure <= whole


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_the_difference_of_two_stamps_is_the_business_time_between_them(start: int, length: int) -> None:
    begin = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=start)
    end = begin + timedelta(seconds=length)
    assert stamp(end, policy) - stamp(begin, policy) == policy.calendar.elapsed(begin, end)
