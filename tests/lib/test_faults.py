"""Fault points: silent unless one is named, and then the end of the process."""

import subprocess
import sys

import pytest

from mainstay.lib import faults
from mainstay.operate.places import PROJECT_ROOT

PASSES_THREE_TIMES = """
from mainstay.lib.faults import hit
for number in range(3):
    hit("mail.after_store")
    print(number, flush=True)
"""


def test_without_a_name_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAINSTAY_FAULT", raising=False)
    for point in faults.POINTS:
        faults.hit(point)


def test_another_point_than_the_named_one_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_FAULT", "mail.after_move")
    faults.hit("mail.after_store")


def test_a_point_that_is_not_in_the_list_is_a_programmer_s_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAINSTAY_FAULT", "mail.after_store")
    with pytest.raises(ValueError, match="not in the list"):
        faults.hit("mail.somewhere")


@pytest.mark.parametrize(("named", "passed"), [("mail.after_store", 0), ("mail.after_store:3", 2)])
def test_the_named_point_ends_the_process_at_once(named: str, passed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PASSES_THREE_TIMES],
        env={"PYTHONPATH": str(PROJECT_ROOT), "MAINSTAY_FAULT": named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(done.stdout.splitlines())) == (faults.KILLED, passed)
