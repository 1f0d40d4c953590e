"""What a killed PostgreSQL leaves behind: orphaned backends, and lock files with numbers that may belong to anybody."""

import contextlib
import os
import signal
import time
from pathlib import Path

ASK_AFTER_SECONDS = 1.0
FORCE_AFTER_SECONDS = 2.5
_PROC = Path("/proc")


def postmaster_pid(pid_file: Path, data: Path) -> int | None:
    """The postmaster's process id when it really runs on this cluster; a pid file may lie after a crash."""
    try:
        number = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return number if number > 0 and _works_in(number, data) else None


def clear(data: Path, *lock_files: Path) -> None:
    """Afterwards a new postmaster can start: no orphaned backend lives, and no lock file names a stranger.

    Only for a cluster without a postmaster. Backends whose postmaster died end by themselves in an instant, unless
    they are in the middle of a long computation: those are asked to quit after a second and forced after 2.5 s.
    """
    begun = time.monotonic()
    while orphans := _orphans(data):
        waited = time.monotonic() - begun
        if waited > ASK_AFTER_SECONDS:
            sign = signal.SIGKILL if waited > FORCE_AFTER_SECONDS else signal.SIGQUIT
            for pid in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
        time.sleep(0.05)
    if _PROC.is_dir():
        for file in lock_files:
            file.unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    """PostgreSQL's processes stand in their data folder; that tells them from whoever got the number later."""
    if not _PROC.is_dir():
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    try:
        return _PROC.joinpath(str(pid), "cwd").samefile(data)
    except OSError:
        return False


def _orphans(data: Path) -> list[int]:
    if not _PROC.is_dir():
        return []
    numbers = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())
    return [pid for pid in numbers if _is_postgres(pid) and _works_in(pid, data)]


def _is_postgres(pid: int) -> bool:
    """A person's shell may stand in the data folder too."""
    try:
        return (_PROC / str(pid) / "comm").read_text().strip() == "postgres"
    except OSError:
        return False
