"""A ticket's figures, taken apart: the pieces add up to the figure, and say where the time was and whether it counted."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.reading import read_policy
from mainstay.policy.shape import Policy
from mainstay.promises.course import Fact, course_of
from mainstay.promises.explaining import DAY, MOST_PIECES, Drawn, DrawnDay, days_of, pieces_of
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
    days = days_of(pieces, policy, most=9)
    assert [(day.midnight.day, [(p.since, p.until, p.is_open) for p in day.pieces]) for day in days] == [
        (20, [(1200, 1320, True), (1320, 1440, False)]),
        (23, [(0, 360, False), (360, 540, True)]),
    ]
    assert [(one.since, one.until, one.width) for one in days[0].hours] == [(360, 1320, 960)]


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
    assert all(piece.end == later.start for piece, later in pairwise(pieces))
    assert len(days_of(pieces, policy, most=21)) == 21


def test_a_ticket_of_this_very_second_has_no_pieces() -> None:
    assert pieces_of(course_of(FRIDAY, []), policy, FRIDAY) == []
    assert days_of([], policy, most=3) == []


def test_pieces_that_begin_and_end_with_an_opening_leave_nothing_empty_between_them() -> None:
    opens, closes, next_opens = MONDAY.replace(hour=6), MONDAY.replace(hour=22), MONDAY.replace(hour=6) + DAY
    history = [Fact(FactKind.TURNED, closes, "customer"), Fact(FactKind.TURNED, next_opens, "technicians")]
    pieces = pieces_of(course_of(opens, history), policy, closes + DAY + HOUR)
    assert [(piece.whom.value, piece.start, piece.end, piece.is_open, piece.seconds) for piece in pieces] == [
        ("technicians", opens, closes, True, 16 * 3600),
        ("customer", closes, next_opens, False, 0),
        ("technicians", next_opens, closes + DAY, True, 16 * 3600),
        ("technicians", closes + DAY, closes + DAY + HOUR, False, 0),
    ]


def drawn(opened_at: datetime, until: datetime, *history: Fact, policy: Policy = policy) -> list[DrawnDay]:
    return days_of(pieces_of(course_of(opened_at, history), policy, until), policy, most=9)


def test_a_day_is_drawn_from_its_midnight_on() -> None:
    opened = datetime(2026, 11, 23, 8, 17, 31, 500, tzinfo=UTC)
    assert [day.midnight for day in drawn(opened, opened + HOUR)] == [datetime(2026, 11, 23, tzinfo=UTC)]


def test_a_ticket_of_saturday_is_drawn_from_saturday_on() -> None:
    saturday = MONDAY.replace(day=21, hour=12)
    assert [day.midnight.day for day in drawn(saturday, MONDAY)] == [21, 23]


def test_what_ends_at_midnight_needs_no_other_day_and_what_ends_in_the_night_does() -> None:
    evening, midnight = MONDAY.replace(hour=21), MONDAY.replace(hour=0) + DAY
    assert [day.midnight.day for day in drawn(evening, midnight)] == [23]
    assert [day.midnight.day for day in drawn(evening, midnight + 5 * HOUR)] == [23, 24]


def test_a_piece_that_ends_at_midnight_is_drawn_on_its_own_day_alone() -> None:
    evening, midnight = MONDAY.replace(hour=22), MONDAY.replace(hour=0) + DAY
    found = drawn(evening, midnight + HOUR, Fact(FactKind.TURNED, midnight, "developers"))
    assert [day.pieces for day in found] == [
        (Drawn(1320, 1440, With.TECHNICIANS, False),),
        (Drawn(0, 60, With.DEVELOPERS, False),),
    ]


@pytest.mark.parametrize(
    ("zone", "written", "hours"),
    [
        ("Etc/UTC", "00:00-24:00", [(0, 1440)]),
        ("Etc/UTC", "18:00-02:00", [(0, 120), (1080, 1440)]),
        ("America/New_York", "19:00-23:00", [(0, 240)]),  # opens at 00:00 UTC, so the next one is the next day's
        ("Asia/Tokyo", "08:00-10:00", [(0, 60), (1380, 1440)]),  # opens at 23:00 UTC of the day before
    ],
)
def test_the_hours_of_a_day_are_those_that_lie_on_it_in_utc(
    zone: str, written: str, hours: list[tuple[float, float]]
) -> None:
    text = POLICY.read_text(encoding="utf-8").replace('zone = "Etc/UTC"', f'zone = "{zone}"', 1)
    elsewhere = read_policy(text.replace('["06:00-22:00"]', f'["{written}"]'))
    wednesday = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    (day,) = drawn(wednesday, wednesday + HOUR, policy=elsewhere)
    assert [(one.since, one.until) for one in day.hours] == hours


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
