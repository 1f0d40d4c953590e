"""Alarms ring once, on their second, for the right people: whoever else works, dies or sets the clock meanwhile."""

import json
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mainstay.duty.actions import leave_sign
from mainstay.lib import faults
from mainstay.notifications.models import Notification
from mainstay.people.models import Person
from mainstay.promises.actions import plan_alarm, put_policy_in_force
from mainstay.promises.alarms import Circle
from mainstay.promises.models import Promise
from mainstay.tickets import actions
from mainstay.tickets.actions import ringing as ringing_actions
from mainstay.tickets.actions.ringing import receivers
from mainstay.tickets.models import Ticket, TicketEvent
from mainstay.tickets.queries import alarms_due, next_alarm_at, tickets_without_alarm
from mainstay.tickets.ringing import ring_alarms_until, ring_due_alarms, seconds_to_wait
from tests.cast import POLICY, Cast, make_cast
from tests.conftest import NOW

ALARMS = [
    "first_response_alarm",
    "first_response_cap",
    "resolution_alarm",
    "resolution_cap",
]


def seconds(n: float) -> timedelta:
    return timedelta(seconds=n)


def on_duty(at: datetime, *people: Person) -> None:
    for person in people:
        leave_sign(person, at=at)


def rung(ticket: Ticket) -> list[tuple[str, datetime, datetime]]:
    """What was recorded: the alarm, when it was due, when it rang."""
    found = TicketEvent.objects.filter(ticket=ticket, kind__in=ALARMS).order_by("pk")
    return [(one.facts["alarm"], datetime.fromisoformat(one.facts["due"]), one.at) for one in found]


def told(ticket: Ticket) -> dict[str, list[str]]:
    """Who was told of which alarm of this ticket."""
    found: dict[str, list[str]] = {}
    for notice in Notification.objects.filter(subject=ticket.topic).select_related("person").order_by("pk"):
        found.setdefault(notice.key, []).append(notice.person.name)
    return found


def promise_of(ticket: Ticket) -> Promise:
    return Promise.objects.get(pk=ticket.promise_id)


# --- what rings ---------------------------------------------------------------------------------------------------


def test_an_alarm_rings_on_its_second_and_once(cast: Cast, now: datetime) -> None:
    on_duty(now, cast.tess, cast.tom)
    ticket = cast.writes(cast.paula, now)
    assert ring_due_alarms(now + seconds(59.999)) == 0
    assert ring_due_alarms(now + seconds(60)) == 1
    assert ring_due_alarms(now + seconds(60)) == ring_due_alarms(now + seconds(179)) == 0
    assert rung(ticket) == [("first_response:60", now + seconds(60), now + seconds(60))]
    assert promise_of(ticket).alarms_told == ["first_response:60"]
    assert promise_of(ticket).next_alarm_at == now + seconds(180)


def test_what_passed_while_nobody_looked_is_one_notice_with_its_true_moment(cast: Cast, now: datetime) -> None:
    on_duty(now, cast.tess)
    ticket = cast.writes(cast.paula, now)
    back = now + timedelta(minutes=10)
    assert ring_due_alarms(back) == 1
    assert rung(ticket) == [("first_response:240", now + seconds(240), back)]
    assert promise_of(ticket).alarms_told == ["first_response:60", "first_response:180", "first_response:240"]
    assert told(ticket) == {"first_response:240": ["Tess", "Sue"]}


def test_an_answer_in_time_means_silence_until_the_resolution(cast: Cast, now: datetime) -> None:
    on_duty(now, cast.tess)
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="Try this.", by=cast.tess, at=now + seconds(50))
    assert ring_due_alarms(now + timedelta(hours=2)) == 0
    assert promise_of(ticket).next_alarm_at == now + timedelta(hours=2, minutes=30)
    on_duty(now + timedelta(hours=2, minutes=30), cast.tess)
    assert ring_due_alarms(now + timedelta(hours=2, minutes=30)) == 1
    assert rung(ticket)[-1][0] == "resolution:50%"
    actions.resolve_ticket(ticket, by=cast.tess, at=now + timedelta(hours=3))
    assert promise_of(ticket).next_alarm_at is None
    assert ring_due_alarms(now + timedelta(days=30)) == 0


def test_an_answer_between_due_and_ringing_is_seen_under_the_lock(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    at = now + seconds(61)
    due = alarms_due(at)
    actions.reply_to_ticket(ticket, text="Here.", by=cast.tess, at=at)
    assert [actions.ring_alarms(key, at=at) for key in due] == [False]
    assert rung(ticket) == []


@pytest.mark.parametrize("act", ["spam", "resolved", "merged"])
def test_a_ticket_that_is_put_away_is_silent(cast: Cast, now: datetime, act: str) -> None:
    ticket, other = cast.writes(cast.paula, now), cast.writes(cast.paula, now)
    actions.reply_to_ticket(other, text="Yes", by=cast.tess, at=now)
    if act == "spam":
        actions.exclude_ticket(ticket, reason="spam", by=cast.tess, at=now)
    elif act == "resolved":
        actions.resolve_ticket(ticket, by=cast.tess, at=now)
    else:
        actions.merge_ticket(ticket, into=other, by=cast.tess, at=now)
    ring_due_alarms(now + timedelta(hours=1))
    assert rung(ticket) == []


def test_a_closed_ticket_that_still_counts_is_silent_too(cast: Cast, now: datetime) -> None:
    """A policy may leave spam in the averages; still nobody is called to it."""
    ticket = cast.writes(cast.paula, now)
    Ticket.objects.filter(pk=ticket.pk).update(state="closed")
    assert ring_due_alarms(now + timedelta(hours=1)) == 0
    assert promise_of(ticket).next_alarm_at is None


def test_a_reopened_ticket_goes_on_with_what_was_told(cast: Cast, now: datetime) -> None:
    on_duty(now, cast.tess)
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="Yes.", by=cast.tess, at=now + seconds(30))
    ring_due_alarms(now + timedelta(hours=3))
    actions.resolve_ticket(ticket, by=cast.tess, at=now + timedelta(hours=3))
    actions.reopen_ticket(ticket, by=cast.tess, at=now + timedelta(hours=5))
    assert promise_of(ticket).alarms_told == ["resolution:50%"]
    assert promise_of(ticket).next_alarm_at == now + timedelta(hours=6)  # 80 %: four hours, and two without it


def test_a_new_class_moves_the_next_alarm(cast: Cast, now: datetime) -> None:
    text = POLICY.read_text(encoding="utf-8").replace(
        "# Other targets by nature",
        '[targets.table.any]\ncritical = { resolution = "1h" }\n\n# Other targets by nature',
    )
    put_policy_in_force(text, holds_from=now, at=now)
    ticket = cast.writes(cast.paula, now)
    actions.reply_to_ticket(ticket, text="Yes.", by=cast.tess, at=now + seconds(30))
    assert promise_of(ticket).next_alarm_at == now + timedelta(hours=2, minutes=30)
    actions.classify_ticket(ticket, nature="setup", severity="critical", by=cast.tess, at=now + seconds(60))
    assert promise_of(ticket).next_alarm_at == now + timedelta(minutes=30)


def test_a_change_of_policy_rings_nothing_twice(cast: Cast, now: datetime) -> None:
    on_duty(now, cast.tess)
    ticket = cast.writes(cast.paula, now)
    ring_due_alarms(now + seconds(180))
    text = POLICY.read_text(encoding="utf-8")
    head, mark, rest = text.partition("[alarms]\n")
    tail = rest[rest.index("\n[") :] if mark else ""
    finer = f'{head}\n[alarms]\nfirst_response = ["30s", "2m", "3m30s"]\n{tail}'
    revision, _new = put_policy_in_force(finer, holds_from=now, at=now)
    promise = promise_of(ticket)
    promise.revision = revision
    promise.save()
    plan_alarm(promise)
    assert promise_of(ticket).next_alarm_at == now + seconds(210)
    ring_due_alarms(now + seconds(300))
    assert [alarm for alarm, _due, _at in rung(ticket)] == ["first_response:180", "first_response:210"]


def test_caps_raise_the_ticket_in_the_queue(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    on_duty(now, cast.tess)
    ranks = []
    for minute in (14, 15, 30, 45, 60):
        ring_due_alarms(now + timedelta(minutes=minute))
        ranks.append(Ticket.objects.get(pk=ticket.pk).rank)
    assert ranks == [4, 2, 0, 0, 0]  # normal is the third severity: two caps to the top


def test_the_rest_of_the_ticket_is_as_it_was(cast: Cast, now: datetime) -> None:
    """Nobody did anything: what shows the newest change first does not move."""
    ticket = cast.writes(cast.paula, now)
    before = Ticket.objects.values().get(pk=ticket.pk)
    ring_due_alarms(now + seconds(60))
    assert Ticket.objects.values().get(pk=ticket.pk) == before


def test_open_browsers_hear_it_and_so_do_those_who_are_told(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_duty(now, cast.tess)
    ticket = cast.writes(cast.paula, now)
    heard: list[str] = []
    for place in ("mainstay.tickets.actions.ringing.announce", "mainstay.notifications.actions.announce"):
        monkeypatch.setattr(place, lambda *topics: heard.extend(topics))
    ring_due_alarms(now + seconds(60))
    assert sorted(heard) == sorted(["queue", ticket.topic, f"person:{cast.tess.pk}"])


# --- whom it concerns -----------------------------------------------------------------------------------------------

ANN, BEN, SUE = (Person(pk=key, name=name) for key, name in ((1, "Ann"), (2, "Ben"), (3, "Sue")))
EXPECTED = [
    # circle, assignee, on duty, told
    (Circle.ASSIGNEE, ANN, [ANN, BEN], [ANN]),
    (Circle.ASSIGNEE, ANN, [BEN], [BEN]),
    (Circle.ASSIGNEE, None, [ANN, BEN], [ANN, BEN]),
    (Circle.ASSIGNEE, ANN, [], [SUE]),
    (Circle.TEAM, ANN, [ANN, BEN], [ANN, BEN]),
    (Circle.TEAM, None, [], [SUE]),
    (Circle.SUPERVISORS, ANN, [ANN, BEN], [ANN, BEN, SUE]),
    (Circle.SUPERVISORS, ANN, [SUE, BEN], [SUE, BEN]),
    (Circle.SUPERVISORS, None, [], [SUE]),
]


@pytest.mark.parametrize(("circle", "assignee", "duty", "expected"), EXPECTED)
def test_who_is_told(circle: Circle, assignee: Person | None, duty: list[Person], expected: list[Person]) -> None:
    assert receivers(circle, assignee=assignee, on_duty=duty, supervisors=[SUE]) == expected


# --- twice, never, and the clock ------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_rings_nothing_twice_and_nothing_never(cast: Cast, now: datetime, jump: timedelta) -> None:
    """The clock is wrong from two minutes on, and is set right again after five."""
    with time_machine.travel(now, tick=False):
        on_duty(now, cast.tess)
        ticket = cast.writes(cast.paula, now)
    for second in range(30, 1200, 30):
        wall = now + seconds(second) + (jump if 120 <= second < 300 else seconds(0))
        with time_machine.travel(wall, tick=False):
            ring_due_alarms(timezone.now())
    keys = [alarm for alarm, _due, _at in rung(ticket)]
    assert len(keys) == len(set(keys))
    assert set(promise_of(ticket).alarms_told) >= {
        "first_response:60",
        "first_response:180",
        "first_response:240",
        "first_response:cap1",
    }
    assert all(due == now + seconds(60) for alarm, due, _at in rung(ticket) if alarm == "first_response:60")
    everybody = Notification.objects.values_list("person", "key")
    assert len(everybody) == len(set(everybody))
    assert set(told(ticket)) == set(keys)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (None, 0.5),
        (timedelta(seconds=9), 0.5),
        (timedelta(seconds=0.2), 0.2),
        (timedelta(0), 0.1),
        (-timedelta(9), 0.1),
    ],
)
def test_the_thread_sleeps_until_the_next_alarm_and_half_a_second_at_most(due: Any, expected: float) -> None:
    assert seconds_to_wait(None if due is None else NOW + due, NOW) == pytest.approx(expected)


def test_one_that_cannot_be_rung_keeps_no_other_waiting(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    real = ringing_actions.rank_again

    def stumbling(ticket: Ticket) -> None:
        if ticket.pk == bad.pk:
            raise RuntimeError("no rank")
        real(ticket)

    monkeypatch.setattr(ringing_actions, "rank_again", stumbling)
    assert ring_due_alarms(now + seconds(60)) == 1
    assert (rung(bad), len(rung(good))) == ([], 1)
    assert "could not be rung" in caplog.text
    monkeypatch.setattr(ringing_actions, "rank_again", real)
    assert ring_due_alarms(now + seconds(120)) == 1
    assert [(alarm, due) for alarm, due, _at in rung(bad)] == [("first_response:60", now + seconds(60))]


def test_a_worker_that_is_killed_while_ringing_leaves_nothing_half(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = cast.writes(cast.paula, now)

    def killed(point: str) -> None:
        raise KeyboardInterrupt(point)

    monkeypatch.setattr(faults, "hit", killed)
    with pytest.raises(KeyboardInterrupt):
        ring_due_alarms(now + seconds(60))
    monkeypatch.undo()
    assert (rung(ticket), told(ticket), promise_of(ticket).alarms_told) == ([], {}, [])
    assert ring_due_alarms(now + seconds(75)) == 1
    assert rung(ticket) == [("first_response:60", now + seconds(60), now + seconds(75))]


# --- tickets that were never watched --------------------------------------------------------------------------------


def test_tickets_of_an_older_version_are_watched_from_now_on(cast: Cast, now: datetime) -> None:
    old, answered, done = (cast.writes(cast.paula, now) for _ in range(3))
    actions.reply_to_ticket(answered, text="Yes.", by=cast.tess, at=now)
    actions.resolve_ticket(done, by=cast.tess, at=now)
    Promise.objects.update(next_alarm_at=None)
    at = now + timedelta(minutes=16)
    assert actions.set_missing_alarms(at=at) == 2
    assert (rung(old), told(old)) == ([], {})
    assert promise_of(old).alarms_told[-1] == "first_response:cap1"
    assert promise_of(old).next_alarm_at == now + timedelta(minutes=30)
    assert Ticket.objects.get(pk=old.pk).rank == 2
    assert promise_of(answered).next_alarm_at == now + timedelta(hours=2, minutes=30)
    assert promise_of(done).next_alarm_at is None
    assert actions.set_missing_alarms(at=at) == 0


def test_a_desk_that_never_opens_again_is_looked_through_once(cast: Cast, now: datetime) -> None:
    cast.writes(cast.paula, now)
    Promise.objects.update(next_alarm_at=None)
    monday = POLICY.read_text(encoding="utf-8").replace('["06:00-22:00"]', "[]")
    closed = monday.replace("special_days = []", 'special_days = [{ on = 2026-11-16, open = ["06:00-10:02"] }]')
    revision, _new = put_policy_in_force(closed, holds_from=now, at=now)
    Promise.objects.update(revision=revision)
    assert actions.set_missing_alarms(at=now) == 1
    assert tickets_without_alarm(0, 10) != []


# --- two workers, threads and speed ---------------------------------------------------------------------------------


@pytest.fixture
def desk(transactional_db: None) -> Any:
    yield make_cast(NOW)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


def in_threads(work: Any, number: int) -> None:
    def closing() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=closing) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def test_two_workers_ring_each_alarm_once(desk: Cast) -> None:
    tickets = [desk.writes(desk.paula, NOW) for _ in range(12)]
    on_duty(NOW, desk.tess)

    def all_day() -> None:
        for _ in range(6):
            ring_due_alarms(NOW + seconds(60))

    in_threads(all_day, 3)
    assert [[alarm for alarm, _due, _at in rung(ticket)] for ticket in tickets] == [["first_response:60"]] * 12
    assert Notification.objects.count() == 12


def test_a_ticket_that_somebody_holds_is_rung_when_it_is_let_go(desk: Cast) -> None:
    ticket = desk.writes(desk.paula, NOW)
    found: list[int] = []
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=ticket.pk)
        in_threads(lambda: found.append(ring_due_alarms(NOW + seconds(60))), 1)
    assert found == [0]
    assert ring_due_alarms(NOW + seconds(61)) == 1


def test_the_thread_rings_within_a_second_and_ends_when_it_is_told(desk: Cast) -> None:
    ticket = desk.writes(desk.paula, NOW)
    Promise.objects.filter(pk=ticket.promise_id).update(next_alarm_at=None)
    stopped = threading.Event()
    # The desk's own time runs from fifty-nine seconds after the opening on.
    with time_machine.travel(NOW + seconds(59.2), tick=True):
        Promise.objects.filter(pk=ticket.promise_id).update(next_alarm_at=NOW + seconds(60))
        thread = threading.Thread(target=ring_alarms_until, args=(stopped,))
        thread.start()
        end = time.monotonic() + 8
        while not rung(ticket) and time.monotonic() < end:
            time.sleep(0.02)
        stopped.set()
        thread.join(5)
    assert not thread.is_alive()
    [(alarm, due, at)] = rung(ticket)
    assert (alarm, due) == ("first_response:60", NOW + seconds(60))
    assert seconds(0) <= at - due < seconds(1)


def test_looking_for_the_next_alarm_is_one_step_in_an_index(cast: Cast, now: datetime) -> None:
    fill(cast, now, 10_000)
    with connection.cursor() as cursor:
        for query in queries_of_the_thread(now):
            cursor.execute(f"explain (format json, analyze) {query}")
            plan = cursor.fetchone()[0]
            plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]
            scanned = [
                node["Node Type"] for node in nodes(plan["Plan"]) if node.get("Relation Name", "").endswith("promise")
            ]
            assert set(scanned) <= {"Index Scan", "Index Only Scan"}, plan
            names = [node["Index Name"] for node in nodes(plan["Plan"]) if "Index Name" in node]
            assert "promises_next_alarm" in names
            assert plan["Execution Time"] < 10


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in nodes(child))]


def queries_of_the_thread(now: datetime) -> list[str]:
    """What the thread asks at each look."""
    with CaptureQueriesContext(connection) as captured:
        assert next_alarm_at() is not None
        assert len(alarms_due(now)) == 50
    return [query["sql"] for query in captured.captured_queries]


def fill(cast: Cast, now: datetime, number: int) -> None:
    """So many open tickets, a hundred of them with an alarm that is due."""
    ticket = cast.writes(cast.paula, now - timedelta(hours=1))
    actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now)
    first = promise_of(ticket).pk
    with connection.cursor() as cursor:
        copied = "revision_id, opened_at, opened_stamp, first_response_target_seconds, resolution_target_seconds"
        rest = [
            one.column
            for one in Promise._meta.concrete_fields
            if one.column not in {"id", "next_alarm_at", *copied.split(", ")}
        ]
        columns = ", ".join([*copied.split(", "), *rest])
        cursor.execute(
            f"insert into promises_promise ({columns}, next_alarm_at)"
            f" select {columns}, %s::timestamptz + make_interval(mins => n - 100)"
            " from promises_promise, generate_series(1, %s) n where id = %s",
            [now, number, first],
        )
        cursor.execute("analyze promises_promise")
    assert next_alarm_at() == now - timedelta(minutes=99)
