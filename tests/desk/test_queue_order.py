"""The order of the queue on its page: the rule in words, and each row's own reason."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from mainstay.desk.queue.places import place_in_words
from mainstay.tickets.places import QueuePlace
from tests.cast import Cast

NAMES = {"critical": "Critical", "high": "High", "normal": "Normal"}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (
            QueuePlace("normal", "normal", 0, "first_response", 240, 300, 3),
            "Normal · 4 min without a first answer (5 min on average) · 3 before it",
        ),
        (
            QueuePlace("normal", "critical", 2, "first_response", 1920, 300, 0),
            "Normal, counts as Critical for its long wait · 32 min without a first answer (5 min on average) · it is next",
        ),
        (
            QueuePlace("high", "high", 0, "resolution", 7200, 18000, 100),
            "High · answered, open for 2 h (5 h on average) · 100 or more before it",
        ),
        (
            QueuePlace("gone", "gone", 0, "resolution", 60, 18000),
            "gone · answered, open for 1 min (5 h on average)",
        ),
    ],
)
def test_a_place_in_words(place: QueuePlace, words: str) -> None:
    assert place_in_words(place, NAMES) == words


def test_the_queue_says_why_for_each_row_and_for_all(cast: Cast, sign_in: Any) -> None:
    at = timezone.now() - timedelta(minutes=1)
    cast.writes(cast.olaf, at)
    cast.writes(cast.olaf, at, severity="low")
    page = sign_in(cast.tess).get(reverse("desk:queue")).content.decode()
    assert "Why this order?" in page
    assert "it is next" in page
    assert "1 before it" in page


def test_on_later_pages_nobody_counts(cast: Cast, now: datetime, sign_in: Any) -> None:
    first = cast.writes(cast.olaf, now)
    cast.writes(cast.olaf, now + timedelta(minutes=1))
    after = f"{first.rank}~{first.opened_at.isoformat()}~{first.number}"
    page = sign_in(cast.tess).get(reverse("desk:queue"), {"after": after}).content.decode()
    assert "without a first answer" in page
    assert "it is next" not in page


def test_lists_by_newest_change_have_no_such_order_to_explain(cast: Cast, now: datetime, sign_in: Any) -> None:
    cast.writes(cast.olaf, now)
    page = sign_in(cast.tess).get(reverse("desk:queue"), {"view": "all"}).content.decode()
    assert "Why this order?" not in page
    assert "without a first answer" not in page


def test_a_ticket_says_where_it_stands(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.olaf, now)
    page = sign_in(cast.tess).get(reverse("desk:ticket", args=[ticket.number])).content.decode()
    assert "In the queue:" in page
    assert "it is next" in page
