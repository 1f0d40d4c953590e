"""The sections that may be left out: their defaults, and what is refused in them, by line."""

import pytest

from mainstay.policy.errors import PolicyFaults
from mainstay.policy.reading import read_policy
from tests.policy.policies import SMALL, small
from tests.policy.test_sample import SAMPLE


def test_what_is_left_out_has_its_default_and_the_sample_writes_the_defaults_down() -> None:
    policy = read_policy(SMALL)
    assert (policy.alarms.first_response, policy.alarms.resolution, policy.alarms.cap) == (
        (60, 180, 240),
        (50, 80, 100),
        3,
    )
    assert (policy.assignment.automatic, policy.assignment.away_after) == (False, 900)
    assert (policy.second_line.customer_is_told, policy.second_line.developers_may_write) == (False, False)
    assert (policy.publication.publishes, policy.publication.freezes_after) == (False, 259_200)
    for section in ("alarms", "assignment", "second_line", "publication"):
        assert getattr(policy, section) == getattr(SAMPLE, section)


def test_what_is_written_is_read() -> None:
    policy = read_policy(
        small(
            more="""
[alarms]
first_response = []
resolution = [100, 1000]
cap = 100
[assignment]
automatic = true
away_after = "24h"
[second_line]
customer_is_told = true
developers_may_write = true
[publication]
publishes = true
freezes_after = "60d"
"""
        )
    )
    assert (policy.alarms.first_response, policy.alarms.resolution, policy.alarms.cap) == ((), (100, 1000), 100)
    assert (policy.assignment.automatic, policy.assignment.away_after) == (True, 86_400)
    assert (policy.second_line.customer_is_told, policy.second_line.developers_may_write) == (True, True)
    assert (policy.publication.publishes, policy.publication.freezes_after) == (True, 60 * 86_400)


@pytest.mark.parametrize(
    "section, line, key, said",
    [
        ("alarms", 'first_response = ["1m", "1m"]', "first_response", "must go up"),
        ("alarms", 'first_response = ["3m", "1m"]', "first_response", "must go up"),
        ("alarms", 'first_response = ["0m"]', "first_response[0]", "must be more than nothing"),
        ("alarms", "first_response = [60]", "first_response[0]", "must be a length of time in quotes"),
        ("alarms", 'first_response = "1m"', "first_response", "must be a list in square brackets"),
        ("alarms", "resolution = [80, 50]", "resolution", "must go up"),
        ("alarms", "resolution = [0]", "resolution[0]", "must be a whole number from 1 to 1000"),
        ("alarms", "resolution = [1001]", "resolution[0]", "must be a whole number from 1 to 1000"),
        ("alarms", "resolution = [50.5]", "resolution[0]", "must be a whole number from 1 to 1000"),
        ("alarms", "resolution = [true]", "resolution[0]", "must be a whole number from 1 to 1000"),
        ("alarms", "resolution = [1,2,3,4,5,6,7,8,9,10,11]", "resolution", "may have 10 elements at most"),
        ("alarms", "cap = 0", "cap", "must be a whole number from 1 to 100"),
        ("alarms", "cap = 101", "cap", "must be a whole number from 1 to 100"),
        ("alarms", "caps = 3", "caps", "did you mean cap?"),
        ("assignment", 'automatic = "yes"', "automatic", "must be true or false"),
        ("assignment", 'away_after = "25h"', "away_after", "at most 24h"),
        ("assignment", "away_after = 900", "away_after", "must be a length of time in quotes"),
        ("second_line", "customer_is_told = 1", "customer_is_told", "must be true or false"),
        ("publication", 'freezes_after = "61d"', "freezes_after", "at most 1440h"),
        ("publication", 'freezes_after = "0d"', "freezes_after", "must be more than nothing"),
    ],
)
def test_what_is_not_allowed_is_told_by_line(section: str, line: str, key: str, said: str) -> None:
    text = small(more=f"[{section}]\n{line}\n")
    with pytest.raises(PolicyFaults) as caught:
        read_policy(text)
    [fault] = caught.value.faults
    assert (fault.key, fault.line) == (f"{section}.{key}", text.splitlines().index(line) + 1)
    assert said in fault.message
