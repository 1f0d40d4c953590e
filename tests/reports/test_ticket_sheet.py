"""The tickets behind the figures: the same as the figures count, in pieces, and only for those who see reports."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.reports import ticket_sheet
from mainstay.reports.periods import month_of
from mainstay.reports.queries import average_of
from mainstay.reports.sheets import written
from mainstay.reports.ticket_sheet import TICKETS, tickets_of, tickets_sheet
from tests.cast import Cast
from tests.reports.mixed import mixed_history

NOVEMBER = month_of("2026-11")


def rows_of(tickets: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(written(tickets_sheet(tickets), mark=False)), newline="")))


def test_the_sum_of_the_rows_is_the_average(cast: Cast) -> None:
    mixed_history(cast)
    for measure in ("first_response", "resolution"):
        average = average_of(measure, NOVEMBER)
        rows = rows_of(tickets_of(cast.sue, NOVEMBER, measure=measure))
        seconds = [int(row[f"{measure}_seconds"]) for row in rows]
        assert (len(seconds), sum(seconds) / len(seconds)) == (average.n, average.mean)


def test_without_a_figure_everything_of_the_period_is_there_with_why_it_is_left_out(cast: Cast) -> None:
    tickets = mixed_history(cast)
    rows = {int(row["number"]): row for row in rows_of(tickets_of(cast.tess, NOVEMBER))}
    assert list(next(iter(rows.values()))) == list(TICKETS)
    assert sorted(row["excluded"] for row in rows.values()) == ["", "", "", "", "", "refused", "spam"]
    night, reopened, *_others, still_open = (rows[ticket.number] for ticket in tickets)
    assert (night["first_response_seconds"], night["answered_out_of_hours"]) == ("0", "true")
    assert (reopened["reopened"], reopened["technician"], reopened["organisation"]) == ("1", "Tess", "Larch")
    assert (still_open["first_response_seconds"], still_open["resolved_at"]) == ("", "")
    assert not rows_of(tickets_of(cast.sue, month_of("2026-09")))


def test_a_part_and_a_reason_narrow_it(cast: Cast) -> None:
    mixed_history(cast)
    by_elm = tickets_of(cast.sue, NOVEMBER, measure="first_response", stratum="organisation", key=str(cast.elm.pk))
    assert [row["organisation"] for row in rows_of(by_elm)] == ["Elm"]
    assert [row["excluded"] for row in rows_of(tickets_of(cast.sue, NOVEMBER, reason="spam"))] == ["spam"]


def test_a_subject_that_could_be_a_formula_is_inert(cast: Cast) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    cast.writes(cast.paula, NOVEMBER.start, subject=evil)
    (row,) = rows_of(tickets_of(cast.sue, NOVEMBER))
    assert row["subject"] == "'" + evil


def test_developers_and_customers_get_nothing(cast: Cast) -> None:
    mixed_history(cast)
    for viewer in (cast.dev, cast.paula):
        for asked in ({}, {"measure": "resolution"}, {"reason": "spam"}):
            assert rows_of(tickets_of(viewer, NOVEMBER, **asked)) == []


def test_it_is_read_in_pieces_and_costs_one_query_for_each(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    mixed_history(cast)
    whole = rows_of(tickets_of(cast.sue, NOVEMBER))
    monkeypatch.setattr(ticket_sheet, "PIECE", 2)
    with CaptureQueriesContext(connection) as captured:
        assert rows_of(tickets_of(cast.sue, NOVEMBER)) == whole
    assert len(captured) == 5  # 7 rows by two, and one that finds no more
