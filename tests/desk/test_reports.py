"""The report pages: each number leads to its tickets, a period is understood or kindly refused, and many parts cost no more."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mainstay.people.models import Person
from mainstay.reports.forecast import forecast_of, forecasts_of
from mainstay.reports.measures import PROMISED
from mainstay.reports.periods import month_of
from mainstay.reports.publishing import publish_month
from mainstay.reports.queries import month_report, tickets_behind
from mainstay.tickets import actions
from tests.cast import Cast

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
PAGES = ["averages", "report_parts", "report_bank", "report_volumes", "report_left_out"]
QUERIES = {"averages": 23, "report_parts": 20, "report_bank": 31, "report_volumes": 19, "report_left_out": 15}


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


def test_what_is_promised_stands_before_what_is_not(cast: Cast, history: None, sign_in: Any) -> None:
    page = shown(sign_in(cast.sue), "averages", period="2026-11")
    titles = re.findall(r'<div class="measure-head">\s*<h2>([^<]+)</h2>', page)
    assert titles == ["First response", "Resolution", "Later responses"]


@pytest.mark.parametrize("page", PAGES)
def test_each_number_leads_to_as_many_tickets(cast: Cast, history: None, sign_in: Any, page: str) -> None:
    client = sign_in(cast.sue)
    links = re.findall(r'href="(/averages/tickets\?[^"]+)">\s*(\d+)( over)?\s*<', shown(client, page))
    assert len(links) >= {"report_bank": 0, "report_left_out": 1, "report_parts": 5}.get(page, 8)
    for address, number, _over in links:
        behind = unescape(client.get(address).content.decode())
        assert behind.count("data-item") == int(number), address
        sheet = b"".join(
            client.get(address.replace("/averages/", "/reports/").replace("?", ".csv?", 1)).streaming_content
        )
        assert len(sheet.decode().splitlines()) - 1 == int(number), address


def test_all_kinds_of_numbers_are_among_the_links(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    told = "".join(shown(client, page) for page in PAGES)
    for asked in (
        "since=180&until=240",
        "open=1&over=1",
        "measure=opened&hour=",
        "period=2026-11-17&measure=",
        "excluded=spam",
    ):
        assert asked in told, asked


@pytest.mark.parametrize(
    "asked",
    [
        {"measure": "p.id"},
        {"excluded": "' or 1=1"},
        {"flag": "late"},
        {"since": "-1"},
        {"until": "9" * 30},
        {"hour": "7-00"},
        {"hour": "0-24"},
        {"stratum": "o.name"},
        {"period": "soon"},
    ],
)
def test_an_address_that_names_no_figure_is_refused(cast: Cast, sign_in: Any, asked: dict[str, str]) -> None:
    for page in ("averages_tickets", "report_tickets_csv"):
        assert sign_in(cast.sue).get(reverse(f"desk:{page}"), asked).status_code == 409


def test_people_stand_by_name_and_are_never_ranked_by_slowness(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    people = shown(client, "report_parts", by="technician")
    assert people.index(">Tess<") < people.index(">Tom<")
    assert "who is good" in people and "slowest first" not in people and "worst first" not in people
    assert parts_in(shown(client, "report_parts", by="technician", sort="mean")) == parts_in(people)


def test_other_parts_stand_in_the_order_that_was_asked_for(cast: Cast, history: None, sign_in: Any) -> None:
    quick = cast.writes(cast.olaf, TUESDAY - timedelta(minutes=50))
    actions.reply_to_ticket(quick, text="x", by=cast.tess, at=TUESDAY - timedelta(minutes=49))
    client = sign_in(cast.sue)
    most, slowest, named = (
        shown(client, "report_parts", by="organisation", sort=sort) for sort in ("n", "mean", "name")
    )
    assert (parts_in(most), parts_in(slowest), parts_in(named)) == (
        ["Larch", "Elm"],
        ["Larch", "Elm"],
        ["Elm", "Larch"],
    )


def parts_in(page: str) -> list[str]:
    """The parts of the first measure, in order."""
    table = page[page.index('<table class="list parts">') : page.index("</table>")]
    return re.findall(r'<th scope="row"[^>]*>\s*([^<]+?)\s*</th>', table)


def test_the_forecast_stands_on_the_running_month_only(cast: Cast, history: None, sign_in: Any) -> None:
    client = sign_in(cast.sue)
    page = shown(client, "report_bank")
    assert "Expected at the end" in page and "Open tickets that cost most" in page and 'class="band"' in page
    over = shown(client, "report_bank", period="2026-10")
    assert "Expected at the end" not in over and "Open tickets that cost most" not in over


def test_a_way_to_save_the_month_that_needs_more_tickets_than_will_come_says_so(
    cast: Cast, history: None, sign_in: Any
) -> None:
    cast.writes(cast.paula, TUESDAY - timedelta(minutes=100))
    page = shown(sign_in(cast.sue), "report_bank")
    most = int(re.search(r"\d+ \(\d+ – (\d+)\)", page)[1])
    saving = page[page.index("What would save it") : page.index("</ul>", page.index("What would save it"))]
    ways = [(int(re.search(r"\d+", one)[0]), "more than are likely to come" in one) for one in saving.split("<li>")[1:]]
    assert ways == [(answers, answers > most) for answers, _said in ways]
    assert {said for _answers, said in ways} == {True, False}


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


def test_the_week_is_shown_on_the_readers_clock_where_that_can_be(cast: Cast, history: None, sign_in: Any) -> None:
    Person.objects.filter(pk=cast.sue.pk).update(zone="Europe/Amsterdam")
    client = sign_in(cast.sue)
    page = shown(client, "report_volumes", period="2026-11")
    assert "by the clock of Europe/Amsterdam" in page and "Monday 11:00" in page and "hour=0-10" in page
    over = shown(client, "report_volumes", period="2026-10")  # the clocks changed on the 25th
    assert "In Europe/Amsterdam the clock is not whole hours" in over or "By hour of the week" not in over
    year = shown(client, "report_volumes", period="2026")
    assert "by the clock of UTC" in year and "In Europe/Amsterdam the clock is not whole hours" in year
    assert "Monday 10:00" in year


def test_a_long_period_is_told_by_month(cast: Cast, history: None, sign_in: Any) -> None:
    early = cast.writes(cast.paula, datetime(2026, 3, 3, 10, 0, tzinfo=UTC))
    actions.reply_to_ticket(early, text="x", by=cast.tess, at=datetime(2026, 3, 3, 10, 9, tzinfo=UTC))
    client = sign_in(cast.sue)
    for page in ("averages", "report_bank", "report_volumes"):
        told = shown(client, page, period="2026-03-02..2026-11-30")
        assert "By month, as a table" in told and "March 2026" in told
        assert "period=2026-03-02..2026-03-31" in told.replace("%2E", ".") and "period=2026-11&" in told


def test_a_published_month_says_so_and_where_a_fresh_count_differs(cast: Cast, history: None, sign_in: Any) -> None:
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=UTC), tick=False):
        publish_month(month_of("2026-11"), by=cast.sue, at=datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
        same = shown(sign_in(cast.sue), "averages", period="2026-11")
        assert "were published on" in same and "Counted afresh today" not in same
        late = tickets_behind(cast.sue, "first_response", month_of("2026-11"))[0]
        actions.exclude_ticket(late, reason="spam", by=cast.tess, at=datetime(2026, 12, 2, 9, 0, tzinfo=UTC))
        page = shown(sign_in(cast.sue), "averages", period="2026-11")
        assert "Counted afresh today" in page and "3 min over 20; published: 5 min 43 over 21" in page
        assert "Counted afresh today" not in shown(sign_in(cast.tess), "averages", period="2026-11")
        assert "this list is of today" in shown(sign_in(cast.tess), "averages_tickets", period="2026-11")


@pytest.mark.parametrize("page", PAGES)
def test_each_report_says_by_which_policy_it_was_counted(cast: Cast, history: None, sign_in: Any, page: str) -> None:
    assert re.search(r"Policy revision\s*(</dt>\s*<dd>)?\s*1\b", shown(sign_in(cast.sue), page))


def test_all_forecasts_at_once_are_the_single_ones(cast: Cast, history: None) -> None:
    report = month_report(month_of("2026-11"), at=TUESDAY)
    assert forecasts_of(report, at=TUESDAY) == {measure: forecast_of(measure, at=TUESDAY) for measure in PROMISED}


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


@pytest.mark.parametrize("key", ["1" * 5000, "-1", "x", "\u0663"])
def test_a_part_that_can_t_be_one_leads_to_an_empty_list(cast: Cast, history: None, sign_in: Any, key: str) -> None:
    client = sign_in(cast.sue)
    for stratum in ("technician", "organisation", "product", "country", "nature"):
        answer = client.get(reverse("desk:averages_tickets"), {"stratum": stratum, "key": key})
        assert answer.status_code == 200
