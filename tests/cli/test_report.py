"""`mainstay report …`: the figures in a terminal, as JSON and as files; what can't be asked for is one sentence and code 1."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import time_machine

from mainstay.reports.exporting import averages_told
from mainstay.reports.models import FrozenMonth
from mainstay.reports.periods import month_of
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")


@pytest.fixture
def desk(cast: Cast, mainstay: Any) -> Any:
    """The commands, at a moment of a desk with a mixed history."""
    mixed_history(cast)
    with time_machine.travel(after(210), tick=False):
        yield mainstay


def test_averages_by_nature_as_json(desk: Any) -> None:
    told = desk("report", "averages", "--month", "2026-11", "--by", "nature", "--json")
    assert told == averages_told(NOVEMBER, at=after(210), by=("nature",))
    assert (told["month"], told["frozen_at"], told["revisions"]) == ("2026-11", None, [1])
    assert (told["first_response"]["average"]["n"], told["first_response"]["average"]["mean"]) == (4, 390)
    setup = next(part for part in told["by"]["nature"]["first_response"] if part["key"] == "setup")
    assert (setup["label"], setup["average"]["mean"], setup["open"]["n"]) == ("Set-up and use", 440, 1)
    assert (told["excluded"], told["answered_out_of_hours"]) == ({"refused": 1, "spam": 1}, 1)


def test_any_period_and_several_strata(desk: Any) -> None:
    told = desk(
        "report", "averages", "--period", "2026-11-24..2026-11-30", "--by", "channel", "--by", "country", "--json"
    )
    assert (told["month"], told["period"]["key"], list(told["by"])) == (
        "",
        "2026-11-24..2026-11-30",
        ["channel", "country"],
    )
    assert desk("report", "averages", "--period", "2026-W01", "--json")["first_response"]["average"]["n"] == 0
    assert desk("report", "averages", "--json")["month"] == "2026-11"


def test_a_table_for_people(desk: Any) -> None:
    printed = desk("report", "averages", "--month", "2026-11", "--by", "organisation").output
    assert "2026-11 (UTC), policy revision 1\n" in printed
    assert "first response: n 4, mean 390 s, promised 300 s" in printed
    assert "left out: refused 1, spam 1" in printed
    assert "Larch                        n 3, mean 440 s" in printed


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("averages", "--month", "2026-13"), "is no period"),
        (("averages", "--period", "2026-11-20..2026-11-02"), "is no period"),
        (("averages", "--month", "2026-11", "--by", "colour"), "“colour” is no way to divide the figures"),
        (("csv", "9999"), "is no period"),
        (("csv", "2026-11", "--by", "colour"), "is no way to divide"),
        (("pdf", "1999", "-o", "x.pdf"), "is no period"),
        (("volumes", "0000-01"), "is no period"),
        (("publish", "2026-11"), "is not over yet"),
        (("publish", "2026-10", "--by", "tess@desk.example"), "Your role does not allow this"),
        (("costly", "--for", "nobody@desk.example"), "Nobody on the staff"),
        (("csv", "2026-11", "-o", "/nowhere/at/all.csv"), "can't be written"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_code_1(desk: Any, words: tuple[str, ...], sentence: str) -> None:
    done = desk("report", *words)
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output
    assert not FrozenMonth.objects.exists()


@pytest.mark.parametrize(
    "words",
    [("averages", "--month", "2026-11", "--period", "2026"), ("csv", "2026-11", "--sheet", "tickets"), ("costly",)],
)
def test_what_is_asked_wrongly_is_told(desk: Any, words: tuple[str, ...]) -> None:
    assert desk("report", *words).exit_code == 2


def test_sheets_as_files(desk: Any, tmp_path: Path) -> None:
    file = tmp_path / "averages.csv"
    assert desk("report", "csv", "2026-11", "--by", "severity", "-o", str(file)).exit_code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbfperiod,")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
    assert (rows[0]["measure"], rows[0]["n"], rows[3]["stratum"]) == ("first_response", "4", "severity")
    printed = desk("report", "csv", "2026-11", "--sheet", "volumes", "--no-bom").output
    assert printed.splitlines() == ["day,opened,answered,resolved,left_out", "2026-11-24,5,4,2,2"]
    tickets = desk("report", "csv", "2026-11", "--sheet", "tickets", "--for", "sue@desk.example").output
    assert len(tickets.splitlines()) == 8
    nothing = desk("report", "csv", "2026-11", "--sheet", "tickets", "--for", "dev@desk.example").output
    assert len(nothing.splitlines()) == 1


def test_volumes_forecast_and_what_costs_most(desk: Any) -> None:
    volumes = desk("report", "volumes", "2026-11", "--json")
    assert volumes["days"] == [{"on": "2026-11-24", "opened": 5, "answered": 4, "resolved": 2, "left_out": 2}]
    assert sum(one["n"] for one in volumes["waiting"]["first_response"]) == 4
    assert "2026-11-24         5         4         2         2" in desk("report", "volumes").output
    forecast = desk("report", "forecast", "--json")
    assert (forecast["first_response"]["known_days"], forecast["first_response"]["bank"]) == (0, None)
    assert "too early to tell: 0 of 10 days" in desk("report", "forecast").output
    (costly,) = desk("report", "costly", "--for", "sue@desk.example", "--json")["first_response"]
    assert (costly["age_seconds"], costly["over_seconds"]) == (110 * 60, 105 * 60)
    assert "6300 s over its target" in desk("report", "costly", "--for", "tess@desk.example").output
    assert desk("report", "costly", "--for", "dev@desk.example", "--json") == {"first_response": [], "resolution": []}


def test_publishing_a_month_that_is_over(desk: Any) -> None:
    told = desk("report", "publish", "2026-10", "--by", "sue@desk.example", "--json")
    frozen = FrozenMonth.objects.get()
    assert (told["month"], frozen.by.name) == ("2026-10", "Sue")
    assert "2026-10 is published since" in desk("report", "publish", "2026-10").output
    assert FrozenMonth.objects.get().frozen_at == frozen.frozen_at
    assert "published 2026-11-24T09:30:00Z" in desk("report", "averages", "--month", "2026-10").output


def test_a_pdf_in_either_language(desk: Any, tmp_path: Path) -> None:
    for language in ("en", "nl"):
        file = tmp_path / f"{language}.pdf"
        assert desk("report", "pdf", "2026-11", "--language", language, "-o", str(file)).exit_code == 0
        assert file.read_bytes().startswith(b"%PDF-")
