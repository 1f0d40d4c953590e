"""A desk of a million tickets: what the reports, one ticket's measure and a whole recount take on it.

The tickets are those of `filling`, and copies of the finished ones, each set back by whole weeks: the desk's week has no
holidays, so that a copy's business seconds are those of its original. The recount at the end proves it.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 - Django first
from django.utils import timezone  # noqa: E402

from mainstay.people.actions import add_staff  # noqa: E402
from mainstay.promises.queries import policy_in_force, policy_of  # noqa: E402
from mainstay.promises.rules import measured  # noqa: E402
from mainstay.reports.forecast import costliest, forecast_of  # noqa: E402
from mainstay.reports.measures import PROMISED  # noqa: E402
from mainstay.reports.periods import Period, month_at, months_before  # noqa: E402
from mainstay.reports.queries import all_strata, counted_report, standing  # noqa: E402
from mainstay.reports.volumes import heat_of, histogram_of, volumes_of  # noqa: E402
from mainstay.tickets.actions import recount_steps  # noqa: E402
from mainstay.tickets.models import Ticket  # noqa: E402
from mainstay.tickets.queries import course_of_ticket  # noqa: E402

from .figures import Figure, spread  # noqa: E402
from .filling import fill, make_crowd  # noqa: E402

OPEN_SHARE = 0.30  # of what `filling` makes
COPY_WEEKS = 2  # each copy lies so many weeks before the one after it
MEASURED_TICKETS = 300
MONTHS = 6
Say = Callable[[str], None]


def take_million(*, tickets: int, open_tickets: int, say: Say) -> list[Figure]:
    """The desk is empty when this begins."""
    now = timezone.now()
    originals = round(open_tickets / OPEN_SHARE)
    say(f"Filling in {originals:,} tickets …")
    began = time.perf_counter()
    fill(originals, make_crowd(), at=now)
    finished = round(originals * (1 - OPEN_SHARE))
    copies = max(0, round((tickets - originals) / finished))
    say(f"Copying the finished ones {copies} times …")
    for copy in range(1, copies + 1):
        _copy(copy, originals)
    _settle()
    held, active = Ticket.objects.count(), Ticket.objects.active().count()
    say(f"{held:,} tickets, {active:,} of them open.")
    figures = [Figure("A million tickets", f"{held:,} filled in", time.perf_counter() - began, "s")]
    say("Reports …")
    figures += _reports(now)
    say("One ticket at a time …")
    figures += _one_by_one()
    say("The recount …")
    return figures + _recount()


def _copy(copy: int, originals: int) -> None:
    """Every finished ticket once more, `copy` times COPY_WEEKS earlier, with its promise, later answers and events."""
    policy = policy_in_force(timezone.now())
    weeks = copy * COPY_WEEKS
    until = datetime(2020, 1, 6, tzinfo=UTC)
    week_seconds = policy.calendar.elapsed(until - timedelta(weeks=1), until)
    with connection.cursor() as cursor:
        steps = {
            "promises_promise": originals,
            "tickets_ticket": originals,
            "promises_furtherresponse": _largest(cursor, "promises_furtherresponse", copy),
            "tickets_ticketevent": _largest(cursor, "tickets_ticketevent", copy),
        }
        moved = {
            "promises_promise": {
                "id": f"id + {copy * steps['promises_promise']}",
                "opened_at": f"opened_at - interval '{weeks} weeks'",
                "first_responded_at": f"first_responded_at - interval '{weeks} weeks'",
                "resolved_at": f"resolved_at - interval '{weeks} weeks'",
                "opened_stamp": f"opened_stamp - {weeks * week_seconds}",
            },
            "tickets_ticket": {
                "id": f"id + {copy * steps['tickets_ticket']}",
                "number": "nextval('ticket_number')",
                "promise_id": f"promise_id + {copy * steps['promises_promise']}",
                "opened_at": f"opened_at - interval '{weeks} weeks'",
                "touched_at": f"touched_at - interval '{weeks} weeks'",
            },
            "promises_furtherresponse": {
                "id": f"id + {copy * steps['promises_furtherresponse']}",
                "promise_id": f"promise_id + {copy * steps['promises_promise']}",
                "asked_at": f"asked_at - interval '{weeks} weeks'",
                "answered_at": f"answered_at - interval '{weeks} weeks'",
            },
            "tickets_ticketevent": {
                "id": f"id + {copy * steps['tickets_ticketevent']}",
                "ticket_id": f"ticket_id + {copy * steps['tickets_ticket']}",
                "at": f"at - interval '{weeks} weeks'",
            },
        }
        done = f"select promise_id from tickets_ticket where id <= {originals} and state in ('resolved', 'closed')"
        wanted = {
            "promises_promise": f"id in ({done})",
            "tickets_ticket": f"id <= {originals} and state in ('resolved', 'closed')",
            "promises_furtherresponse": f"id <= {steps['promises_furtherresponse']} and promise_id in ({done})",
            "tickets_ticketevent": f"id <= {steps['tickets_ticketevent']} and ticket_id in "
            f"(select id from tickets_ticket where id <= {originals} and state in ('resolved', 'closed'))",
        }
        for table, changes in moved.items():
            columns = _columns(cursor, table)
            values = ", ".join(changes.get(column, column) for column in columns)
            cursor.execute(
                f"insert into {table} ({', '.join(columns)}) select {values} from {table} where {wanted[table]}"
            )


def _largest(cursor: Any, table: str, copy: int, known: dict[str, int] = {}) -> int:  # noqa: B006 - a memory on purpose
    """The largest key of the originals, read before the first copy is made."""
    if copy == 1 or table not in known:
        cursor.execute(f"select coalesce(max(id), 0) from {table}")
        known[table] = cursor.fetchone()[0]
    return known[table]


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "select column_name from information_schema.columns where table_schema = 'public' and table_name = %s"
        " order by ordinal_position",
        [table],
    )
    return [f'"{name}"' if name == "by" else name for (name,) in cursor.fetchall()]


def _settle() -> None:
    """The sequences are behind the copies, the tables are vacuumed and their statistics fresh."""
    with connection.cursor() as cursor:
        for table in ("promises_promise", "tickets_ticket", "promises_furtherresponse", "tickets_ticketevent"):
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
            cursor.execute(f"vacuum analyze {table}")


def _reports(now: datetime) -> list[Figure]:
    month = month_at(now)
    months = [month, *months_before(month, MONTHS)]
    policy = policy_in_force(now)
    _account, _password = add_staff(name="Reader", email="reader@desk.example", role="supervisor", at=now)
    viewer = _account.person
    average_and_strata = [_timed(lambda one=one: _month(one, now)) for one in months]
    figures = spread("A month's averages with all strata", f"{len(months)} months", average_and_strata)
    figures += spread(
        "The dashboard's line", "again and again", [_timed(lambda: standing(now, policy)) for _ in range(20)]
    )
    forecasts = [_timed(lambda: [forecast_of(measure, at=now) for measure in PROMISED]) for _ in range(5)]
    figures += spread("The forecast of both promises", "again and again", forecasts)
    costly = [_timed(lambda: costliest(viewer, "resolution", at=now)) for _ in range(5)]
    figures += spread("The ten costliest open tickets", "again and again", costly)
    volumes = [_timed(lambda one=one: _volumes(one)) for one in months]
    return figures + spread("Volumes, heat map and histograms of a month", f"{len(months)} months", volumes)


def _month(period: Period, now: datetime) -> None:
    counted_report(period, at=now)
    all_strata(period, at=now)


def _volumes(period: Period) -> None:
    volumes_of(period)
    heat_of(period)
    for measure in PROMISED:
        histogram_of(measure, period)


def _one_by_one() -> list[Figure]:
    keys = list(Ticket.objects.order_by("pk").values_list("pk", flat=True))
    chosen = random.Random(1).sample(keys, MEASURED_TICKETS)
    tickets = list(Ticket.objects.filter(pk__in=chosen).select_related("promise"))
    reading = [_timed(lambda one=one: course_of_ticket(one)) for one in tickets]
    courses = [(course_of_ticket(one), policy_of(one.promise.revision_id)) for one in tickets]
    counting = [_timed(lambda pair=pair: measured(*pair)) for pair in courses]
    return [
        *spread("One ticket's measure", "its events read", reading),
        *spread("One ticket's measure", "its figures made of them", counting),
    ]


def _recount() -> list[Figure]:
    began = time.perf_counter()
    number = differing = 0
    for recount, _found in recount_steps(at=timezone.now()):
        number, differing = recount.counted, recount.differing
    seconds = time.perf_counter() - began
    assert differing == 0, f"{differing} tickets differ from their events"
    return [Figure("Recount", f"of all {number:,} tickets, none differs", seconds, "s")]


def _timed(verb: Callable[[], object]) -> float:
    began = time.perf_counter()
    verb()
    return time.perf_counter() - began
