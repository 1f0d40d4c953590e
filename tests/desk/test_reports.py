"""The report pages: each number leads to its tickets, a period is understood or kindly refused, and many parts cost no more."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mainstay.tickets import actions
from tests.cast import Cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
PAGES = ["averages", "report_parts", "report_bank", "report_volumes", "report_left_out"]
QUERIES = {"averages": 24, "report_parts": 19, "report_bank": 38, "report_volumes": 18, "report_left_out": 14}


@pytest.fixture
def history(cast: Cast) -> None:
    """Two weeks of answers after three minutes, a late one, spam, and one that is open."""
    for day in range(14):
        at = TUESDAY - timedelta(days=14 - day)
        if at.weekday() < 5:
            for n in range(2):
                ticket = cast.writes(cast.paula, at + timedelta(minutes=n))
                actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=at + timedelta(minutes=n + 3))
                actions.resolve_ticket(ticket, by=cast.tess, at=at + timedelta(minutes=90))
    late = cast.writes(cast.paula, TUESDAY - timedelta(hours=2))
    actions.reply_to_ticket(late, text="x", by=cast.tom, at=TUESDAY - timedelta(minutes=60))
    spam = cast.writes(cast.olaf, TUESDAY)
    actions.exclude_ticket(spam, reason="spam", by=cast.tess, at=TUESDAY)
    cast.writes(cast.paula, TUESDAY - timedelta(minutes=30))


@pytest.fixture(autouse=True)
def on_tuesday() -> Any:
    with time_machine.travel(TUESDAY, tick=False):
        yield


def shown(client: Any, page: str, **asked: str) -> str:
    answer = client.get(reverse(f"desk:{page}"), asked)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return unescape(answer.content.decode())


def test_the_averages_stand_with_all_that_is_beside_them(cast: Cast, history: None, sign_in: Any) -> None:
    page = shown(sign_in(cast.sue), "averages", period="2026-11")
    for words in ("Later responses", "Mean if finished now", "If days had 24 hours", "Without waiting for customers"):
        assert words in page
    assert "Technicians" in page and "within the promise" in page


def test_each_number_of_a_part_leads_to_its_tickets(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    page = shown(client, "report_parts", by="technician")
    links = re.findall(r'href="(/averages/tickets\?[^"]+)">(\d+)<', page)
    assert len(links) >= 4
    for address, number in links:
        behind = unescape(client.get(address).content.decode())
        assert behind.count("data-item") == int(number), address


def test_people_stand_by_name_and_other_parts_by_number(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    people = shown(client, "report_parts", by="technician")
    assert people.index(">Tess<") < people.index(">Tom<")
    assert "who is good" in people
    slowest = shown(client, "report_parts", by="technician", sort="mean")
    assert slowest.index(">Tom<") < slowest.index(">Tess<")


def test_the_forecast_stands_on_the_running_month_only(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    page = shown(client, "report_bank")
    assert "Expected at the end" in page and "Open tickets that cost most" in page and 'class="band"' in page
    over = shown(client, "report_bank", period="2026-10")
    assert "Expected at the end" not in over and "Open tickets that cost most" not in over


def test_too_young_a_desk_says_what_is_missing(cast: Cast, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, TUESDAY - timedelta(days=1))
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=TUESDAY - timedelta(days=1))
    page = shown(sign_in(cast.sue), "report_bank")
    assert "Too early for a forecast: 1 days with figures are known, and 10 are needed" in page


def test_volumes_and_what_is_left_out(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    page = shown(client, "report_volumes")
    assert "Monday 10:00" in page and page.count('role="img"') == 4
    left_out = shown(client, "report_left_out")
    assert "1 ticket that was opened in this period is left out of the averages; 22 count" in left_out


def test_an_empty_desk_has_reports_too(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    for page in PAGES:
        shown(client, page)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("period", ["2026-13", "soon", "-1", "0001-01-01", "2026-11-05..2026-11-01", "9" * 99])
def test_a_period_that_is_none_is_refused_with_the_form_still_there(
    cast: Cast, sign_in: Any, page: str, period: str
) -> None:
    answer = sign_in(cast.sue).get(reverse(f"desk:{page}"), {"period": period})
    told = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "is no period. Write a month like" in told and 'name="period"' in told


def test_a_way_to_divide_that_does_not_exist_is_refused(cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.sue).get(reverse("desk:report_parts"), {"by": "colour"})
    assert answer.status_code == 409 and "there are: nature" in unescape(answer.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_many_tickets_cost_no_more_queries(
    cast: Cast, sign_in: Any, page: str, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.sue)
    shown(client, page)
    for number in (1, 12):
        for n in range(number):
            ticket = cast.writes([cast.paula, cast.piet, cast.olaf][n % 3], TUESDAY - timedelta(minutes=60 + n))
            actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=TUESDAY - timedelta(minutes=30))
        with django_assert_max_num_queries(QUERIES[page]):
            shown(client, page)
