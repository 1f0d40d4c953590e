"""A customer waits: who hears of it, when, and how often; told by the desk's own time, nights and weekends included."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from mainstay.duty.actions import leave_sign
from mainstay.lib import faults
from mainstay.notifications.models import Notification
from mainstay.people.models import Person
from mainstay.promises.actions import put_policy_in_force
from mainstay.tickets import actions
from mainstay.tickets.models import Ticket, TicketEvent
from mainstay.tickets.ringing import ring_due_alarms
from tests.cast import POLICY, Cast, make_cast
from tests.running import ROOT, until
from tests.working import do_jobs


class Day:
    """The desk lives through a stretch of time: each second that matters is looked at, the team is at work in its hours."""

    def __init__(self, cast: Cast, *present: Person) -> None:
        self.cast, self.present = cast, present

    def pass_from(self, start: datetime, seconds: int, step: int = 1) -> None:
        for second in range(0, seconds + 1, step):
            at = start + timedelta(seconds=second)
            if second % 60 == 0:
                for person in self.present:
                    leave_sign(person, at=at)
            ring_due_alarms(at)


def heard(ticket: Ticket) -> list[tuple[str, str, datetime]]:
    """Who heard of what, when; in order."""
    found = Notification.objects.filter(subject=ticket.topic).select_related("person").order_by("at", "person__name")
    return [(notice.person.name, notice.key.partition(":")[2], notice.at) for notice in found]


def test_nobody_answers_and_the_circle_widens(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    actions.assign_ticket(ticket, to=cast.tess, by=cast.sue, at=now)
    Day(cast, cast.tess, cast.tom).pass_from(now, 320)
    at = {step: now + timedelta(seconds=step) for step in (60, 180, 240)}
    assert heard(ticket) == [
        ("Tess", "60", at[60]),
        ("Tess", "180", at[180]),
        ("Tom", "180", at[180]),
        ("Sue", "240", at[240]),
        ("Tess", "240", at[240]),
        ("Tom", "240", at[240]),
    ]
    told = TicketEvent.objects.filter(ticket=ticket, kind="first_response_alarm").order_by("pk")
    assert [datetime.fromisoformat(event.facts["due"]) for event in told] == list(at.values())


def test_a_ticket_of_nobody_is_everybody_s(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    Day(cast, cast.tess, cast.tom).pass_from(now, 61)
    assert [(who, key) for who, key, _at in heard(ticket)] == [("Tess", "60"), ("Tom", "60")]


def test_where_nobody_is_there_the_supervisor_hears_the_first_already(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    Day(cast).pass_from(now, 61)
    assert [(who, key) for who, key, _at in heard(ticket)] == [("Sue", "60")]


def test_an_answer_in_time_is_followed_by_silence(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.paula, now)
    day = Day(cast, cast.tess)
    day.pass_from(now, 50)
    actions.reply_to_ticket(ticket, text="Try this.", by=cast.tess, at=now + timedelta(seconds=50))
    do_jobs()
    day.pass_from(now + timedelta(seconds=50), 2 * 3600, step=30)
    assert heard(ticket) == []


def test_friday_evening_s_alarm_rings_on_monday_morning(cast: Cast, now: datetime) -> None:
    friday = datetime(2026, 11, 20, 21, 59, 15, tzinfo=UTC)
    ticket = cast.writes(cast.paula, friday)
    day = Day(cast, cast.tess)
    day.pass_from(friday, 3600, step=5)
    day.pass_from(datetime(2026, 11, 21, 0, 0, tzinfo=UTC), 2 * 86_400, step=1800)
    assert heard(ticket) == []
    day.pass_from(datetime(2026, 11, 23, 5, 59, 50, tzinfo=UTC), 30)
    assert heard(ticket) == [("Tess", "60", datetime(2026, 11, 23, 6, 0, 15, tzinfo=UTC))]


@pytest.mark.parametrize("sunday", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
def test_the_weekend_on_which_london_sets_its_clocks_changes_nothing(cast: Cast, sunday: datetime) -> None:
    text = POLICY.read_text(encoding="utf-8")
    put_policy_in_force(text + "\n", holds_from=sunday - timedelta(days=9), at=sunday)
    friday = sunday - timedelta(days=2) + timedelta(hours=21, minutes=59, seconds=30)
    ticket = cast.writes(cast.paula, friday)
    monday = sunday + timedelta(days=1, hours=6)
    Day(cast, cast.tess).pass_from(monday - timedelta(seconds=5), 60)
    assert heard(ticket)[0] == ("Tess", "60", monday + timedelta(seconds=30))


def test_the_supervisor_s_mails_are_few_and_hold_everything(cast: Cast, now: datetime) -> None:
    """Ten tickets, nobody there: each alarm is on the screen, and one mail in five minutes carries them."""
    from mainstay.notifications.models import NoticeMail

    for _ in range(10):
        cast.writes(cast.paula, now)
    for second in range(0, 600, 20):
        at = now + timedelta(seconds=second)
        with time_machine.travel(at, tick=False):
            ring_due_alarms(at)
            run_jobs_due(at)
    mails = list(NoticeMail.objects.order_by("pk"))
    assert [mail.created_at - now for mail in mails] == [timedelta(seconds=60), timedelta(seconds=360)]
    assert Notification.objects.filter(person=cast.sue, mail=None).count() == 0
    assert Notification.objects.filter(person=cast.sue).count() == 30


def run_jobs_due(at: datetime) -> None:
    """The jobs of notices that are due by the desk's time, which is not the database's."""
    from procrastinate.contrib.django import app

    with connection.cursor() as cursor:
        cursor.execute(
            "delete from procrastinate_jobs where task_name like 'notifications.%%'"
            " and coalesce(scheduled_at, %s) <= %s returning task_name, args",
            [at, at],
        )
        found = cursor.fetchall()
    for name, arguments in found:
        app.tasks[name].func(**(json.loads(arguments) if isinstance(arguments, str) else arguments))


# --- a worker of its own, killed while it rings ---------------------------------------------------------------------


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Cast]:
    """Open day and night, so that it rings whenever this runs."""
    now = datetime.now(UTC)
    cast = make_cast(now)
    always = POLICY.read_text(encoding="utf-8").replace('["06:00-22:00"]', '["00:00-24:00"]')
    for day in ("saturday", "sunday"):
        always = always.replace(f"{day} = []", f'{day} = ["00:00-24:00"]')
    put_policy_in_force(always, holds_from=now - timedelta(days=1), at=now)
    yield cast
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")


@contextlib.contextmanager
def worker(folder: Path, fault: str = "") -> Iterator["subprocess.Popen[bytes]"]:
    """`mainstay worker` as a process of its own, on the test's database; ended in any case."""
    given = connection.get_connection_params()
    url = " ".join(f"{key}='{given[key]}'" for key in ("dbname", "user", "password", "host", "port") if given.get(key))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "MAINSTAY_DATA": str(folder),
        "MAINSTAY_SMTP_RELAY": "",
        "MAINSTAY_FAULT": fault,
        "PYTHONPATH": str(ROOT),
    }
    process = subprocess.Popen([sys.executable, "-m", "mainstay", "worker"], env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def alarms(ticket: Ticket) -> list[TicketEvent]:
    return list(TicketEvent.objects.filter(ticket=ticket, kind__startswith="first_response_").order_by("pk"))


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_worker_that_is_killed_while_it_rings_rings_once_when_it_is_back(desk: Cast, tmp_path: Path) -> None:
    opened = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=62)
    ticket = desk.writes(desk.paula, opened)
    with worker(tmp_path, "alarms.while_ringing") as killed:
        assert killed.wait(60) == faults.KILLED
    # Only about the ticket: the worker may also have told that nobody is on duty.
    assert (alarms(ticket), Notification.objects.filter(subject=ticket.topic).count()) == ([], 0)
    with worker(tmp_path), worker(tmp_path):  # it is back, and another one with it
        until(lambda: alarms(ticket), 60)
        # One that falls due while they run is rung within its second.
        late = desk.writes(desk.olaf, datetime.now(UTC) - timedelta(seconds=57))
        until(lambda: alarms(late), 60)
    first = alarms(ticket)[0].facts
    assert (first["alarm"], first["due"]) == ("first_response:60", (opened + timedelta(seconds=60)).isoformat())
    [rang] = alarms(late)
    assert timedelta(0) <= rang.at - datetime.fromisoformat(rang.facts["due"]) < timedelta(seconds=1)
    told = list(Notification.objects.filter(subject__in=[ticket.topic, late.topic]).values_list("subject", "key"))
    assert sorted(told) == sorted((one.topic, "first_response:60") for one in (ticket, late))
