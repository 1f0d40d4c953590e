"""The figures divided: parts add up to the whole, bear names, lead to their tickets, and cost no more with more parts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from mainstay.people.models import Organisation
from mainstay.reports.errors import BadStratum
from mainstay.reports.measures import MEASURES, STRATA
from mainstay.reports.periods import month_of
from mainstay.reports.queries import (
    all_strata,
    average_of,
    counted_report,
    excluded_in,
    open_load,
    strata_of,
    tickets_behind,
    tickets_left_out,
)
from mainstay.reports.volumes import heat_of, histogram_of, volumes_of
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket
from tests.cast import Cast

MORNING = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
NOVEMBER = month_of("2026-11")
LATER = MORNING + timedelta(hours=8)


def minutes(n: float) -> datetime:
    return MORNING + timedelta(minutes=n)


@pytest.fixture
def mixed(cast: Cast) -> list[Ticket]:
    """Answered after 2, 4 and 20 minutes by two people about two natures; one open; one refused; one spam."""
    Organisation.objects.filter(pk=cast.larch.pk).update(country="NL")
    tickets = []
    for n, (who, wait, nature) in enumerate(
        [(cast.tess, 2, "setup"), (cast.tess, 4, "diagram"), (cast.tom, 20, "setup")]
    ):
        ticket = cast.writes(cast.paula, minutes(n))
        actions.classify_ticket(ticket, nature=nature, severity="normal", by=who, at=minutes(n))
        actions.reply_to_ticket(ticket, text="x", by=who, at=minutes(n + wait))
        tickets.append(ticket)
    cast.writes(cast.paula, minutes(60), thread=tickets[0].pk)
    actions.reply_to_ticket(tickets[0], text="x", by=cast.tess, at=minutes(69))
    actions.resolve_ticket(tickets[0], by=cast.tess, at=minutes(120))
    tickets.append(cast.writes(cast.paula, minutes(100)))
    cast.writes(cast.rita, minutes(5))
    spam = cast.writes(cast.olaf, minutes(6))
    actions.exclude_ticket(spam, reason="spam", by=cast.tess, at=minutes(7))
    return tickets


def test_one_stratum_with_names_figures_and_what_is_open(mixed: list[Ticket]) -> None:
    rows = {row.key: row for row in strata_of("nature", NOVEMBER, at=minutes(110))["first_response"]}
    setup = rows["setup"]
    assert (setup.label, setup.average.n, setup.average.mean, setup.average.worst) == ("Set-up and use", 2, 660, 1200)
    assert setup.open is not None and (setup.open.n, setup.open.age_seconds, setup.open.over_n) == (1, 600, 1)
    assert setup.if_finished_now == (2 * 660 + 600) / 3
    assert rows["diagram"].average.n == 1 and rows["setup"].excluded == {"refused": 1, "spam": 1}


@pytest.mark.parametrize("stratum", STRATA)
def test_the_parts_add_up_to_the_whole(mixed: list[Ticket], stratum: str) -> None:
    at = minutes(110)
    divided = strata_of(stratum, NOVEMBER, at=at)
    for measure in MEASURES:
        rows, whole = divided[measure], average_of(measure, NOVEMBER)
        assert sum(row.average.n for row in rows) == whole.n
        assert sum(row.average.bank for row in rows) == whole.bank
        assert sum(row.average.zeros for row in rows) == whole.zeros
        assert sum(row.average.seconds for row in rows) == pytest.approx(whole.seconds)
        load = open_load(measure, at)
        assert sum(row.open.n for row in rows if row.open) == load.n
        assert sum(row.open.age_seconds for row in rows if row.open) == load.age_seconds
        left_out: dict[str, int] = {}
        for row in rows:
            for reason, number in row.excluded.items():
                left_out[reason] = left_out.get(reason, 0) + number
        assert left_out == excluded_in(NOVEMBER)


@pytest.mark.parametrize("stratum", STRATA)
def test_each_part_leads_to_just_its_tickets(mixed: list[Ticket], cast: Cast, stratum: str) -> None:
    for measure, rows in strata_of(stratum, NOVEMBER, at=minutes(110)).items():
        for row in rows:
            behind = tickets_behind(cast.sue, measure, NOVEMBER, stratum=stratum, key=row.key)
            if measure != "further_response":  # of which one ticket may have several
                assert behind.count() == row.average.n
            still = tickets_behind(cast.sue, measure, NOVEMBER, stratum=stratum, key=row.key, is_open=True)
            assert still.count() == (row.open.n if row.open else 0)
            for reason, number in row.excluded.items():
                assert tickets_left_out(cast.sue, reason, NOVEMBER, stratum=stratum, key=row.key).count() == number


def test_later_answers_are_a_measure_of_their_own(mixed: list[Ticket], cast: Cast) -> None:
    average = average_of("further_response", NOVEMBER)
    assert (average.n, average.mean, average.target, average.is_kept) == (1, 540, None, None)
    assert list(tickets_behind(cast.sue, "further_response", NOVEMBER)) == [mixed[0]]


def test_the_turns_stand_beside_the_resolution(mixed: list[Ticket]) -> None:
    average = counted_report(NOVEMBER, at=LATER).resolution.average
    assert average.mean == 7200
    assert (average.with_technicians, average.with_customer, average.with_developers) == (
        2 * 60 + 9 * 60,
        58 * 60 + 51 * 60,
        0,
    )
    assert average.without_waiting == 11 * 60
    assert average.all_day == 7200


def test_in_a_month_that_is_over_nothing_is_open(mixed: list[Ticket]) -> None:
    december = datetime(2026, 12, 5, tzinfo=UTC)
    assert all(row.open is None for row in strata_of("nature", NOVEMBER, at=december)["resolution"])


def test_nobody_who_may_not_see_reports_finds_tickets_behind_a_part(mixed: list[Ticket], cast: Cast) -> None:
    for person in (cast.paula, cast.dev):
        assert not tickets_behind(person, "first_response", NOVEMBER, stratum="nature", key="setup").exists()
        assert not tickets_left_out(person, "spam", NOVEMBER, stratum="nature", key="setup").exists()


@pytest.mark.parametrize("key", ["x", "-1", "9" * 30, "1; drop", "\x00", ""])
def test_a_key_that_is_none_finds_nothing_and_harms_nothing(mixed: list[Ticket], cast: Cast, key: str) -> None:
    key = key.replace("\x00", "")
    found = tickets_behind(cast.sue, "resolution", NOVEMBER, stratum="organisation", key=key)
    assert found.count() == 0


def test_an_unknown_stratum_is_a_clear_sentence() -> None:
    with pytest.raises(BadStratum, match="there are: nature, severity"):
        strata_of("colour", NOVEMBER, at=LATER)


def test_names_follow_the_reader(mixed: list[Ticket], cast: Cast) -> None:
    with translation.override("nl"):
        rows = strata_of("country", NOVEMBER, at=LATER)["first_response"]
    assert {row.key: row.label for row in rows}["NL"] == "Nederland"
    people = {row.label for row in strata_of("technician", NOVEMBER, at=LATER)["first_response"]}
    assert people >= {"Tess", "Tom", "nobody"}


def test_more_parts_cost_no_more_queries(mixed: list[Ticket], cast: Cast, django_assert_num_queries: Any) -> None:
    all_strata(NOVEMBER, at=LATER)
    with django_assert_num_queries(10):
        all_strata(NOVEMBER, at=LATER)
    for n, who in enumerate([cast.piet, cast.olaf, cast.paula]):
        cast.writes(who, minutes(130 + n))
    with django_assert_num_queries(10):
        all_strata(NOVEMBER, at=LATER)


def test_volumes_by_day_hour_and_length(mixed: list[Ticket]) -> None:
    assert [
        (day.on.isoformat(), day.opened, day.answered, day.resolved, day.left_out) for day in volumes_of(NOVEMBER)
    ] == [("2026-11-17", 4, 3, 1, 2)]
    assert [(hour.weekday, hour.hour, hour.opened) for hour in heat_of(NOVEMBER)] == [(1, 6, 3), (1, 7, 1)]
    assert heat_of(NOVEMBER)[0].mean_first_response == pytest.approx((120 + 240 + 1200) / 3)
    bins = histogram_of("first_response", NOVEMBER)
    assert {(one.since, one.until): one.n for one in bins if one.n} == {(120, 180): 1, (240, 300): 1, (900, 1800): 1}
    assert bins[-1].until is None and sum(one.n for one in bins) == 3
