"""What must fit between places of a policy; what concerns one place is tested in test_reading."""

from typing import Any

import pytest

from mainstay.policy.checks import findings
from tests.policy.policies import SMALL, faults_of, one_fault, small


def told(raw: dict[str, Any]) -> list[tuple[str, str]]:
    return [(".".join(map(str, path)), message) for path, message in findings(raw)]


WEEK = {"monday": ["09:00-17:00"]}


def test_a_policy_in_order_has_no_findings() -> None:
    assert told({"hours": WEEK}) == []
    assert told({}) == []


def test_openings_may_touch_but_not_overlap() -> None:
    assert told({"hours": {"monday": ["09:00-12:00", "12:00-17:00"]}}) == []
    assert told({"hours": {"sunday": ["09:00-12:01", "12:00-17:00"]}}) == [
        ("hours.sunday", "09:00-12:01 and 12:00-17:00 overlap")
    ]


def test_the_openings_of_a_special_day_may_not_overlap() -> None:
    special = [{"open": ["09:00-10:00"]}, {"open": ["09:00-12:00", "11:00-13:00"]}]
    assert told({"hours": {**WEEK, "special_days": special}}) == [
        ("hours.special_days.1.open", "09:00-12:00 and 11:00-13:00 overlap")
    ]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ({"monday": ["22:00-06:00"], "tuesday": ["06:00-22:00"]}, []),
        ({"monday": ["22:00-24:00"], "tuesday": ["00:00-24:00"]}, []),
        (
            {"monday": ["12:00-13:00", "22:00-06:01"], "tuesday": ["08:00-09:00", "06:00-07:00"]},
            [("hours.tuesday", "06:00-07:00 overlaps with 22:00-06:01 of monday, which runs into it")],
        ),
        (
            {"sunday": ["22:00-06:00"], "monday": ["05:59-22:00"]},
            [("hours.monday", "05:59-22:00 overlaps with 22:00-06:00 of sunday, which runs into it")],
        ),
    ],
)
def test_a_night_may_not_run_into_the_openings_of_the_next_day(hours: dict[str, Any], expected: list[Any]) -> None:
    assert told({"hours": hours}) == expected


def test_a_desk_must_open_at_some_time() -> None:
    never = 'the desk would never open: give at least one day an opening, such as monday = ["06:00-22:00"]'
    assert told({"hours": {"monday": [], "special_days": [{"open": []}]}}) == [("hours", never)]
    assert told({"hours": {"special_days": [{"open": ["09:00-10:00"]}]}}) == []
    assert one_fault(small(('monday = ["09:00-12:30", "13:00-17:00"]\n', ""))).key == "hours"


def test_a_date_is_closed_or_special_not_both() -> None:
    raw = {
        "hours": {**WEEK, "special_days": [{"on": "2026-12-24", "open": []}]},
        "non_working_days": {"dates": ["2026-12-23", "2026-12-24", {"on": "2026-12-24"}]},
    }
    both = "2026-12-24 is one of hours.special_days: name it in one of the two only"
    assert told(raw) == [
        ("non_working_days.dates.2.on", "“2026-12-24” is there already, as non_working_days.dates[1]"),
        ("non_working_days.dates.1", both),
        ("non_working_days.dates.2", both),
    ]


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"languages": {"offered": ["en", "nl", "en"]}}, "languages.offered.2"),
        ({"hours": {**WEEK, "special_days": [{"on": 1}, {"on": 1}]}}, "hours.special_days.1.on"),
        ({"non_working_days": {"countries": ["NL", "NL"]}}, "non_working_days.countries.1"),
        (
            {"channels": {"telephone": {"numbers": [{"country": "US"}, {"country": "US"}]}}, "call_back": {}},
            "channels.telephone.numbers.1.country",
        ),
        ({"scope": {"natures": [{"key": "a"}, {"key": "b"}, {"key": "a"}]}}, "scope.natures.2.key"),
        ({"entitlement": {"organisation_kinds": ["other", "other"]}}, "entitlement.organisation_kinds.1"),
        ({"severities": {"levels": [{"key": "a"}, {"key": "a"}]}}, "severities.levels.1.key"),
        ({"targets": {"strata_apart": ["x", "x"]}}, "targets.strata_apart.1"),
        ({"first_response": {"counts": ["x", "x"]}}, "first_response.counts.1"),
        ({"first_response": {"never_counts": ["x", "x"]}}, "first_response.never_counts.1"),
        ({"averages": {"leaves_out": ["x", "x"]}}, "averages.leaves_out.1"),
        ({"averages": {"beside": ["x", "x"]}}, "averages.beside.1"),
    ],
)
def test_nothing_may_stand_in_a_list_twice(raw: dict[str, Any], path: str) -> None:
    ((found, message),) = told(raw)
    assert found == path
    assert "is there already, as " in message


def test_who_offers_telephone_says_how_soon_people_are_called_back() -> None:
    telephone = '[[channels.telephone.numbers]]\ncountry = "US"\nnumber = "+1 202 555 0142"\n'
    fault = one_fault(small(more=telephone))
    assert (fault.key, fault.message.startswith("is missing: ")) == ("call_back", True)
    assert faults_of(small(more=telephone + '[call_back]\nwithin = "10m"\n')) == ()


@pytest.mark.parametrize("odd", [1, "x", [], {}, [1], [[]], [{}], {"a": 1}, None])
def test_what_has_another_shape_is_left_to_the_other_checks(odd: Any) -> None:
    for key in ("languages", "hours", "non_working_days", "channels", "scope", "severities", "targets"):
        for inner in (
            {key: odd},
            {key: dict.fromkeys(("monday", "special_days", "dates", "natures", "levels", "telephone"), odd)},
        ):
            for path, message in findings(inner):
                assert path[0] in (key, "call_back")
                assert message


def test_faults_of_both_kinds_are_told_together() -> None:
    keys = {
        fault.key
        for fault in faults_of(SMALL.replace('"13:00-17:00"', '"12:00-17:00"').replace('name = "Anvil"', "name = 1"))
    }
    assert keys == {"hours.monday", "company.name"}
