"""The quiet line is counted once for many pages, and again as soon as it may say something else."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.desk import quiet
from mainstay.live import keeping
from tests.cast import Cast


class Hearing:
    """What a process that listens has heard."""

    def __init__(self) -> None:
        self.turn = "1.1"

    def last_heard(self, topic: str) -> str:
        return self.turn


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> Hearing:
    hub = Hearing()
    monkeypatch.setattr(keeping, "hub", hub)
    monkeypatch.setattr(quiet, "_kept", keeping.Kept(quiet.AVERAGES, quiet.KEPT_FOR))
    return hub


def test_pages_of_different_people_count_the_averages_once(
    cast: Cast, now: datetime, sign_in: Any, hearing: Hearing
) -> None:
    ticket = cast.writes(cast.paula, now)
    clients = [sign_in(person) for person in (cast.tess, cast.tom)]
    for client in clients:
        client.get("/preferences")

    def counts() -> int:
        with CaptureQueriesContext(connection) as seen:
            for path in ("/", f"/tickets/{ticket.number}"):
                for client in clients:
                    assert client.get(path).status_code == 200
        return sum("filter (where today)" in query["sql"] for query in seen.captured_queries)

    hearing.turn = "1.2"
    assert counts() == 1
    hearing.turn = "1.3"
    assert counts() == 1
    hearing.turn = ""
    assert counts() == 4
