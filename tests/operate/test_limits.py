"""The web process may hold a stream for everybody."""

import subprocess
import sys

from mainstay.operate.limits import ENOUGH


def told(code: str) -> list[int]:
    """What a process of its own prints: limits that were lowered can't be raised again in this one."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return [int(word) for word in done.stdout.split()]


LOWERED = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from mainstay.operate.limits import allow_many_open_files
print(allow_many_open_files(), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


def test_a_low_limit_is_raised_as_far_as_one_may() -> None:
    assert told(LOWERED.format(soft=256, hard=512)) == [512, 512, 512]


def test_a_high_one_stays() -> None:
    assert told(LOWERED.format(soft=512, hard=512)) == [512, 512, 512]
    assert ENOUGH >= 4096
