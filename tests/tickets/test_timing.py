"""Time spent on a ticket: read as people write it, noted, taken back, moved with a merge; never mixed with the promise."""

from datetime import datetime, timedelta

import pytest

from mainstay.audit.models import SettingChange
from mainstay.people.errors import NotAllowed
from mainstay.promises.models import Promise
from mainstay.tickets import actions
from mainstay.tickets.errors import MergedAway, NotCounted, NoTime, NotYourTime, TimeGone, TimeNoteTooLong
from mainstay.tickets.models import Ticket, TimeSpent
from mainstay.tickets.queries import counts_time, time_for, times_of
from mainstay.tickets.rules import minutes_in
from tests.cast import Cast


@pytest.fixture
def counted(cast: Cast, now: datetime) -> None:
    actions.count_time(is_on=True, by=cast.ada, at=now)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("20", 20), (" 20 min ", 20), ("1:30", 90), ("1h30", 90), ("1 h 05", 65), ("2h", 120), ("2 uur", 120), ("24:00", 1440), ("90", 90)],
)  # fmt: skip
def test_time_is_read_as_people_write_it(text: str, minutes: int) -> None:
    assert minutes_in(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "0", "0:00", "-5", "1:75", "24:01", "1441", "1.5", "ten", "1:2:3", "٢٠", "9" * 400]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(NoTime):
        minutes_in(text)


def test_time_is_noted_and_taken_back_by_who_noted_it(cast: Cast, now: datetime, counted: None) -> None:
    ticket = cast.writes(cast.paula, now)
    before = Promise.objects.values().get(ticket=ticket)
    actions.spend_time(ticket, spent="1:30", note="  Rewired\nthe lock ", by=cast.tess, at=now + timedelta(hours=1))
    actions.spend_time(ticket, spent="5", note="", by=cast.tom, at=now + timedelta(hours=2))
    entries = times_of(ticket)
    assert [(one.by, one.minutes, one.note) for one in entries] == [
        (cast.tess, 90, "Rewired the lock"),
        (cast.tom, 5, ""),
    ]
    assert Promise.objects.values().get(ticket=ticket) == before
    with pytest.raises(NotYourTime):
        actions.take_time_back(entries[0], by=cast.tom, at=now)
    actions.take_time_back(entries[0], by=cast.tess, at=now + timedelta(hours=3))
    assert times_of(ticket) == entries[1:]
    with pytest.raises(TimeGone):
        actions.take_time_back(entries[0], by=cast.tess, at=now)
    kinds = list(ticket.events.order_by("pk").values_list("kind", flat=True))[-3:]
    assert kinds == ["time_spent", "time_spent", "time_taken_back"]


def test_what_can_not_be_noted_is_refused_and_nothing_is_kept(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(NotCounted):
        actions.spend_time(ticket, spent="5", note="", by=cast.tess, at=now)
    actions.count_time(is_on=True, by=cast.ada, at=now)
    with pytest.raises(TimeNoteTooLong):
        actions.spend_time(ticket, spent="5", note="x" * 301, by=cast.tess, at=now)
    for stranger in (cast.dev, cast.paula):
        with pytest.raises(NotAllowed):
            actions.spend_time(ticket, spent="5", note="", by=stranger, at=now)
    other = cast.writes(cast.paula, now)
    actions.merge_ticket(ticket, into=other, by=cast.tess, at=now)
    with pytest.raises(MergedAway):
        actions.spend_time(Ticket.objects.get(pk=ticket.pk), spent="5", note="", by=cast.tess, at=now)
    assert not TimeSpent.objects.exists()


def test_time_goes_with_a_merge_and_comes_back(cast: Cast, now: datetime, counted: None) -> None:
    ticket, into = cast.writes(cast.paula, now), cast.writes(cast.paula, now)
    actions.spend_time(ticket, spent="5", note="", by=cast.tess, at=now)
    actions.spend_time(into, spent="7", note="", by=cast.tess, at=now)
    actions.merge_ticket(ticket, into=into, by=cast.tess, at=now + timedelta(minutes=1))
    assert [one.minutes for one in times_of(into)] == [5, 7]
    actions.unmerge_ticket(Ticket.objects.get(pk=ticket.pk), by=cast.tess, at=now + timedelta(minutes=2))
    assert ([one.minutes for one in times_of(ticket)], [one.minutes for one in times_of(into)]) == ([5], [7])


def test_switching_it_on_stands_in_the_log_once(cast: Cast, now: datetime) -> None:
    assert not counts_time()
    for _time in range(2):
        actions.count_time(is_on=True, by=cast.ada, at=now)
    assert counts_time()
    assert [(one.by_key, one.after) for one in SettingChange.objects.filter(noun="time_spent")] == [
        (cast.ada.pk, {"is_on": True})
    ]
    with pytest.raises(NotAllowed):
        actions.count_time(is_on=False, by=cast.tess, at=now)


def test_customers_see_nothing_of_it(cast: Cast, now: datetime, counted: None) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.spend_time(ticket, spent="5", note="", by=cast.tess, at=now)
    entry = times_of(ticket)[0]
    assert (time_for(cast.tess, entry.pk), time_for(cast.paula, entry.pk)) == (entry, None)
