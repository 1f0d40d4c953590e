"""Queries whose SQL is written once answer as the ORM does, in every thread, and refuse what they can't stand in for."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Prefetch

from mainstay.history.prepared import Prepared
from mainstay.tickets.models import Message, Ticket
from tests.cast import Cast

BY_NUMBER: Prepared[Ticket] = Prepared(
    lambda number: Ticket.objects.select_related("person", "promise").filter(number=number), int
)
OF_SUBJECT_SINCE: Prepared[Ticket] = Prepared(
    lambda subject, since, person: (
        Ticket.objects.filter(subject=subject, opened_at__gte=since, person=person)
        .order_by("-number")
        .prefetch_related(Prefetch("messages", queryset=Message.objects.order_by("pk")))
    ),
    str,
    datetime,
    int,
)
NUMBERS: Prepared[Ticket] = Prepared(
    lambda person: Ticket.objects.filter(person=person).order_by("number").values_list("number", flat=True)[:2], int
)


def test_rows_are_those_of_the_values(cast: Cast, now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    one, other = cast.writes(cast.paula, now), cast.writes(cast.olaf, now)
    wanted = [(ticket, ticket.person.name, ticket.promise.pk) for ticket in (one, other)]
    with django_assert_num_queries(2):
        found = [BY_NUMBER.first(ticket.number) for ticket in (one, other)]
        assert [(ticket, ticket.person.name, ticket.promise.pk) for ticket in found] == wanted
    assert BY_NUMBER.first(other.number + 1) is None


def test_words_moments_and_what_is_prefetched(cast: Cast, now: datetime) -> None:
    tickets = [cast.writes(cast.paula, now + timedelta(minutes=minute)) for minute in range(3)]
    found = OF_SUBJECT_SINCE.rows("Lock", now + timedelta(minutes=1), cast.paula.pk)
    assert found == tickets[:0:-1]
    assert [len(ticket._prefetched_objects_cache["messages"]) for ticket in found] == [
        ticket.messages.count() for ticket in found
    ]
    assert OF_SUBJECT_SINCE.rows("Lock", now, cast.olaf.pk) == []
    assert NUMBERS.rows(cast.paula.pk) == [ticket.number for ticket in tickets[:2]]


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_by_its_own_connection(cast: Cast, now: datetime) -> None:
    numbers = [cast.writes(cast.paula, now).number for _time in range(4)]
    seen: dict[int, int] = {}

    def look(number: int) -> None:
        seen[number] = BY_NUMBER.first(number).number
        connection.close()

    threads = [threading.Thread(target=look, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert seen == {number: number for number in numbers}


def test_a_value_that_does_not_reach_the_database_as_it_is_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="does not stand in"):
        Prepared(lambda number: Ticket.objects.filter(subject=f"#{number}"), int).rows(1)
