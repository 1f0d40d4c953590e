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


@pytest.mark.parametrize(
    "parts",
    [
        {"FREQ": ["HOURLY"]},
        {"FREQ": ["YEARLY"], "INTERVAL": ["0"]},
        {"FREQ": ["YEARLY"], "BYWEEKNO": ["3"]},
        {"FREQ": ["WEEKLY"], "BYDAY": ["2MO"]},
    ],
)
def test_what_days_cannot_follow_is_no_rule(parts: dict[str, list[object]]) -> None:
    assert read_rule(parts) is None


@pytest.mark.parametrize("parts", [{}, {"FREQ": ["YEARLY"], "BYDAY": ["XX"]}, {"FREQ": ["YEARLY"], "BYMONTH": ["may"]}])
def test_what_cannot_be_read_raises(parts: dict[str, list[object]]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read_rule(parts)
