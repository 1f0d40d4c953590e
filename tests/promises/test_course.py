"""The course of a ticket: whose turn it was, which questions followed, and that the turns add up to the whole."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.reading import read_policy
from mainstay.promises.course import Fact, course_of
from mainstay.promises.rules import course_in, measure, measured
from mainstay.promises.states import FactKind, With
from tests.cast import POLICY

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
policy = read_policy(POLICY.read_text(encoding="utf-8"))


def minutes(n: float) -> datetime:
    return TUESDAY + timedelta(minutes=n)


def facts(*told: tuple[str, float] | tuple[str, float, str]) -> list[Fact]:
    return [Fact(FactKind(kind), minutes(at), *detail) for kind, at, *detail in told]


def turns(*told: tuple[str, float] | tuple[str, float, str]) -> list[tuple[str, float]]:
    spans = course_of(TUESDAY, facts(*told)).spans
    return [(span.whom.value, (span.start - TUESDAY).total_seconds() / 60) for span in spans]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], [("technicians", 0)]),
        ([("turned", 4, "customer")], [("technicians", 0), ("customer", 4)]),
        (
            [("turned", 4, "customer"), ("came_back", 9)],
            [("technicians", 0), ("customer", 4), ("technicians", 9)],
        ),
        ([("turned", 4, "developers"), ("came_back", 9)], [("technicians", 0), ("developers", 4)]),
        (
            [("turned", 4, "developers"), ("turned", 30, "technicians"), ("resolved", 40)],
            [("technicians", 0), ("developers", 4), ("technicians", 30), ("", 40)],
        ),
        ([("resolved", 4), ("turned", 5, "customer")], [("technicians", 0), ("", 4)]),
        ([("resolved", 4), ("reopened", 5)], [("technicians", 0), ("", 4), ("technicians", 5)]),
        ([("turned", 4, "customer"), ("turned", 5, "customer")], [("technicians", 0), ("customer", 4)]),
    ],
)
def test_whose_turn_it_was(told: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert turns(*told) == expected


def questions(*told: tuple[str, float]) -> list[tuple[float, float]]:
    found = course_of(TUESDAY, facts(*told)).questions
    return [((q.asked_at - TUESDAY).seconds / 60, (q.answered_at - TUESDAY).seconds / 60) for q in found]


def test_questions_follow_the_first_response_and_are_settled_by_the_next_answer() -> None:
    assert questions(("asked", 1), ("answered", 4)) == []
    assert questions(("answered", 4), ("asked", 10), ("asked", 12), ("answered", 15)) == [(10, 15)]
    assert questions(("answered", 4), ("asked", 10), ("answered", 15), ("answered", 16)) == [(10, 15)]
    assert questions(("answered", 4), ("asked", 10), ("answered", 15), ("asked", 20), ("answered", 21)) == [
        (10, 15),
        (20, 21),
    ]


def test_a_question_that_waits_is_known_and_one_that_was_resolved_away_is_not() -> None:
    assert course_of(TUESDAY, facts(("answered", 4), ("asked", 10))).asked_at == minutes(10)
    assert course_of(TUESDAY, facts(("answered", 4), ("asked", 10), ("resolved", 12))).asked_at is None


def test_where_the_policy_counts_no_replies_there_is_no_response() -> None:
    assert course_of(TUESDAY, facts(("answered", 4)), counts_replies=False).answered_at is None


def test_each_reopening_counts_and_what_is_counted_again_is_left_out_no_more() -> None:
    twice = facts(("resolved", 1), ("reopened", 2), ("resolved", 3), ("reopened", 4))
    assert course_of(TUESDAY, twice).reopened_count == 2
    assert course_of(TUESDAY, facts(("excluded", 1, "spam"), ("included", 2))).excluded == ""


def test_the_all_day_figures_count_the_nights_between_two_working_days() -> None:
    """Thursday 20:00 to Friday 09:00 is 5 hours of business time and 13 of the working days."""
    thursday = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
    friday = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    found = measure(thursday, [Fact(FactKind.ANSWERED, friday), Fact(FactKind.RESOLVED, friday)], policy)
    assert (found.first_response_seconds, found.first_response_all_day_seconds) == (5 * 3600, 13 * 3600)
    assert (found.resolution_seconds, found.resolution_all_day_seconds) == (5 * 3600, 13 * 3600)


def test_friday_evening_and_five_hours_of_work_end_on_monday_at_nine() -> None:
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert measure(friday, [Fact(FactKind.RESOLVED, monday)], policy).resolution_seconds == 5 * 3600
    assert policy.calendar.due(friday, 5 * 3600) == monday


def test_summer_time_in_london_changes_nothing() -> None:
    """The clocks there went forward on 2026-03-29 and back on 2026-10-25; the desk's hours are UTC."""
    for sunday in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        opened, answered = sunday - timedelta(days=2, hours=-21), sunday + timedelta(days=1, hours=7)
        assert measure(opened, [Fact(FactKind.ANSWERED, answered)], policy).first_response_seconds == 2 * 3600


kinds = st.sampled_from([kind for kind in FactKind if kind not in (FactKind.TURNED, FactKind.EXCLUDED)])
turned = st.sampled_from([With.CUSTOMER, With.DEVELOPERS, With.TECHNICIANS])
moments = st.lists(st.floats(0, 30 * 86400, allow_nan=False), max_size=15).map(sorted)


@given(moments, st.data())
def test_the_turns_add_up_to_the_resolution_to_the_second(offsets: list[float], data: st.DataObject) -> None:
    history = []
    for offset in offsets:
        at = TUESDAY + timedelta(seconds=offset)
        if data.draw(st.booleans()):
            history.append(Fact(FactKind.TURNED, at, data.draw(turned)))
        else:
            history.append(Fact(data.draw(kinds), at))
    course = course_in(TUESDAY, history, policy)
    found, further = measured(course, policy)
    spent = found.customer_seconds + found.technician_seconds + found.developer_seconds
    if found.resolved_at is not None:
        assert spent == found.resolution_seconds
    for figure in (found.customer_seconds, found.technician_seconds, found.developer_seconds, found.paused_seconds):
        assert figure >= 0
    assert found.further_seconds == sum(one.seconds for one in further)
    assert all(0 <= one.seconds <= one.all_day_seconds for one in further)
    assert (found.first_response_seconds or 0) <= (found.first_response_all_day_seconds or 0)
    # Both are rounded to whole seconds by themselves, each pause once more.
    assert (found.resolution_seconds or 0) <= (found.resolution_all_day_seconds or 0) + found.reopened_count
