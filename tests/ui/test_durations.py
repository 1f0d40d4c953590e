"""Business seconds in words."""

import pytest
from django.utils import translation

from mainstay.ui.durations import duration_text, exact_duration_text


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (299, "4 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (7800, "2 h 10"),
        (7500, "2 h 05"),
        (100 * 3600, "100 h"),
        (-84 * 60, "−1 h 24"),
        (-0.4, "0 s"),
    ],
)
def test_a_duration_is_cut_to_what_has_fully_passed(seconds, text):
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (59.6, "1 min"),
        (252.4, "4 min 12"),
        (300, "5 min"),
        (300.6, "5 min 01"),
        (-252.4, "−4 min 12"),
        (3599.7, "1 h"),
        (7800, "2 h 10"),
    ],
)
def test_an_average_beside_its_target_shows_its_seconds(seconds, text):
    assert exact_duration_text(seconds) == text
