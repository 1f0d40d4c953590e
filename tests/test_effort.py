"""The bounds of effort themselves: what burns is told, what was only disturbed is not."""

import time

import pytest

from tests.effort import with_effort


def burn(seconds: float) -> str:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return "done"


def test_what_burns_every_time_is_told() -> None:
    with pytest.raises(AssertionError, match="s of processor"):
        with_effort(0.0005, lambda: burn(0.2))


def test_what_burns_once_is_tried_again() -> None:
    pieces = iter([1.0, 0.0])
    assert with_effort(0.01, lambda: burn(next(pieces))) == "done"
