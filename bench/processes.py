"""The memory of each process of a running desk, from /proc."""

import contextlib
import re
from pathlib import Path

MIB = 2**20


def resident(pid: int) -> float:
    """Mebibytes of memory that this process has in use, shared ones included."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS") * 1024 / MIB


def proportional(pids: list[int]) -> float:
    """Mebibytes that these processes have in use together: what they share is counted once."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):  # a connection's process that ended meanwhile
            total += _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss") * 1024 / MIB
    return total


def _kilobytes(path: Path, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", path.read_text(encoding="utf-8"), re.MULTILINE)
    return int(found[1]) if found else 0
