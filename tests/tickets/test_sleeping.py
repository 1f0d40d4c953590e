"""Snooze: out of the open views, awake on its second or by its event; the promise knows nothing of it."""

from datetime import datetime, timedelta

import pytest

from mainstay.notifications.models import Notification
from mainstay.tickets import actions, events
from mainstay.tickets.actions.recording import locked, record
from mainstay.tickets.errors import (
    MomentIsOver,
    NoProblemToWaitFor,
    NotAsleep,
    NothingToSleepOn,
    NothingToTake,
    OverAlready,
    WaitsInACircle,
)
from mainstay.tickets.models import Snooze, Ticket
from mainstay.tickets.queries import next_alarm_at, next_moment_at, queue_for, ticket_for
from mainstay.tickets.ringing import ring_due_alarms, wake_due_tickets
from tests.cast import Cast
from tests.working import do_jobs

HOUR = timedelta(hours=1)


def asleep(cast: Cast, now: datetime, **until: object) -> Ticket:
    ticket = cast.writes(cast.paula, now)
    given = until or {"wakes_on": "moment", "wakes_at": now + HOUR}
    return actions.snooze_ticket(ticket, by=cast.tess, at=now, **given)  # type: ignore[arg-type]


def is_asleep(ticket: Ticket) -> bool:
    found = Ticket.objects.get(pk=ticket.pk)
    assert found.is_asleep == Snooze.objects.filter(ticket=ticket).exists()
    return found.is_asleep


def notices(cast: Cast) -> list[tuple[str, int]]:
    return [(one.kind, one.person_id) for one in Notification.objects.filter(kind__startswith="woke").order_by("pk")]


def test_what_sleeps_is_in_no_open_view_and_is_taken_by_nobody(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now)
    for view in ("open", "unassigned", "mine", "waiting"):
        assert queue_for(cast.tess, view).tickets == []
    assert queue_for(cast.tess, "asleep").tickets == [ticket]
    assert queue_for(cast.tess, "all").tickets == [ticket]
    with pytest.raises(NothingToTake):
        actions.take_next_ticket(by=cast.tess, at=now)


def test_it_is_awake_on_its_second_and_not_before(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now)
    actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)
    assert wake_due_tickets(now + HOUR - timedelta(seconds=1)) == 0
    assert (wake_due_tickets(now + HOUR), wake_due_tickets(now + HOUR)) == (1, 0)
    assert not is_asleep(ticket)
    assert notices(cast) == [("woke_at_moment", cast.tom.pk)]
    assert ticket.events.get(kind="woken").facts["woke"] == "moment"


def test_the_thread_that_rings_waits_no_longer_than_the_next_to_wake(cast: Cast, now: datetime) -> None:
    asleep(cast, now, wakes_on="moment", wakes_at=now + timedelta(seconds=2))
    assert next_moment_at() == now + timedelta(seconds=2)
    wake_due_tickets(now + timedelta(seconds=2))
    assert next_moment_at() == next_alarm_at()


@pytest.mark.parametrize("wakes_on", ["moment", "customer"])
def test_a_message_of_the_customer_always_wakes_it(cast: Cast, now: datetime, wakes_on: str) -> None:
    moment = now + HOUR if wakes_on == "moment" else None
    ticket = asleep(cast, now, wakes_on=wakes_on, wakes_at=moment)
    cast.writes(cast.paula, now + timedelta(minutes=1), thread=ticket.pk)
    assert not is_asleep(ticket)
    assert notices(cast) == [("woke_by_customer", cast.tess.pk)]
    assert queue_for(cast.tess, "open").tickets == [ticket]


def test_a_note_of_a_colleague_does_not_wake_it(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now, wakes_on="customer")
    actions.note_on_ticket(ticket, text="Hm.", by=cast.tom, at=now)
    assert is_asleep(ticket)


def test_it_wakes_when_its_problem_is_fixed(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(NoProblemToWaitFor):
        actions.snooze_ticket(ticket, wakes_on="problem", by=cast.tess, at=now)
    record(locked(ticket), events.PROBLEM_LINKED, by=cast.tess, at=now, problem="Noise")
    actions.snooze_ticket(ticket, wakes_on="problem", by=cast.tess, at=now)
    assert is_asleep(ticket)
    record(locked(ticket), events.PROBLEM_FIXED, by=cast.dev, at=now, problem="Noise", version="2.1")
    assert not is_asleep(ticket)
    assert notices(cast) == [("woke_by_problem", cast.tess.pk)]
    with pytest.raises(NoProblemToWaitFor):
        actions.snooze_ticket(ticket, wakes_on="problem", by=cast.tess, at=now)


def test_it_wakes_when_the_other_ticket_is_resolved(cast: Cast, now: datetime) -> None:
    other = cast.writes(cast.olaf, now)
    ticket = asleep(cast, now, wakes_on="ticket", waits_for=other)
    actions.resolve_ticket(other, by=cast.tom, at=now)
    do_jobs()
    assert not is_asleep(ticket)
    assert notices(cast) == [("woke_by_ticket", cast.tess.pk)]


def test_it_sleeps_on_when_the_other_was_opened_again_before_the_job(cast: Cast, now: datetime) -> None:
    other = cast.writes(cast.olaf, now)
    ticket = asleep(cast, now, wakes_on="ticket", waits_for=other)
    actions.resolve_ticket(other, by=cast.tom, at=now)
    actions.reopen_ticket(other, by=cast.tom, at=now)
    do_jobs()
    assert is_asleep(ticket)


def test_two_never_wait_for_each_other(cast: Cast, now: datetime) -> None:
    one, two, three = (cast.writes(cast.olaf, now) for _ in range(3))
    actions.snooze_ticket(one, wakes_on="ticket", waits_for=two, by=cast.tess, at=now)
    actions.snooze_ticket(two, wakes_on="ticket", waits_for=three, by=cast.tess, at=now)
    for other in (one, three):
        with pytest.raises(WaitsInACircle):
            actions.snooze_ticket(three, wakes_on="ticket", waits_for=other, by=cast.tess, at=now)


def test_what_is_over_is_not_waited_for_and_does_not_sleep(cast: Cast, now: datetime) -> None:
    one, two = cast.writes(cast.olaf, now), cast.writes(cast.olaf, now)
    actions.resolve_ticket(two, by=cast.tess, at=now)
    with pytest.raises(OverAlready):
        actions.snooze_ticket(one, wakes_on="ticket", waits_for=two, by=cast.tess, at=now)
    with pytest.raises(NothingToSleepOn):
        actions.snooze_ticket(two, wakes_on="customer", by=cast.tess, at=now)


@pytest.mark.parametrize("moment", [None, -HOUR, timedelta(0), timedelta(days=400)])
def test_a_moment_is_to_come_and_within_a_year(cast: Cast, now: datetime, moment: timedelta | None) -> None:
    ticket = cast.writes(cast.paula, now)
    with pytest.raises(MomentIsOver):
        actions.snooze_ticket(
            ticket, wakes_on="moment", wakes_at=None if moment is None else now + moment, by=cast.tess, at=now
        )


def test_resolving_it_ends_the_sleep_without_a_notice(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now)
    actions.resolve_ticket(ticket, by=cast.tess, at=now)
    assert (is_asleep(ticket), notices(cast)) == (False, [])


def test_it_is_woken_by_hand_once(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now)
    actions.wake_ticket(ticket, by=cast.tom, at=now)
    assert not is_asleep(ticket)
    with pytest.raises(NotAsleep):
        actions.wake_ticket(ticket, by=cast.tom, at=now)


def test_the_clock_runs_on_and_alarms_ring(cast: Cast, now: datetime) -> None:
    ticket = asleep(cast, now)
    due = next_alarm_at()
    assert due is not None
    assert ring_due_alarms(due) == 1
    assert is_asleep(ticket)
    assert Notification.objects.filter(kind="first_response_alarm").exists()
    actions.reply_to_ticket(ticket, text="Here.", by=cast.tess, at=now + HOUR)
    assert ticket_for(cast.tess, ticket.number).promise.first_response_seconds == 3600
