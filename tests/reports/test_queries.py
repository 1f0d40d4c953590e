"""Averages: worked examples, what is left out, what is still open; and the screen says what the command says."""

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.people.models import Organisation
from mainstay.promises.queries import policy_in_force
from mainstay.reports.charts import days_chart
from mainstay.reports.errors import BadPeriod
from mainstay.reports.periods import month_at, month_of
from mainstay.reports.queries import (
    average_of,
    month_report,
    open_load,
    standing,
    strata_of,
    tickets_behind,
    tickets_left_out,
)
from mainstay.tickets import actions
from tests.cast import Cast

MORNING = datetime(2026, 11, 17, 6, 0, tzinfo=UTC)
NOVEMBER = month_of("2026-11")


def answered_after(cast: Cast, minutes: float, at: datetime = MORNING) -> None:
    ticket = cast.writes(cast.paula, at)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=at + timedelta(minutes=minutes))


def test_twenty_quick_answers_and_one_bad_one_break_the_promise(cast: Cast) -> None:
    for _ in range(20):
        answered_after(cast, 4)
    answered_after(cast, 120)
    average = average_of("first_response", NOVEMBER)
    assert (average.n, round(average.mean / 60, 1), average.median, average.worst) == (21, 9.5, 240, 7200)
    assert (average.is_kept, average.bank) == (False, 20 * 60 - 115 * 60)


def test_three_fifths_quick_and_two_fifths_late_keep_it(cast: Cast) -> None:
    for minutes, many in ((3, 6), (7, 4)):
        for _ in range(many):
            answered_after(cast, minutes)
    average = average_of("first_response", NOVEMBER)
    assert (round(average.mean / 60, 1), average.is_kept) == (4.6, True)
    assert (average.bank >= 0) == (average.mean <= average.target)


def test_an_answer_counts_in_the_month_in_which_it_was_given(cast: Cast) -> None:
    last_evening = datetime(2026, 11, 30, 21, 59, tzinfo=UTC)
    ticket = cast.writes(cast.paula, last_evening)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=datetime(2026, 12, 1, 6, 2, tzinfo=UTC))
    assert average_of("first_response", NOVEMBER).n == 0
    assert average_of("first_response", month_of("2026-12")).mean == 180


def test_zeros_and_what_is_left_out_are_told(cast: Cast) -> None:
    night = MORNING.replace(hour=2)
    answered_after(cast, 10, night)
    cast.writes(cast.rita, MORNING)
    spam = cast.writes(cast.olaf, MORNING)
    actions.exclude_ticket(spam, reason="spam", by=cast.tess, at=MORNING)
    report = month_report(NOVEMBER, at=MORNING)
    assert (report.first_response.average.zeros, report.answered_out_of_hours) == (1, 1)
    assert report.excluded == {"refused": 1, "spam": 1}
    assert list(tickets_left_out(cast.sue, "spam", NOVEMBER)) == [spam]
    assert report.revisions == (1,)


def test_open_tickets_weigh_at_their_present_age(cast: Cast) -> None:
    for minutes in (0, 57):
        cast.writes(cast.paula, MORNING + timedelta(minutes=minutes))
    load = open_load("first_response", MORNING + timedelta(hours=1))
    assert (load.n, load.over_n, load.over_seconds) == (2, 1, 55 * 60)
    report = month_report(NOVEMBER, at=MORNING + timedelta(hours=1))
    assert report.first_response.bank == -55 * 60
    assert month_report(month_of("2026-10"), at=MORNING).first_response.open is None


def test_a_reopened_ticket_is_open_again_without_the_time_it_was_resolved(cast: Cast) -> None:
    ticket = cast.writes(cast.paula, MORNING)
    actions.resolve_ticket(ticket, by=cast.tess, at=MORNING + timedelta(hours=1))
    actions.reopen_ticket(ticket, by=cast.tess, at=MORNING + timedelta(hours=9))
    load = open_load("resolution", MORNING + timedelta(hours=14))
    assert load.over_seconds == 3600


def test_the_quiet_line_says_what_the_report_says(cast: Cast) -> None:
    answered_after(cast, 4)
    cast.writes(cast.olaf, MORNING)
    at = MORNING + timedelta(hours=1)
    line, report = standing(at, policy_in_force(at)), month_report(NOVEMBER, at=at)
    for key, measured in (("first_response", report.first_response), ("resolution", report.resolution)):
        average, brief = measured.average, line.month[key]
        assert (brief.n, brief.mean, brief.target, brief.bank) == (
            average.n,
            average.mean,
            average.target,
            average.bank,
        )
        assert line.bank[key] == measured.bank
    assert line.is_open
    assert line.changes_at == MORNING.replace(hour=22)


def test_the_command_says_what_the_page_says(cast: Cast, mainstay) -> None:
    answered_after(cast, 4)
    told = mainstay("report", "averages", "--month", "2026-11", "--json")
    report = month_report(NOVEMBER, at=MORNING)
    assert told["first_response"]["average"]["mean"] == report.first_response.average.mean == 240
    assert told["resolution"]["average"]["n"] == 0
    assert "mean 240 s" in mainstay("report", "averages", "--month", "2026-11").output
    assert "is no period" in mainstay("report", "averages", "--month", "2026-13").output


def test_every_figure_leads_to_its_tickets_and_only_for_those_who_see_reports(cast: Cast) -> None:
    answered_after(cast, 4)
    answered_after(cast, 9)
    shown = [ticket.promise.first_response_seconds for ticket in tickets_behind(cast.sue, "first_response", NOVEMBER)]
    assert shown == [540, 240]
    assert list(tickets_behind(cast.dev, "first_response", NOVEMBER)) == []
    assert list(tickets_behind(cast.paula, "first_response", NOVEMBER)) == []


@pytest.mark.parametrize("key", ["", "2026", "2026-00", "2026-13", "26-11", "1999-12", "2200-01", "x-y", "2026-11-01"])
def test_what_is_no_month_is_refused(key: str) -> None:
    with pytest.raises(BadPeriod):
        month_of(key)


def test_the_year_turns(cast: Cast) -> None:
    assert month_of("2026-12").end == datetime(2027, 1, 1, tzinfo=UTC)
    assert month_at(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)).key == "2026-12"


def test_the_chart_has_a_bar_a_day_and_nothing_that_a_strict_page_refuses(cast: Cast) -> None:
    answered_after(cast, 4)
    answered_after(cast, 6, MORNING + timedelta(days=1))
    drawn = days_chart(month_report(NOVEMBER, at=MORNING).first_response)
    assert drawn.count('class="bar"') == 2
    assert "<style" not in drawn
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert "17 November: 4.0 min (1 tickets)" in drawn
    assert days_chart(month_report(month_of("2026-01"), at=MORNING).first_response) == ""


def test_a_part_without_a_country_leads_to_its_tickets(cast: Cast) -> None:
    """Those of nobody's organisation, and those of one whose country nobody wrote down."""
    Organisation.objects.filter(pk=cast.elm.pk).update(country="")
    ticket = cast.writes(cast.olaf, MORNING)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=MORNING + timedelta(minutes=1))
    answered_after(cast, 4)
    at = MORNING + timedelta(hours=1)
    parts = {part.key: part.average.n for part in strata_of("country", NOVEMBER, at=at)["first_response"]}
    assert parts == {"": 1, "NL": 1}
    for key, n in parts.items():
        assert tickets_behind(cast.sue, "first_response", NOVEMBER, stratum="country", key=key).count() == n


def test_what_is_open_adds_when_it_is_answered_what_it_weighed_until_then(cast: Cast) -> None:
    """Also one that was resolved without an answer and re-opened: the time between counts in neither."""
    ticket = cast.writes(cast.paula, MORNING)
    actions.resolve_ticket(ticket, by=cast.tess, at=MORNING + timedelta(minutes=1))
    actions.reopen_ticket(ticket, by=cast.tess, at=MORNING + timedelta(minutes=101))
    at = MORNING + timedelta(minutes=103)
    before = month_report(NOVEMBER, at=at).first_response
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=at)
    after = month_report(NOVEMBER, at=at).first_response
    assert before.if_finished_now == after.average.mean == 180
