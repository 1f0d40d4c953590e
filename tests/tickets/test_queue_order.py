"""The order of the queue: severity, first answers, age; and that nothing starves, whatever comes in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.tickets import actions
from mainstay.tickets.actions.recording import rank_again
from mainstay.tickets.models import Ticket
from mainstay.tickets.places import explain_place
from mainstay.tickets.queries import count_before, queue_for
from mainstay.tickets.rules import raised_of, rank_of
from tests.cast import Cast

CAP = 15  # minutes: three times a target of five
RESOLUTION_CAP = 15 * 60


@pytest.mark.parametrize(
    ("urgency", "raised", "is_answered", "rank"),
    [
        (0, 0, False, 0),
        (0, 0, True, 1),
        (1, 0, False, 2),
        (3, 0, True, 7),
        (3, 1, False, 4),  # as the severity above it
        (3, 3, False, 0),
        (3, 3, True, 1),
        (3, 4, True, 0),  # past the top, being answered costs nothing any more
        (0, 9, False, 0),
    ],
)
def test_the_rank(urgency: int, raised: int, is_answered: bool, rank: int) -> None:
    assert rank_of(urgency, raised, is_answered=is_answered) == rank


@pytest.mark.parametrize(
    ("told", "is_answered", "raised"),
    [
        ([], False, 0),
        (["first_response:60", "first_response:240"], False, 0),
        (["first_response:cap1", "first_response:cap2"], False, 2),
        (["first_response:cap1", "first_response:cap2"], True, 0),  # it waits for its resolution now
        (["first_response:cap1", "resolution:cap1"], True, 1),
    ],
)
def test_only_caps_of_what_is_waited_for_raise(told: list[str], is_answered: bool, raised: int) -> None:
    assert raised_of(told, is_answered=is_answered) == raised


# --- nothing starves ------------------------------------------------------------------------------------------------


@dataclass
class Job:
    urgency: int
    opened: int
    is_answered: bool = False
    number: int = field(default=0, compare=False)

    def key(self, minute: int) -> tuple[int, int, int]:
        raised = (minute - self.opened) // (RESOLUTION_CAP if self.is_answered else CAP)
        return rank_of(self.urgency, raised, is_answered=self.is_answered), self.opened, self.number


def minute_of_its_turn(victim: Job, before: list[Job], arrivals: list[list[int]], raises: bool = True) -> int | None:
    """When the victim is taken, by one technician who takes one a minute in the order of the queue; arrivals repeat for ever."""
    waiting = [victim, *before]
    limit = victim.opened + (victim.urgency + 1) * RESOLUTION_CAP + len(before) + 2
    for minute in range(victim.opened, limit):
        waiting += [
            Job(urgency, minute, number=1 + place) for place, urgency in enumerate(arrivals[minute % len(arrivals)])
        ]
        first = min(waiting, key=lambda job: job.key(minute if raises else job.opened))
        if first is victim:
            return minute
        waiting.remove(first)
    return None


ARRIVALS = st.lists(st.lists(st.integers(0, 3), min_size=0, max_size=3), min_size=1, max_size=5)
OLDER = st.lists(st.builds(Job, st.integers(0, 3), st.integers(-60, -1)), max_size=6)


@given(st.integers(0, 3), OLDER, ARRIVALS)
def test_whatever_comes_in_a_ticket_gets_its_turn_within_the_bound(
    urgency: int, before: list[Job], arrivals: list[list[int]]
) -> None:
    """At most as many caps as its severity is from the top, and the work on those who were there before it."""
    taken = minute_of_its_turn(Job(urgency, 0), before, arrivals)
    assert taken is not None
    assert taken <= urgency * CAP + len(before)


def test_a_low_one_among_an_endless_stream_of_critical_ones() -> None:
    stream = [[0, 0]]  # two critical ones each minute, twice what can be done
    assert minute_of_its_turn(Job(3, 0), [], stream) == 3 * CAP
    assert minute_of_its_turn(Job(3, 0), [], stream, raises=False) is None  # what would be without the caps


def test_an_answered_one_among_an_endless_stream_of_critical_ones() -> None:
    assert minute_of_its_turn(Job(1, 0, is_answered=True), [], [[0, 0]]) == 2 * RESOLUTION_CAP


# --- in the desk ----------------------------------------------------------------------------------------------------


def order(cast: Cast) -> list[str]:
    return [ticket.subject for ticket in queue_for(cast.tess).tickets]


def test_severity_then_first_answers_then_age(cast: Cast, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    answered = cast.writes(cast.olaf, now, subject="normal, answered")
    actions.reply_to_ticket(answered, text="Which one?", by=cast.tess, at=now, then="open")
    cast.writes(cast.olaf, later, subject="normal, younger")
    cast.writes(cast.olaf, now, subject="normal, older")
    cast.writes(cast.olaf, later, subject="critical", severity="critical")
    cast.writes(cast.olaf, now, subject="low", severity="low")
    assert order(cast) == ["critical", "normal, older", "normal, younger", "normal, answered", "low"]


def test_classifying_moves_a_ticket_to_its_new_place(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now, subject="first")
    second = cast.writes(cast.olaf, now + timedelta(minutes=1), subject="second")
    actions.classify_ticket(second, nature="wiki", severity="critical", by=cast.tess, at=now)
    assert order(cast) == ["second", "first"]


def test_a_failed_reply_puts_it_back_among_those_without_an_answer(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.olaf, now)
    message = actions.reply_to_ticket(ticket, text="x", by=cast.tess, at=now, then="open", undo_seconds=60)
    assert Ticket.objects.get(pk=ticket.pk).rank == 5
    actions.withdraw_reply(message, by=cast.tess, at=now)
    assert Ticket.objects.get(pk=ticket.pk).rank == 4


def test_a_cap_that_was_told_raises_the_ticket_by_one_severity(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now, subject="high", severity="high")
    raised = cast.writes(cast.olaf, now - timedelta(minutes=20), subject="normal")
    raised.promise.alarms_told = ["first_response:cap1"]
    raised.promise.save()
    rank_again(raised)
    assert order(cast) == ["normal", "high"]


def test_keys_of_the_old_order_and_nonsense_are_ignored(cast: Cast, now: datetime) -> None:
    cast.writes(cast.olaf, now)
    for after in ("x", "1~2~3", "-1~2026-11-17T10:00:00+00:00~1", f"{2**70}~2026-11-17T10:00:00+00:00~1", "~~"):
        assert len(queue_for(cast.tess, "open", after).tickets) == 1


def test_the_place_explained(cast: Cast, now: datetime) -> None:
    first = cast.writes(cast.olaf, now - timedelta(minutes=20), severity="high")
    second = cast.writes(cast.olaf, now - timedelta(minutes=16))
    second.promise.alarms_told = ["first_response:cap1"]
    second.promise.save()
    rank_again(second)
    place = explain_place(second, now, count_before(second))
    assert (place.severity, place.counts_as, place.raised) == ("normal", "high", 1)
    assert (place.waits_for, place.seconds, place.target_seconds, place.before) == ("first_response", 960, 300, 1)
    assert count_before(first) == 0


def test_the_place_is_explained_without_asking_the_database(
    cast: Cast, now: datetime, django_assert_num_queries: Any
) -> None:
    ticket = cast.writes(cast.olaf, now)
    with django_assert_num_queries(0):
        explain_place(ticket, now)


def test_a_ticket_with_more_caps_than_severities_above_it_counts_as_the_highest(cast: Cast, now: datetime) -> None:
    ticket = cast.writes(cast.olaf, now)
    ticket.promise.alarms_told = [f"first_response:cap{number}" for number in range(1, 9)]
    assert (explain_place(ticket, now).counts_as, explain_place(ticket, now).raised) == ("critical", 2)


def test_the_queue_walks_along_its_index(cast: Cast, now: datetime) -> None:
    """The index can give the order: where the planner thinks that it pays, nothing is sorted, however long the queue is."""
    from django.db import connection

    for _n in range(5):
        cast.writes(cast.olaf, now)
    with connection.cursor() as cursor:
        cursor.execute("set local enable_sort = off")
        cursor.execute(
            "explain select id from tickets_ticket where state in ('new', 'open') order by rank, opened_at, number limit 41"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "ticket_queue" in plan
    assert "Sort" not in plan
