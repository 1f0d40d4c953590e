"""The bench measures a believable desk: what it fills in is what the actions would have stored."""

from datetime import datetime

import pytest

from bench.filling import fill, make_crowd
from mainstay.promises.models import Promise
from mainstay.tickets.actions import recount_promises
from mainstay.tickets.models import Message, Ticket
from tests.cast import Cast

NUMBER = 400


@pytest.fixture
def filled(cast: Cast, now: datetime) -> datetime:
    fill(NUMBER, make_crowd(), at=now)
    return now


def test_a_recount_finds_no_difference(filled: datetime) -> None:
    assert recount_promises() == (NUMBER, [])
    assert Promise.objects.filter(resolved_at__isnull=False, resolution_seconds__gt=0).count() > NUMBER / 2
    assert Promise.objects.filter(reopened_count=1).exists()
    assert Promise.objects.filter(excluded="refused").exists()


def test_a_third_is_open_and_each_has_three_or_four_messages(filled: datetime) -> None:
    active = Ticket.objects.filter(state__in=["new", "open", "waiting", "developers"]).count()
    assert 0.25 < active / NUMBER < 0.40
    assert 3 <= Message.objects.count() / NUMBER <= 4.5
    assert set(Ticket.objects.values_list("state", flat=True)) == {
        "new", "open", "waiting", "developers", "resolved", "closed",
    }  # fmt: skip


def test_nothing_lies_in_the_future(filled: datetime) -> None:
    assert not Ticket.objects.filter(touched_at__gt=filled).exists()
    assert not Message.objects.filter(at__gt=filled).exists()


def test_the_same_seed_makes_the_same_desk(cast: Cast, now: datetime) -> None:
    crowd = make_crowd()
    fill(50, crowd, at=now, seed=1)
    fill(50, crowd, at=now, seed=1)
    told = list(Ticket.objects.order_by("pk").values_list("subject", "state", "opened_at", "touched_at"))
    assert told[:50] == told[50:]
