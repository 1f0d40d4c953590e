from datetime import date, datetime
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from mainstay.policy.repeating import read_rule

LAST = date(2040, 12, 31)
PLAIN = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=3, unique=True)
ORDINAL = st.lists(
    st.tuples(st.sampled_from(["1", "2", "4", "5", "-1", "-2"]), st.sampled_from(["MO", "WE", "FR", "SU"])).map(
        "".join
    ),
    min_size=1,
    max_size=2,
    unique=True,
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, list[object]]:
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    parts: dict[str, list[object]] = {"FREQ": [frequency], "INTERVAL": [draw(st.integers(1, 4))]}
    if draw(st.booleans()):
        parts["BYMONTH"] = list(draw(st.sets(st.integers(1, 12), min_size=1, max_size=3)))
    if frequency != "WEEKLY" and draw(st.booleans()):
        days = st.integers(-31, 31).filter(bool)
        parts["BYMONTHDAY"] = list(draw(st.sets(days, min_size=1, max_size=3)))
    if draw(st.booleans()):
        parts["BYDAY"] = list(draw(PLAIN if frequency in ("WEEKLY", "DAILY") or draw(st.booleans()) else ORDINAL))
    if draw(st.booleans()):
        parts["WKST"] = [draw(st.sampled_from(["MO", "SU"]))]
    return parts


@given(rules(), st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_days_are_those_of_another_reader_of_the_standard(parts: dict[str, list[object]], first: date) -> None:
    rule = read_rule(parts)
    assert rule is not None
    ours = [day for day, fits in rule.looked_at(first, LAST) if fits]
    text = ";".join(f"{key}={','.join(map(str, values))}" for key, values in parts.items())
    theirs = rrulestr(f"{text};UNTIL=20401231", dtstart=datetime(first.year, first.month, first.day))
    assert ours == [at.date() for at in islice(theirs, len(ours) + 1)]


def test_weekdays_with_and_without_a_place_may_stand_together() -> None:
    rule = read_rule({"FREQ": ["MONTHLY"], "BYDAY": ["2TU", "SU"]})
    assert rule is not None
    found = [day.day for day, fits in rule.looked_at(date(2026, 11, 1), date(2026, 11, 30)) if fits]
    assert found == [1, 8, 10, 15, 22, 29]


def fitting(first: date, last: date, **parts: list[object]) -> list[str]:
    rule = read_rule(parts)
    assert rule is not None
    return [f"{day:%m-%d}" for day, fits in rule.looked_at(first, last) if fits]


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        # November 2026 begins on a Sunday and has thirty days.
        ({"FREQ": ["MONTHLY"], "BYDAY": ["1SU"]}, ["11-01"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["1SA"]}, ["11-07"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["2SU"]}, ["11-08"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["5MO"]}, ["11-30"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["-1MO"]}, ["11-30"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["-1TU"]}, ["11-24"]),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["-2MO"]}, ["11-23"]),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": [-1, 1]}, ["11-01", "11-30"]),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": [-30]}, ["11-01"]),
        # Its 1st is the 305th day of the year: the 44th Sunday, and the 9th before the end.
        ({"FREQ": ["YEARLY"], "BYDAY": ["44SU"]}, ["11-01"]),
        ({"FREQ": ["YEARLY"], "BYDAY": ["-9SU"]}, ["11-01"]),
        ({"FREQ": ["YEARLY"], "BYMONTH": [11], "BYDAY": ["1SU"]}, ["11-01"]),
    ],
)
def test_the_place_of_a_weekday_is_in_its_month_or_in_its_year(
    parts: dict[str, list[object]], found: list[str]
) -> None:
    assert fitting(date(2026, 11, 1), date(2026, 11, 30), **parts) == found


def test_every_so_many_months_and_weeks() -> None:
    months = fitting(date(2026, 3, 4), date(2027, 12, 31), FREQ=["MONTHLY"], INTERVAL=[5])
    assert months == ["03-04", "08-04", "01-04", "06-04", "11-04"]
    november = date(2026, 11, 3), date(2026, 11, 30)
    assert fitting(*november, FREQ=["WEEKLY"]) == ["11-03", "11-10", "11-17", "11-24"]
    assert fitting(*november, FREQ=["WEEKLY"], INTERVAL=[3]) == ["11-03", "11-24"]
    # The example of the standard: whether the week begins on Monday or Sunday makes the difference.
    other_weeks = {"FREQ": ["WEEKLY"], "INTERVAL": [2], "BYDAY": ["TU", "SU"]}
    august = date(1997, 8, 5), date(1997, 8, 31)
    assert fitting(*august, **other_weeks, WKST=["MO"]) == ["08-05", "08-10", "08-19", "08-24"]
    assert fitting(*august, **other_weeks, WKST=["SU"]) == ["08-05", "08-17", "08-19", "08-31"]


@pytest.mark.parametrize(
    "parts",
    [
        {"FREQ": ["HOURLY"]},
        {"FREQ": ["YEARLY"], "INTERVAL": ["0"]},
        {"FREQ": ["YEARLY"], "BYWEEKNO": ["3"]},
        {"FREQ": ["WEEKLY"], "BYDAY": ["2MO"]},
        {"FREQ": ["DAILY"], "BYDAY": ["2MO"]},
    ],
)
def test_what_days_cannot_follow_is_no_rule(parts: dict[str, list[object]]) -> None:
    assert read_rule(parts) is None


def test_a_rule_may_say_everything_at_once() -> None:
    only = {"BYMONTH": [1], "BYMONTHDAY": [4], "BYDAY": ["MO"], "WKST": ["MO"]}
    assert fitting(
        date(2025, 1, 1),
        date(2027, 12, 31),
        FREQ=["YEARLY"],
        INTERVAL=[1],
        COUNT=[2],
        UNTIL=[date(2027, 12, 31)],
        **only,
    ) == ["01-04"]


@pytest.mark.parametrize("parts", [{}, {"FREQ": ["YEARLY"], "BYDAY": ["XX"]}, {"FREQ": ["YEARLY"], "BYMONTH": ["may"]}])
def test_what_cannot_be_read_raises(parts: dict[str, list[object]]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_rule(parts)
