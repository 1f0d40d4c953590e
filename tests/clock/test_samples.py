"""The shared sample cases of business time, every one."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from mainstay.clock.calendar import Calendar
from tests.clock.calendars import calendar

CASES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "business-time" / "cases.json"
Case = dict[str, Any]


def cases() -> list[Any]:
    if not CASES.is_file():
        missing = pytest.mark.skip(reason=f"the shared sample cases are not here: {CASES}")
        return [pytest.param({}, marks=missing, id="missing")]
    return [pytest.param(case, id=case["id"]) for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]]


def calendar_of(case: Case) -> Calendar:
    told = case["calendar"]
    weekly = {day: tuple("-".join(pair) for pair in pairs) for day, pairs in told["weekly"].items()}
    special = {day: tuple("-".join(pair) for pair in pairs) for day, pairs in told["overrides"].items()}
    return calendar(told["tz"], tuple(told["holidays"]), special, **weekly)


def day_or_moment(text: str) -> date:
    return date.fromisoformat(text) if len(text) == len("2026-11-20") else datetime.fromisoformat(text)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def check_elapsed(it: Calendar, case: Case) -> None:
    start, end, seconds = moment(case["start"]), moment(case["end"]), case["expect"]["seconds"]
    assert it.elapsed(start, end) == seconds
    assert it.elapsed_many([(start, end)]) == [seconds]


def check_deadline(it: Calendar, case: Case) -> None:
    due, expected = it.due(moment(case["start"]), case["seconds"]), moment(case["expect"]["at"])
    assert due == expected or (case["boundary_equivalent"] and it.elapsed(due, expected) == 0)


def check_add_days(it: Calendar, case: Case) -> None:
    start, expected = day_or_moment(case["start"]), case["expect"]
    later = it.add_days(start, case["days"])
    assert later == (date.fromisoformat(expected["date"]) if "date" in expected else moment(expected["t"]))
    assert it.days_between(later, date.fromisoformat(case["expect_date"])) == 0


CHECKS = {
    "elapsed": check_elapsed,
    "deadline": check_deadline,
    "add_days": check_add_days,
    "next_open": lambda it, case: equal(it.next_open(moment(case["start"])), moment(case["expect"]["at"])),
    "is_open": lambda it, case: equal(it.is_open(moment(case["at"])), case["expect"]["open"]),
    "is_workday": lambda it, case: equal(it.is_workday(date.fromisoformat(case["at"])), case["expect"]["workday"]),
    "days_between": lambda it, case: equal(
        it.days_between(day_or_moment(case["start"]), day_or_moment(case["end"])), case["expect"]["days"]
    ),
}


def equal(told: object, expected: object) -> None:
    assert told == expected


@pytest.mark.parametrize("case", cases())
def test_the_clock_answers_as_expected(case: Case) -> None:
    CHECKS[case["op"]](calendar_of(case), case)


def test_the_set_is_whole() -> None:
    if not CASES.is_file():
        pytest.skip(f"the shared sample cases are not here: {CASES}")
    assert len(cases()) == 126
