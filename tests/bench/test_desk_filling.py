"""The desk of the benches is one that could be: measured promises, real keys, and words that are found."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from bench.desk_filling import fill_desk
from mainstay.search.models import TicketWords
from mainstay.tickets.actions import recount_promises
from mainstay.tickets.models import Message, Ticket
from mainstay.tickets.states import ACTIVE
from tests.cast import Cast

NUMBER = 300


@pytest.fixture
def filled(cast: Cast, now: datetime) -> None:
    fill_desk(NUMBER, at=now)


def test_a_recount_finds_no_difference(filled: None) -> None:
    assert recount_promises() == (NUMBER, [])


def test_each_ticket_has_four_messages_and_a_third_is_open(filled: None) -> None:
    assert Message.objects.count() == 4 * NUMBER
    assert 0.2 < Ticket.objects.filter(state__in=ACTIVE).count() / NUMBER < 0.4


def test_every_foreign_key_leads_somewhere(filled: None) -> None:
    """Rows come in without triggers, which are what checks that."""
    connection.check_constraints()


def test_the_words_are_those_that_the_triggers_would_have_made(filled: None) -> None:
    def words() -> list[Any]:
        return list(TicketWords.objects.order_by("ticket", "part").values_list("ticket", "part", "size", "words"))

    bulk = words()
    with connection.cursor() as cursor:
        cursor.execute("select search_again(id) from tickets_ticket order by id")
    assert words() == bulk
    assert len(bulk) == NUMBER
