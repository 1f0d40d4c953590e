"""The tickets behind the finer figures: just as many as the figure says, and none for those who may not see reports."""

from typing import Any

import pytest

from mainstay.reports.among import Among
from mainstay.reports.measures import MEASURES, PROMISED, STRATA
from mainstay.reports.periods import month_of
from mainstay.reports.queries import (
    average_of,
    counted_report,
    open_load,
    strata_of,
    tickets_behind,
    tickets_opened,
)
from mainstay.reports.volumes import heat_of, histogram_of, volumes_of
from mainstay.tickets.models import Ticket
from tests.cast import Cast
from tests.reports.mixed import after, mixed_history

NOVEMBER = month_of("2026-11")
NOW = after(210)


@pytest.fixture(autouse=True)
def history(cast: Cast) -> list[Ticket]:
    return mixed_history(cast)


@pytest.mark.parametrize("measure", MEASURES)
def test_each_bar_of_the_histogram(cast: Cast, measure: str) -> None:
    bins = histogram_of(measure, NOVEMBER)
    behind = [
        tickets_behind(cast.sue, measure, NOVEMBER, among=Among(since=one.since, until=one.until)).count()
        for one in bins
    ]
    assert behind == [one.n for one in bins] and sum(behind) >= 1


@pytest.mark.parametrize("measure", PROMISED)
def test_zeros_and_the_worst(cast: Cast, measure: str) -> None:
    average = average_of(measure, NOVEMBER)
    zeros = tickets_behind(cast.sue, measure, NOVEMBER, among=Among(since=0, until=1))
    worst = tickets_behind(cast.sue, measure, NOVEMBER, among=Among(since=average.worst))
    assert zeros.count() == average.zeros
    assert [getattr(one.promise, f"{measure}_seconds") for one in worst] == [average.worst]


@pytest.mark.parametrize("minutes", [100, 104, 105, 106, 210, 1200, 1201, 2000])
@pytest.mark.parametrize("measure", PROMISED)
def test_open_ones_that_are_over_to_the_minute(cast: Cast, measure: str, minutes: int) -> None:
    at = after(minutes)
    over = tickets_behind(cast.sue, measure, NOVEMBER, is_open=True, among=Among(over_at=at))
    assert over.count() == open_load(measure, at).over_n


def test_there_is_one_over_and_one_that_is_not(cast: Cast) -> None:
    """So that the test before says something."""
    assert [open_load("first_response", after(minutes)).over_n for minutes in (105, 106)] == [0, 1]


@pytest.mark.parametrize("stratum", STRATA)
def test_those_of_each_part(cast: Cast, stratum: str) -> None:
    for measure, rows in strata_of(stratum, NOVEMBER, at=NOW).items():
        for row in rows:
            part: dict[str, Any] = {"stratum": stratum, "key": row.key}
            zeros = tickets_behind(cast.sue, measure, NOVEMBER, **part, among=Among(since=0, until=1))
            over = tickets_behind(cast.sue, measure, NOVEMBER, **part, is_open=True, among=Among(over_at=NOW))
            assert (zeros.count(), over.count()) == (row.average.zeros, row.open.over_n if row.open else 0)


def test_flags(cast: Cast, history: list[Ticket]) -> None:
    report = counted_report(NOVEMBER, at=NOW)
    early = tickets_behind(cast.sue, "first_response", NOVEMBER, among=Among(out_of_hours=True))
    again = tickets_behind(cast.sue, "resolution", NOVEMBER, among=Among(reopened=True))
    assert list(early) == [history[0]] and report.answered_out_of_hours == 1
    assert list(again) == [history[1]] and report.reopened == 1


def test_what_was_opened_by_day_and_hour(cast: Cast) -> None:
    assert tickets_opened(cast.sue, NOVEMBER).count() == sum(day.opened for day in volumes_of(NOVEMBER))
    heat = heat_of(NOVEMBER)
    assert len(heat) >= 2
    for one in heat:
        assert tickets_opened(cast.sue, NOVEMBER, hour=(one.weekday, one.hour)).count() == one.opened
    larch = tickets_opened(cast.sue, NOVEMBER, stratum="organisation", key=str(cast.larch.pk))
    assert {ticket.organisation for ticket in larch} == {cast.larch}


def test_nobody_who_may_not_see_reports_finds_any(cast: Cast) -> None:
    for person in (cast.paula, cast.dev):
        assert not tickets_opened(person, NOVEMBER).exists()
        assert not tickets_behind(person, "first_response", NOVEMBER, among=Among(since=0)).exists()
