"""A policy from a date: what follows, what stays, and a preview that is the deed itself, taken back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from mainstay.people.errors import NotAllowed
from mainstay.policy.errors import PolicyFaults
from mainstay.policy.reading import PolicySource
from mainstay.promises.actions import plan_alarm
from mainstay.promises.models import FurtherResponse, PolicyRevision, Promise
from mainstay.promises.queries import policy_in_force, revision_in_force
from mainstay.reports.errors import CannotHold
from mainstay.reports.models import FrozenMonth
from mainstay.reports.revising import Because, apply_policy, moment_in, preview_policy
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket, TicketEvent
from tests.cast import POLICY, Cast, make_cast

SAMPLE = POLICY.read_text(encoding="utf-8")
CLOSED = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTART;VALUE=DATE:20261117\nSUMMARY:Move\nEND:VEVENT\nEND:VCALENDAR\n"


def changed(*changes: tuple[str, str], calendars: dict[str, str] | None = None) -> PolicySource:
    text = SAMPLE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    return PolicySource(text, calendars or {})


FASTER = changed(('first_response = "5m"', 'first_response = "3m"'), ('resolution = "5h"', 'resolution = "4h"'))


def everything() -> list[Any]:
    """All that applying could change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (PolicyRevision, Promise, FurtherResponse, Ticket, TicketEvent)
    ]


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=3)


@pytest.fixture
def open_ticket(cast: Cast, now: datetime) -> Ticket:
    """Opened now, answered after four minutes, not resolved."""
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=4))
    return ticket


def test_from_now_on_only_new_tickets_are_under_it(cast: Cast, open_ticket: Ticket, later: datetime) -> None:
    told = apply_policy(FASTER, holds_from=later, by=cast.ada, at=later)
    assert (told.revision, told.rebound_count, told.waits, told.kept_counts) == (2, 0, False, {Because.OLDER: 1})
    assert [str(change) for change in told.changes] == [
        "targets.first_response: 5m → 3m",
        "targets.resolution: 5h → 4h",
    ]
    new = cast.writes(cast.olaf, later)
    open_ticket.refresh_from_db()
    assert (open_ticket.promise.revision.number, new.promise.revision.number) == (1, 2)
    assert (open_ticket.promise.first_response_target_seconds, new.promise.first_response_target_seconds) == (300, 180)


def test_a_date_ahead_waits(cast: Cast, open_ticket: Ticket, later: datetime) -> None:
    told = apply_policy(FASTER, holds_from=later + timedelta(days=20), by=cast.ada, at=later)
    assert (told.waits, told.rebound_count, [month.before == month.after for month in told.months]) == (True, 0, [True])
    assert revision_in_force(later) == cast.revision
    assert policy_in_force(later + timedelta(days=20)).targets.first_response == 180


def test_a_correction_measures_again_what_was_opened_since_and_is_not_resolved(
    cast: Cast, open_ticket: Ticket, now: datetime, later: datetime
) -> None:
    resolved = cast.writes(cast.olaf, now)
    actions.resolve_ticket(resolved, by=cast.tess, at=now + timedelta(minutes=30))
    before = cast.writes(cast.piet, now - timedelta(days=1))
    told = apply_policy(FASTER, holds_from=now, by=cast.ada, at=later)
    assert [
        (one.number, one.before.first_response_target, one.after.first_response_target) for one in told.rebound
    ] == [(open_ticket.number, 300, 180)]
    assert told.kept_counts == {Because.OLDER: 1, Because.RESOLVED: 1}
    targets = {one.number: one.promise for one in Ticket.objects.select_related("promise")}
    assert targets[open_ticket.number].first_response_target_seconds == 180
    assert targets[open_ticket.number].resolution_target_seconds == 4 * 3600
    assert targets[resolved.number].revision_id == targets[before.number].revision_id == cast.revision.pk
    [month] = told.months
    assert (month.before.first_response.average.target, month.after.first_response.average.target) == (300, 180)
    assert (month.before.first_response.average.bank, month.after.first_response.average.bank) == (60, -60)
    assert actions.recount_promises()[1] == []


def test_a_holiday_after_the_fact_stops_open_clocks_and_no_finished_one(
    cast: Cast, open_ticket: Ticket, now: datetime, later: datetime
) -> None:
    resolved = cast.writes(cast.olaf, now)
    actions.resolve_ticket(resolved, by=cast.tess, at=now + timedelta(hours=1))
    closed = changed(("calendar_files = []", 'calendar_files = ["move.ics"]'), calendars={"move.ics": CLOSED})
    told = apply_policy(closed, holds_from=now.replace(hour=0), by=cast.ada, at=later)
    assert [(one.before.age, one.after.age) for one in told.rebound] == [(3 * 3600, 0)]
    open_ticket.refresh_from_db()
    resolved.refresh_from_db()
    assert (open_ticket.promise.first_response_seconds, resolved.promise.resolution_seconds) == (0, 3600)
    assert open_ticket.promise.answered_out_of_hours
    assert "non_working_days.calendar_files[move.ics][2026-11-17]: added Move" in map(str, told.changes)
    assert actions.recount_promises()[1] == []


def test_the_next_alarm_is_planned_by_the_new_policy(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    assert ticket.promise.next_alarm_at == now + timedelta(minutes=1)
    quiet = changed(('first_response = ["1m", "3m", "4m"]', 'first_response = ["20m"]'), ("cap = 3", "cap = 100"))
    apply_policy(quiet, holds_from=now, by=cast.ada, at=now + timedelta(seconds=30))
    ticket.refresh_from_db()
    assert ticket.promise.next_alarm_at == now + timedelta(minutes=20)
    plan_alarm(ticket.promise)
    assert ticket.promise.next_alarm_at == now + timedelta(minutes=20)


def test_a_correction_ends_where_a_later_revision_begins(
    cast: Cast, open_ticket: Ticket, now: datetime, later: datetime
) -> None:
    apply_policy(FASTER, holds_from=now + timedelta(hours=1), by=None, at=later)
    second = cast.writes(cast.olaf, now + timedelta(hours=2))
    slower = changed(('first_response = "5m"', 'first_response = "9m"'))
    told = apply_policy(slower, holds_from=now, by=None, at=later)
    assert (told.until, [one.number for one in told.rebound]) == (now + timedelta(hours=1), [open_ticket.number])
    second.refresh_from_db()
    assert second.promise.first_response_target_seconds == 180
    assert policy_in_force(now + timedelta(minutes=30)).targets.first_response == 540


def test_tickets_whose_nature_or_severity_is_gone_keep_theirs_and_are_told(
    cast: Cast, now: datetime, later: datetime
) -> None:
    urgent, asks, plain = (cast.writes(one, now) for one in (cast.paula, cast.olaf, cast.piet))
    actions.classify_ticket(urgent, nature="setup", severity="critical", by=cast.tess, at=now)
    actions.classify_ticket(asks, nature="wiki", severity="normal", by=cast.tess, at=now)
    fewer = changed(('key = "critical"', 'key = "blocking"'), ('key = "wiki"', 'key = "reading"'))
    told = apply_policy(fewer, holds_from=now, by=cast.ada, at=later)
    assert [(one.number, one.because) for one in told.kept] == [
        (urgent.number, Because.NO_SEVERITY),
        (asks.number, Because.NO_NATURE),
    ]
    assert told.kept_counts == {Because.NO_NATURE: 1, Because.NO_SEVERITY: 1}
    assert [one.number for one in told.rebound] == [plain.number]


def test_the_place_in_the_queue_follows_the_order_of_severities(cast: Cast, now: datetime, later: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    assert ticket.urgency == 2
    swapped = changed(
        ('key = "normal"', 'key = "x"'), ('key = "high"', 'key = "normal"'), ('key = "x"', 'key = "high"')
    )
    apply_policy(swapped, holds_from=now, by=cast.ada, at=later)
    rank = ticket.rank
    ticket.refresh_from_db()
    assert ticket.urgency == 1
    assert ticket.rank < rank


@pytest.mark.parametrize("back", [timedelta(0), timedelta(hours=3), timedelta(days=3), -timedelta(days=30)])
def test_the_preview_tells_what_the_deed_tells_and_changes_nothing(
    cast: Cast, open_ticket: Ticket, now: datetime, later: datetime, back: timedelta
) -> None:
    cast.writes(cast.olaf, now - timedelta(days=2))
    actions.classify_ticket(cast.writes(cast.piet, now), nature="wiki", severity="low", by=cast.tess, at=now)
    source = changed(('first_response = "5m"', 'first_response = "1m"'), ('key = "wiki"', 'key = "reading"'))
    before = everything()
    told = preview_policy(source, holds_from=later - back, by=cast.ada, at=later)
    assert everything() == before
    assert apply_policy(source, holds_from=later - back, by=cast.ada, at=later) == told
    assert everything() != before


def test_an_earlier_month_whose_answers_change_is_told_too(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now + timedelta(minutes=4))
    december = datetime(2026, 12, 3, 12, tzinfo=UTC)
    told = apply_policy(FASTER, holds_from=now, by=cast.ada, at=december)
    assert [month.before.period.key for month in told.months] == ["2026-12", "2026-11"]
    assert [month.after.first_response.average.target for month in told.months] == [None, 180]


def test_one_stopped_in_the_middle_has_changed_nothing_and_then_does_all(
    cast: Cast, now: datetime, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mainstay.reports import revising

    for minute in range(5):
        cast.writes(cast.paula, now + timedelta(minutes=minute), subject=f"Lock {minute}")
    monkeypatch.setattr(revising, "BATCH", 2)
    measure_under, batches = revising._measure_under, []

    def killed_at_the_second(*given: Any) -> None:
        batches.append(given)
        if len(batches) == 2:
            raise KeyboardInterrupt
        measure_under(*given)

    before = everything()
    monkeypatch.setattr(revising, "_measure_under", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        apply_policy(FASTER, holds_from=now, by=cast.ada, at=later)
    assert everything() == before
    monkeypatch.setattr(revising, "_measure_under", measure_under)
    assert apply_policy(FASTER, holds_from=now, by=cast.ada, at=later).rebound_count == 5
    assert set(Promise.objects.values_list("first_response_target_seconds", flat=True)) == {180}


# --- what is refused: a clear sentence, nothing changed ---


@pytest.mark.parametrize(
    "before, after, said",
    [
        ('monday = ["06:00-22:00"]', 'monday = ["06:00-12:00", "11:00-22:00"]', "06:00-12:00 and 11:00-22:00 overlap"),
        ('monday = ["06:00-22:00"]', 'monday = ["24:00-08:00"]', "starts past the end of the day"),
        ('monday = ["06:00-22:00"]', 'monday = ["06:00-24:30"]', "ends past 24:00"),
        ('zone = "Etc/UTC"', 'zone = "Mars/Olympus"', "is not a zone of the IANA list"),
        ('first_response = "5m"', 'first_response = "0m"', "must be more than nothing"),
        ("calendar_files = []", 'calendar_files = ["gone.ics"]', "is not there: give the file along"),
        ("calendar_files = []", 'calendar_files = ["../../etc/passwd"]', "without a folder"),
        ("cap = 3", "cap = 0", "must be a whole number from 1 to 100"),
    ],
)
def test_a_policy_with_faults_is_refused(
    cast: Cast, open_ticket: Ticket, later: datetime, before: str, after: str, said: str
) -> None:
    stood = everything()
    for verb in (apply_policy, preview_policy):
        with pytest.raises(PolicyFaults) as caught:
            verb(changed((before, after)), holds_from=later, by=cast.ada, at=later)
        assert said in str(caught.value)
        assert all(fault.line for fault in caught.value.faults)
    assert everything() == stood


def test_hours_to_the_end_of_the_day_are_no_fault(cast: Cast, later: datetime) -> None:
    whole = changed(('monday = ["06:00-22:00"]', 'monday = ["00:00-24:00"]'))
    assert preview_policy(whole, holds_from=later, by=cast.ada, at=later).revision == 2


def test_a_holiday_in_the_past_changes_nothing_that_is_there(cast: Cast, open_ticket: Ticket, later: datetime) -> None:
    past = changed(("dates = []", "dates = [2026-11-16]"))
    told = preview_policy(past, holds_from=later, by=cast.ada, at=later)
    assert [str(change) for change in told.changes] == ["non_working_days.dates[2026-11-16].on: added 2026-11-16"]
    assert (told.rebound_count, [month.before == month.after for month in told.months]) == (0, [True])


def refused(cast: Cast, source: PolicySource, holds_from: datetime, at: datetime) -> str:
    stood = everything()
    with pytest.raises(CannotHold) as caught:
        apply_policy(source, holds_from=holds_from, by=cast.ada, at=at)
    with pytest.raises(CannotHold):
        preview_policy(source, holds_from=holds_from, by=cast.ada, at=at)
    assert everything() == stood
    return str(caught.value)


def test_a_moment_in_a_frozen_month_is_refused(cast: Cast, open_ticket: Ticket, now: datetime, later: datetime) -> None:
    FrozenMonth.objects.create(month="2026-10", frozen_at=now, figures={})
    end = datetime(2026, 11, 1, tzinfo=UTC)
    assert "2026-10 are published" in refused(cast, FASTER, end - timedelta(microseconds=1), later)
    assert preview_policy(FASTER, holds_from=end, by=cast.ada, at=later).rebound_count == 1


def test_moments_that_cannot_be_are_refused(cast: Cast, open_ticket: Ticket, now: datetime, later: datetime) -> None:
    first = cast.revision.holds_from
    assert "can hold before it" in refused(cast, FASTER, first - timedelta(seconds=1), later)
    assert "from that very moment" in refused(cast, FASTER, first, later)
    assert "holds then already, as revision 1" in refused(cast, PolicySource(SAMPLE), later, later)
    assert "2000 to 2199" in refused(cast, FASTER, datetime(2200, 1, 1, tzinfo=UTC), later)
    assert "2000 to 2199" in refused(cast, FASTER, datetime(1999, 12, 31, tzinfo=UTC), later)
    assert "time zone" in refused(cast, FASTER, later.replace(tzinfo=None), later)


def test_the_same_text_with_another_calendar_is_another_policy(cast: Cast, now: datetime, later: datetime) -> None:
    source = changed(("calendar_files = []", 'calendar_files = ["move.ics"]'), calendars={"move.ics": CLOSED})
    apply_policy(source, holds_from=now, by=cast.ada, at=later)
    moved = replace(source, calendars={"move.ics": CLOSED.replace("20261117", "20261118")})
    told = apply_policy(moved, holds_from=now + timedelta(seconds=1), by=cast.ada, at=later)
    assert [str(change) for change in told.changes] == [
        "non_working_days.calendar_files[move.ics][2026-11-18]: added Move",
        "non_working_days.calendar_files[move.ics][2026-11-17]: removed Move",
    ]


def test_who_may_not_manage_the_desk_changes_nothing(cast: Cast, later: datetime) -> None:
    for person in (cast.tess, cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            apply_policy(FASTER, holds_from=later, by=person, at=later)
    assert PolicyRevision.objects.count() == 1


@pytest.mark.parametrize(
    "text, moment",
    [
        ("2026-12-01", datetime(2026, 12, 1, tzinfo=UTC)),
        (" 2026-12-01T09:00+01:00 ", datetime(2026, 12, 1, 8, tzinfo=UTC)),
        ("2026-12-01T09:00Z", datetime(2026, 12, 1, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_date_in_utc_or_has_a_zone(text: str, moment: datetime) -> None:
    assert moment_in(text) == moment


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-13-01", "2026-02-30", "20261201", "2026-12-01T09:00", "0001-01-01T00:00+14:00", "9" * 500],
)
def test_other_moments_are_refused(text: str) -> None:
    with pytest.raises(CannotHold):
        moment_in(text)


def test_who_did_it_and_what_it_did_to_a_ticket_are_written_down(
    cast: Cast, open_ticket: Ticket, now: datetime, later: datetime
) -> None:
    apply_policy(FASTER, holds_from=now - timedelta(minutes=1), by=cast.ada, at=later)
    assert revision_in_force(later).by == cast.ada
    event = open_ticket.events.get(kind="revised")
    assert (event.by, event.at, event.facts) == (cast.ada, later, {"revision": 2})


@pytest.mark.django_db(transaction=True)
def test_two_who_put_the_same_policy_in_force_at_once_make_one_revision(now: datetime) -> None:
    """Who waited for the other sees what the other did."""
    cast, met, told = make_cast(now), Barrier(2), list[object]()

    def put(later: int) -> None:
        try:
            met.wait(10)
            apply_policy(FASTER, holds_from=now + timedelta(seconds=later), by=cast.ada, at=now + timedelta(minutes=1))
            told.append("done")
        except CannotHold:
            told.append("refused")
        finally:
            connection.close()

    both = [Thread(target=put, args=(n,)) for n in (5, 5)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(map(str, told)) == ["done", "refused"]
    assert PolicyRevision.objects.count() == 2
