"""What is kept in a process until it is said to have changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mainstay.live import keeping
from mainstay.live.keeping import Kept


class Hearing:
    """What a process has heard, without a database."""

    def __init__(self) -> None:
        self.turn = "1"

    def last_heard(self, topic: str) -> str:
        assert topic == "duty"
        return self.turn


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> Any:
    hub = Hearing()
    monkeypatch.setattr(keeping, "hub", hub)
    return hub


def test_it_is_made_anew_when_it_may_have_changed(hearing: Hearing, now: datetime) -> None:
    made = iter(range(100))
    kept: Kept[int] = Kept("duty", timedelta(seconds=5))

    def value(seconds: int = 0, key: object = "a") -> int:
        return kept.at(now + timedelta(seconds=seconds), key, lambda: next(made))

    assert (value(), value(4)) == (0, 0)
    assert (value(5), value(6)) == (1, 1)  # too old
    assert (value(6, "b"), value(6, "b")) == (2, 2)  # of something else
    hearing.turn = "2"
    assert (value(6, "b"), value(6, "b")) == (3, 3)  # announced
    hearing.turn = ""
    assert (value(6, "b"), value(6, "b")) == (4, 5)  # nobody listens
