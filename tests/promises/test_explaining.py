"""A ticket's figures, taken apart: the pieces add up to the figure, and say where the time was and whether it counted."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.reading import read_policy
from mainstay.promises.course import Fact, course_of
from mainstay.promises.explaining import MOST_PIECES, days_of, pieces_of
from mainstay.promises.rules import measured
from mainstay.promises.states import FactKind, With
from tests.cast import POLICY

policy = read_policy(POLICY.read_text(encoding="utf-8"))
FRIDAY = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_weekend_between_two_hours_of_friday_and_three_of_monday() -> None:
    course = course_of(FRIDAY, [Fact(FactKind.RESOLVED, MONDAY)])
    pieces = pieces_of(course, policy, MONDAY)
    assert [(piece.start, piece.end, piece.is_open, piece.seconds) for piece in pieces] == [
        (FRIDAY, FRIDAY + 2 * HOUR, True, 7200),
        (FRIDAY + 2 * HOUR, MONDAY - 3 * HOUR, False, 0),
        (MONDAY - 3 * HOUR, MONDAY, True, 10800),
    ]
    drawn = days_of(pieces, policy, most=9)
    assert [(day.midnight.day, [(p.since, p.until, p.is_open) for p in day.pieces]) for day in drawn] == [
        (20, [(1200, 1320, True), (1320, 1440, False)]),
        (23, [(0, 360, False), (360, 540, True)]),
    ]
    assert [(one.since, one.until) for one in drawn[0].hours] == [(360, 1320)]


def test_time_in_which_it_was_resolved_is_shown_and_counts_nothing() -> None:
    morning = MONDAY.replace(hour=8)
    facts = [Fact(FactKind.RESOLVED, morning + HOUR), Fact(FactKind.REOPENED, morning + 2 * HOUR)]
    pieces = pieces_of(course_of(morning, facts), policy, morning + 3 * HOUR)
    assert [(piece.whom, piece.seconds) for piece in pieces] == [
        (With.TECHNICIANS, 3600),
        (With.NOBODY, 0),
        (With.TECHNICIANS, 3600),
    ]


def test_a_ticket_of_ten_years_is_told_all_the_same() -> None:
    pieces = pieces_of(course_of(FRIDAY, []), policy, FRIDAY + timedelta(days=3650))
    assert len(pieces) == MOST_PIECES + 1
    assert sum(piece.seconds for piece in pieces) == policy.calendar.elapsed(FRIDAY, FRIDAY + timedelta(days=3650))
    assert len(days_of(pieces, policy, most=21)) == 21


def test_a_ticket_of_this_very_second_has_no_pieces() -> None:
    assert pieces_of(course_of(FRIDAY, []), policy, FRIDAY) == []
    assert days_of([], policy, most=3) == []


turned = st.sampled_from([With.CUSTOMER, With.DEVELOPERS, With.TECHNICIANS])
moments = st.lists(st.integers(0, 20 * 86400 * 10), max_size=10).map(sorted)


@given(moments, st.data())
def test_the_pieces_add_up_to_the_figures(offsets: list[int], data: st.DataObject) -> None:
    history = []
    for offset in offsets:
        at = FRIDAY + timedelta(seconds=offset / 10)
        kind = data.draw(st.sampled_from([FactKind.TURNED, FactKind.RESOLVED, FactKind.REOPENED, FactKind.ANSWERED]))
        history.append(Fact(kind, at, data.draw(turned) if kind == FactKind.TURNED else ""))
    course = course_of(FRIDAY, history)
    found, _further = measured(course, policy)
    if found.resolved_at is not None:
        pieces = pieces_of(course, policy, found.resolved_at)
        assert sum(piece.seconds for piece in pieces) == found.resolution_seconds
        for whom, seconds in (
            (With.CUSTOMER, found.customer_seconds),
            (With.TECHNICIANS, found.technician_seconds),
            (With.DEVELOPERS, found.developer_seconds),
        ):
            assert sum(piece.seconds for piece in pieces if piece.whom == whom) == seconds
        assert all(piece.seconds == 0 for piece in pieces if not piece.is_open)
