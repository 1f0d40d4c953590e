"""Rows of the queue are drawn once, and yet always say what is so."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from mainstay.desk.templatetags import queue
from mainstay.tickets import actions
from tests.cast import Cast


@pytest.fixture(autouse=True)
def nothing_is_drawn_yet() -> None:
    queue._kept.cache_clear()


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as clock:
        yield clock


def row_in(client: Any, number: int, query: str = "") -> str:
    page = client.get(f"/{query}").content.decode()
    return str(page.split(f'id="row-{number}"')[1].split("</li>")[0])


def test_a_row_is_drawn_once_and_its_wait_goes_on(cast: Cast, now: datetime, clock: Any, sign_in: Any) -> None:
    ticket, client = cast.writes(cast.paula, now), sign_in(cast.tess)
    first = row_in(client, ticket.number)
    clock.shift(timedelta(minutes=3))
    later = row_in(client, ticket.number)
    assert queue._kept.cache_info().misses == 1
    assert 'data-seconds="0"' in first and 'data-seconds="180"' in later


def test_whatever_a_row_says_is_drawn_anew_when_it_changes(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket, client = cast.writes(cast.paula, now), sign_in(cast.tess)
    rows = [row_in(client, ticket.number)]

    def changed() -> None:
        rows.append(row_in(client, ticket.number, "?view=all"))
        assert len(set(rows)) == len(rows)

    actions.assign_ticket(ticket, to=cast.tom, by=cast.tess, at=now)
    changed()
    actions.classify_ticket(ticket, nature="diagram", severity="critical", by=cast.tess, at=now)
    changed()
    actions.reply_to_ticket(ticket, text="Which lock?", by=cast.tess, at=now)
    changed()
    for field, value in (
        ("subject", "Another"),
        ("language", "de"),
        ("entitlement", "refused"),
        ("has_side_news", True),
    ):
        type(ticket).objects.filter(pk=ticket.pk).update(**{field: value})
        changed()
    type(ticket.person).objects.filter(pk=ticket.person_id).update(name="Paula Otherwise")
    changed()


def test_a_row_is_in_the_language_of_who_looks(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    english = row_in(sign_in(cast.tess), ticket.number)
    type(cast.tom).objects.filter(pk=cast.tom.pk).update(language="nl")
    dutch = row_in(sign_in(cast.tom), ticket.number)
    assert "assigned to nobody" in english and "assigned to nobody" not in dutch


def test_no_subject_can_put_itself_in(cast: Cast, now: datetime, sign_in: Any) -> None:
    ticket = cast.writes(cast.paula, now)
    type(ticket).objects.filter(pk=ticket.pk).update(subject="<b>\ue001</b> {{ row }}")
    row = row_in(sign_in(cast.tess), ticket.number)
    assert "&lt;b&gt;" in row and "<b>" not in row and "{{ row }}" in row
    assert queue.WAITING not in row and queue.PLACE not in row
