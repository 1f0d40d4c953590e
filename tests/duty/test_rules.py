"""The arithmetic of the roster: shifts over midnight and over jumps of the clock, collisions, absences, who is missing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mainstay.duty.models import Absence, Presence, Shift
from mainstay.duty.rules import collision, duty_spans, said_state, spans_of, standing_of
from mainstay.duty.states import Here, Missing

MONDAY = date(2026, 11, 16)
WEEK = [0, 1, 2, 3, 4]
AT = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)  # a Tuesday


def shift(
    starts: int = 9 * 60,
    ends: int = 17 * 60,
    weekdays: list[int] | None = None,
    zone: str = "Etc/UTC",
    valid_from: date = MONDAY,
    valid_until: date | None = None,
) -> Shift:
    return Shift(
        weekdays=WEEK if weekdays is None else weekdays,
        starts=starts,
        ends=ends,
        zone=zone,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def moment(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def test_a_shift_runs_on_its_days_within_its_dates() -> None:
    it = shift(valid_until=date(2026, 11, 18))
    assert spans_of(it, date(2026, 11, 1), date(2026, 11, 30)) == [
        (moment(day, 9), moment(day, 17)) for day in (16, 17, 18)
    ]
    assert spans_of(it, date(2026, 11, 19), date(2026, 11, 30)) == []


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    night = shift(22 * 60, 30 * 60, weekdays=[4])
    assert spans_of(night, MONDAY, date(2026, 11, 22)) == [(moment(20, 22), moment(21, 6))]


def test_a_shift_follows_the_clock_of_its_zone() -> None:
    """Amsterdam goes back to winter time on 25 October 2026: nine there is seven, then eight in UTC."""
    it = shift(zone="Europe/Amsterdam", valid_from=date(2026, 10, 19))
    assert spans_of(it, date(2026, 10, 23), date(2026, 10, 26)) == [
        (moment(23, 7, month=10), moment(23, 15, month=10)),
        (moment(26, 8, month=10), moment(26, 16, month=10)),
    ]


@pytest.mark.parametrize(
    ("other", "collides"),
    [
        (shift(17 * 60, 22 * 60), False),  # they touch
        (shift(16 * 60, 22 * 60), True),
        (shift(weekdays=[5, 6]), False),
        (shift(22 * 60, 33 * 60 + 1, weekdays=[6]), True),  # Sunday night into Monday morning
        (shift(22 * 60, 33 * 60, weekdays=[6]), False),
        (shift(valid_from=date(2027, 1, 1)), True),  # mine has no end
        (shift(17 * 60, 18 * 60, zone="Europe/Amsterdam"), True),  # at 16:00 UTC
        (shift(18 * 60, 19 * 60, zone="Europe/Amsterdam", valid_until=date(2027, 3, 26)), False),
        (shift(18 * 60, 19 * 60, zone="Europe/Amsterdam"), True),  # but not in winter: from April on
    ],
)
def test_two_shifts_at_the_same_time(other: Shift, collides: bool) -> None:
    assert (collision(shift(), [other]) is not None) is collides
    assert (collision(other, [shift()]) is not None) is collides


def test_shifts_whose_dates_lie_apart_never_collide() -> None:
    first, second = shift(valid_until=date(2026, 12, 31)), shift(valid_from=date(2027, 1, 1))
    assert collision(first, [second]) is None
    night = shift(22 * 60, 30 * 60, weekdays=list(range(7)), valid_until=date(2026, 12, 31))
    early = shift(5 * 60, 9 * 60, weekdays=list(range(7)), valid_from=date(2027, 1, 1))
    assert collision(night, [early]) == (early, datetime(2027, 1, 1, 5, 0, tzinfo=UTC))  # the last night reaches over


def test_shifts_that_touch_are_one_and_absences_are_cut_out() -> None:
    day, late = shift(), shift(17 * 60, 22 * 60)
    dentist = Absence(starts_at=moment(17, 11), ends_at=moment(17, 12))
    sick = Absence(starts_at=moment(18, 12), ends_at=None)
    assert duty_spans([late, day], [dentist, sick], MONDAY, date(2026, 11, 20)) == [
        (moment(16, 9), moment(16, 22)),
        (moment(17, 9), moment(17, 11)),
        (moment(17, 12), moment(17, 22)),
        (moment(18, 9), moment(18, 12)),
    ]


SEEN = Presence(last_seen_at=AT - timedelta(minutes=5))
SPANS = [(moment(16, 9), moment(16, 17)), (moment(17, 9), moment(17, 17)), (moment(18, 9), moment(18, 17))]


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, None),
        ({"may_work": False}, Missing.LEFT),
        ({"absences": [Absence(starts_at=AT)]}, Missing.ABSENT),
        ({"absences": [Absence(starts_at=AT + timedelta(seconds=1))]}, None),
        ({"absences": [Absence(starts_at=moment(1, 0), ends_at=AT)]}, None),  # back now
        ({"presence": Presence(state="off", since=AT, last_seen_at=AT)}, Missing.OFF),
        ({"presence": Presence(state="away", since=AT, last_seen_at=AT)}, Missing.AWAY),
        ({"presence": Presence(state="away", since=AT, until=AT, last_seen_at=AT)}, None),  # back now
        ({"presence": None}, Missing.SILENT),
        ({"presence": Presence(last_seen_at=AT - timedelta(seconds=900))}, None),
        ({"presence": Presence(last_seen_at=AT - timedelta(seconds=901))}, Missing.SILENT),
        ({"spans": SPANS[:1]}, Missing.NO_SHIFT),
        ({"spans": []}, Missing.NO_SHIFT),
        ({"spans": None}, None),  # no roster: who is here is on duty
        ({"spans": None, "presence": None}, Missing.SILENT),
    ],
)
def test_why_somebody_is_not_on_duty(given: dict[str, object], missing: Missing | None) -> None:
    facts = {"may_work": True, "spans": SPANS, "absences": [], "presence": SEEN, "at": AT, "away_after": 900, **given}
    assert standing_of(**facts).missing == missing  # type: ignore[arg-type]


def test_until_when_and_when_again() -> None:
    facts = {"may_work": True, "absences": [], "presence": SEEN, "at": AT, "away_after": 900}
    standing = standing_of(spans=SPANS, **facts)  # type: ignore[arg-type]
    assert (standing.until, standing.next_at) == (moment(17, 17), moment(18, 9))
    always = standing_of(spans=[(moment(1, 0), moment(28, 0))], **facts)  # type: ignore[arg-type]
    assert (always.missing, always.until) == (None, None)
    evening = standing_of(spans=SPANS, **{**facts, "at": moment(17, 20)})  # type: ignore[arg-type]
    assert (evening.missing, evening.since, evening.next_at) == (Missing.NO_SHIFT, moment(17, 17), moment(18, 9))


def test_away_until_a_moment_that_has_passed_is_here() -> None:
    assert said_state(None, AT) == Here.HERE
    assert said_state(Presence(state="off", until=AT + timedelta(seconds=1)), AT) == Here.OFF
    assert said_state(Presence(state="off", until=AT), AT) == Here.HERE
