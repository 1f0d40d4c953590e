"""CSV: whole by RFC 4180, nothing in it that a spreadsheet runs, every text as it was when the apostrophe is taken off."""

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.reports.errors import BadStratum
from mainstay.reports.periods import month_of
from mainstay.reports.sheets import AVERAGES, BYTE_ORDER_MARK, as_cell, averages_sheet, volumes_sheet, written
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")


def read(lines: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(lines).removeprefix(BYTE_ORDER_MARK), newline="")))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＠x", "'=1", '=HYPERLINK("x")'],
)
def test_a_text_that_could_be_a_formula_is_inert_and_comes_back(text: str) -> None:
    cell = as_cell(text)
    assert isinstance(cell, str)
    assert cell.startswith("'")
    assert cell[1:] == text


@given(st.text())
def test_any_text_comes_back_whole_through_a_csv_reader(text: str) -> None:
    ((cell,),) = csv.reader(io.StringIO("".join(written([[text]], mark=False)), newline=""), strict=True)
    assert cell.removeprefix("'") == text if cell.startswith("'") else cell == text
    assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (-5, -5),
        (2.5, 2.5),
        (None, ""),
        (True, "true"),
        (False, "false"),
        (date(2026, 11, 5), "2026-11-05"),
        (datetime(2026, 11, 5, 6, 7, 8, 999, tzinfo=UTC), "2026-11-05T06:07:08Z"),
        ("plain, “quoted”", "plain, “quoted”"),
    ],
)
def test_numbers_stay_numbers_and_moments_are_iso(value: Any, cell: Any) -> None:
    assert as_cell(value) == cell


def test_lines_end_in_cr_lf_and_the_first_says_that_it_is_utf_8() -> None:
    lines = list(written([["a", 'b"c'], ["d\ne", 1]]))
    assert lines == ['\ufeffa,"b""c"\r\n', '"d\ne",1\r\n']
    assert next(iter(written([["a"]], mark=False))) == "a\r\n"


def test_the_averages_of_a_month_with_its_parts(cast: Cast) -> None:
    mixed_history(cast)
    rows = read(written(averages_sheet(NOVEMBER, at=after(210), by=("nature", "organisation"))))
    whole = {row["measure"]: row for row in rows if not row["stratum"]}
    assert list(rows[0]) == list(AVERAGES)
    first = whole["first_response"]
    assert (first["n"], first["mean_seconds"], first["mean_minutes"], first["kept"]) == ("4", "390", "6.5", "false")
    assert (first["zeros"], first["bank_seconds"], first["open"], first["published"]) == ("1", "-360", "1", "false")
    assert (whole["further_response"]["target_seconds"], whole["further_response"]["kept"]) == ("", "")
    resolution = whole["resolution"]
    turns = [int(resolution[f"with_{who}_mean_seconds"]) for who in ("customer", "technicians", "developers")]
    assert sum(turns) == int(resolution["mean_seconds"])
    parts = {
        row["label"]: row for row in rows if row["stratum"] == "organisation" and row["measure"] == "first_response"
    }
    assert (parts["Larch"]["n"], parts["Elm"]["mean_seconds"]) == ("3", "240")


def test_the_volumes_by_day(cast: Cast) -> None:
    mixed_history(cast)
    assert read(written(volumes_sheet(NOVEMBER))) == [
        {"day": "2026-11-24", "opened": "5", "answered": "4", "resolved": "2", "left_out": "2"}
    ]


def test_an_unknown_stratum_is_refused_before_anything_is_written(cast: Cast) -> None:
    with pytest.raises(BadStratum):
        averages_sheet(NOVEMBER, at=after(0), by=("colour",))
