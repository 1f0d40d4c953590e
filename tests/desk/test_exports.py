"""Reports for programs and as files, and the publishing of a month: what goes out, how it is named, what is refused."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mainstay.reports.models import FrozenMonth
from mainstay.reports.periods import month_of
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")
LATER = NOVEMBER.end + timedelta(hours=9)
JSON_QUERIES = 23


@pytest.fixture
def tickets(cast: Cast) -> Any:
    made = mixed_history(cast)
    with time_machine.travel(after(210), tick=False):
        yield made


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_json_of_the_running_month_and_of_any_period(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client, url = sign_in(cast.tess), reverse("desk:report_json")
    told = client.get(url, {"by": "nature,channel"}).json()
    assert (told["month"], list(told["by"])) == ("2026-11", ["nature", "channel"])
    assert client.get(url, {"by": ["nature", "channel"]}).json() == told
    assert client.get(url, {"period": "2026-Q1"}).json()["first_response"]["average"]["n"] == 0
    assert client.get(url)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [({"period": "-1"}, "is no period"), ({"period": "9" * 5000}, "is no period"), ({"by": "t.nature"}, "is no way")],
)
def test_json_that_cannot_be_is_told_as_json(cast: Cast, sign_in: Any, asked: dict[str, str], sentence: str) -> None:
    answer = sign_in(cast.sue).get(reverse("desk:report_json"), asked)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert len(answer.json()["error"]) < 400


def test_json_costs_the_same_with_many_tickets(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client, url, counts = sign_in(cast.sue), reverse("desk:report_json") + "?by=nature,organisation,technician", []
    client.get(url)
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
        for minute in range(10):
            cast.writes(cast.olaf, after(150 + minute))
    assert counts == [JSON_QUERIES, JSON_QUERIES]


def test_files_are_saved_under_a_name_of_ours(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client = sign_in(cast.sue)
    for name, saved in (
        ("report_csv", "averages-2026-11.csv"),
        ("report_volumes_csv", "volumes-2026-11.csv"),
        ("report_tickets_csv", "tickets-2026-11.csv"),
        ("report_pdf", "report-2026-11.pdf"),
    ):
        answer = client.get(reverse(f"desk:{name}"))
        assert answer["Content-Disposition"] == f'attachment; filename="{saved}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    week = client.get(reverse("desk:report_csv"), {"period": "2026-11-02..2026-11-08"})
    assert week["Content-Disposition"] == 'attachment; filename="averages-2026-11-02..2026-11-08.csv"'


@pytest.mark.parametrize(
    "asked",
    [{"period": "x"}, {"measure": "p.id"}, {"excluded": "' or 1=1"}, {"measure": "resolution", "stratum": "o.name"}],
)
def test_a_sheet_that_cannot_be_is_one_sentence(cast: Cast, sign_in: Any, asked: dict[str, str]) -> None:
    answer = sign_in(cast.sue).get(reverse("desk:report_tickets_csv"), asked)
    assert answer.status_code == 409
    assert "Traceback" not in words(answer)


def test_the_tickets_of_one_figure_are_the_sheet_behind_it(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    asked = {"measure": "first_response", "stratum": "technician", "key": str(cast.tom.pk)}
    answer = sign_in(cast.sue).get(reverse("desk:report_tickets_csv"), asked)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["number", str(tickets[0].number), str(tickets[3].number)]


# --- publishing -------------------------------------------------------------------------------------------------------


def test_a_supervisor_publishes_a_month_that_is_over(cast: Cast, tickets: list[Ticket], sign_in: Any) -> None:
    client, url = sign_in(cast.sue), reverse("desk:month_publication", args=["2026-11"])
    assert "not over yet" in words(client.get(url))
    assert client.post(url).status_code == 409
    assert not FrozenMonth.objects.exists()
    with time_machine.travel(LATER, tick=False):
        asked = words(client.get(url))
        assert "Publishing freezes the averages" in asked and "6 min 30 of 5 min (4)" in asked
        assert client.post(url).status_code == 302
        frozen = FrozenMonth.objects.get()
        assert (frozen.month, frozen.by, frozen.frozen_at) == ("2026-11", cast.sue, LATER)
        assert "A fresh count gives the same" in words(client.get(url))
        actions.exclude_ticket(tickets[3], reason="spam", by=cast.tess, at=LATER)
        told = words(client.get(url))
        assert "6 min 30 of 5 min (4)" in told
        assert "First response 2 min over 3; published: 6 min 30 over 4" in told
        assert client.post(url).status_code == 302  # once published it stays as it is
    assert FrozenMonth.objects.get().frozen_at == frozen.frozen_at


def test_the_moment_of_publishing_by_itself_is_told_only_while_it_lies_ahead(cast: Cast, sign_in: Any) -> None:
    client, told = sign_in(cast.sue), "By itself it is published"
    with time_machine.travel(datetime(2026, 12, 2, tzinfo=UTC), tick=False):
        assert told in words(client.get(reverse("desk:month_publication", args=["2026-11"])))
        assert told not in words(client.get(reverse("desk:month_publication", args=["2026-09"])))


@pytest.mark.parametrize("month", ["2026-13", "2026", "2026-W01", "x", "0000-00"])
def test_what_is_no_month_is_not_there(cast: Cast, sign_in: Any, month: str) -> None:
    assert sign_in(cast.sue).get(reverse("desk:month_publication", args=[month])).status_code == 404
