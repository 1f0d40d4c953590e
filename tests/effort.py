"""How much effort a piece of hostile input may cost: bounds that catch what grows out of hand, on any machine.

The bounds are seconds of processor on the machine where they were set. A slower or busier one is measured beside the work, by a yardstick
of the same kind (loops, patterns, slices), and given as much more; and what was over once is tried again, since a neighbour may have been
at it. What grows with the square of its input takes minutes where a second is allowed: it fails all three times.
"""

import re
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TRIES = 3
ROOM = 2.0  # beside what the yardstick says: caches, collections of garbage, other sizes of a processor
YARDSTICK_SECONDS = 0.006
_LINES = "".join(f"line {number} of <a@b.example>, wrote: (x) \n" for number in range(1_500))
_PATTERN = re.compile(r"<([\w.]+)@([\w.]+)>|\((\w)\)")


def with_effort(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives, when one of three tries took at most so much of the processor; `work` may run three times."""
    taken = []
    for _try in range(TRIES):
        before = slowness()
        started = time.process_time()
        result = work()
        taken.append(time.process_time() - started)
        allowed = seconds * ROOM * max(before, slowness())
        if taken[-1] < allowed:
            return result
    raise AssertionError(f"{', '.join(f'{one:.2f}' for one in taken)} s of processor, where {allowed:.2f} are allowed")


def slowness() -> float:
    """How many times slower than the machine of the bounds this one is now; never below 1."""
    started = time.process_time()
    total = 0
    for line in _LINES.splitlines() * 8:
        total += len(_PATTERN.sub("", line).strip().split(" "))
    return max((time.process_time() - started) / YARDSTICK_SECONDS, 1.0)
