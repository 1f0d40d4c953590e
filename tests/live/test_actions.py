"""Visits: who is where, for how long, and who hears of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from mainstay.live.actions import be_at, forget_visits
from mainstay.live.announcing import CHANNEL
from mainstay.live.hub import _parameters
from mainstay.live.models import Visit
from mainstay.live.queries import who_is_at
from mainstay.live.rules import BEAT_SECONDS, SWEEP_SECONDS, VISIT_SECONDS, Visitor
from mainstay.live.states import Attention

TESS, TOM = 1, 2


def at_ticket(
    person: int, at: datetime, attention: str = Attention.LOOKING, *, browser: str = "b", number: int = 7
) -> set[str]:
    return be_at(
        person, name={TESS: "Tess", TOM: "Tom"}[person], browser=browser, places={f"ticket:{number}": attention}, at=at
    )


@pytest.mark.django_db
def test_who_looks_at_a_ticket_is_seen_there(now: datetime, django_assert_num_queries: Any) -> None:
    at_ticket(TESS, now)
    at_ticket(TOM, now, Attention.WRITING)
    at_ticket(TOM, now, number=8, browser="another")
    with django_assert_num_queries(1):
        found = who_is_at(["ticket:7", "ticket:8", "ticket:9"], at=now)
    assert found == {
        "ticket:7": [Visitor(TOM, "Tom", "writing"), Visitor(TESS, "Tess", "looking")],
        "ticket:8": [Visitor(TOM, "Tom", "looking")],
    }


@pytest.mark.django_db
def test_one_does_not_see_oneself(now: datetime) -> None:
    at_ticket(TESS, now)
    assert who_is_at(["ticket:7"], at=now, beside=TESS) == {}


@pytest.mark.django_db
def test_with_several_tabs_one_is_where_one_is_closest(now: datetime) -> None:
    at_ticket(TESS, now, Attention.OPEN, browser="office")
    at_ticket(TESS, now, Attention.WRITING, browser="home")
    assert who_is_at(["ticket:7"], at=now) == {"ticket:7": [Visitor(TESS, "Tess", "writing")]}


@pytest.mark.django_db
def test_what_a_browser_does_not_name_any_more_is_left(now: datetime) -> None:
    at_ticket(TESS, now)
    assert at_ticket(TESS, now, number=8) == {"ticket:7", "ticket:8"}
    assert list(who_is_at(["ticket:7", "ticket:8"], at=now)) == ["ticket:8"]
    assert be_at(TESS, name="Tess", browser="b", places={}, at=now) == {"ticket:8"}
    assert who_is_at(["ticket:7", "ticket:8"], at=now) == {}


@pytest.mark.django_db
def test_one_browser_says_nothing_about_another_or_about_somebody_else(now: datetime) -> None:
    at_ticket(TESS, now, browser="b")
    at_ticket(TOM, now, browser="b")
    be_at(TESS, name="Tess", browser="c", places={}, at=now)
    be_at(TOM, name="Tom", browser="b", places={}, at=now)
    assert [one.name for one in who_is_at(["ticket:7"], at=now)["ticket:7"]] == ["Tess"]


@pytest.mark.django_db
def test_whoever_says_no_more_is_gone_within_forty_seconds(now: datetime) -> None:
    at_ticket(TESS, now)
    assert who_is_at(["ticket:7"], at=now + timedelta(seconds=VISIT_SECONDS - 1))
    over = now + timedelta(seconds=VISIT_SECONDS)
    assert who_is_at(["ticket:7"], at=over) == {}
    assert forget_visits(at=over) == 1
    assert not Visit.objects.exists()
    assert VISIT_SECONDS + SWEEP_SECONDS <= 40
    assert VISIT_SECONDS > BEAT_SECONDS  # and one that beats in time is never gone


@pytest.mark.django_db
def test_a_beat_keeps_one_there(now: datetime) -> None:
    at_ticket(TESS, now)
    at_ticket(TESS, now + timedelta(seconds=BEAT_SECONDS))
    assert forget_visits(at=now + timedelta(seconds=VISIT_SECONDS)) == 0
    assert who_is_at(["ticket:7"], at=now + timedelta(seconds=BEAT_SECONDS + VISIT_SECONDS - 1))


@pytest.mark.django_db
def test_nothing_of_it_is_written_to_the_log_of_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relpersistence from pg_class where relname = 'live_visit'")
        assert cursor.fetchone() == ("u",)


@pytest.fixture
def told(transactional_db: None) -> Iterator[Any]:
    """A function: the topics that were announced since it was asked last."""
    with psycopg.connect(**_parameters(), autocommit=True) as listening:
        listening.execute(f"listen {CHANNEL}")

        def topics() -> set[str]:
            found: set[str] = set()
            while notices := list(listening.notifies(timeout=0.3, stop_after=1)):  # several may come in pieces
                found |= {topic for notice in notices for topic in notice.payload.split()[1:]}
            return found

        yield topics


def test_coming_turning_to_it_and_leaving_are_heard_and_a_mere_beat_is_not(now: datetime, told: Any) -> None:
    heard = {"visits", "visits:ticket:7"}
    at_ticket(TESS, now)
    assert told() == heard
    at_ticket(TESS, now + timedelta(seconds=20))
    assert told() == set()
    at_ticket(TESS, now + timedelta(seconds=22), Attention.WRITING)
    assert told() == heard
    be_at(TESS, name="Tess", browser="b", places={}, at=now + timedelta(seconds=30))
    assert told() == heard


def test_that_somebody_is_over_is_heard_and_their_coming_back_too(now: datetime, told: Any) -> None:
    at_ticket(TESS, now)
    told()
    forget_visits(at=now + timedelta(seconds=VISIT_SECONDS))
    assert told() == {"visits", "visits:ticket:7"}
    at_ticket(TESS, now + timedelta(minutes=2))
    assert told() == {"visits", "visits:ticket:7"}
    # Also when nobody had noticed yet that the visit was over: whoever read the page meanwhile saw nobody.
    at_ticket(TESS, now + timedelta(minutes=9))
    assert told() == {"visits", "visits:ticket:7"}


def test_very_many_that_are_over_are_told_in_pieces_that_fit(now: datetime, told: Any) -> None:
    places = {f"ticket:{number}": "open" for number in range(1000, 2000)}
    be_at(TESS, name="Tess", browser="b", places=places, at=now)
    told()
    assert forget_visits(at=now + timedelta(minutes=1)) == 1000
    assert "visits:ticket:1000" in told()
