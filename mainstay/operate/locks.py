"""Locks between processes that the kernel releases when their holder dies, however it dies."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from .errors import AlreadyRunning


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Inside, nobody else is inside; waits for its turn."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def only_one(file: Path) -> Iterator[bool]:
    """Inside, this is the only `mainstay up` of its folder; AlreadyRunning when there is one.

    True when the one before did not end by itself: its parts may still be on their way out.
    """
    with file.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise AlreadyRunning(
                f"Another `mainstay up` (process {handle.read().strip() or 'unknown'}) already runs on {file.parent}: "
                "stop it first, or choose another folder with --data."
            ) from None
        handle.seek(0)
        was_killed = bool(handle.read().strip())
        _write(handle.fileno(), str(os.getpid()))
        try:
            yield was_killed
        finally:
            _write(handle.fileno(), "")


class Users:
    """Those who use a thing at this moment, counted by shared locks, so that the last one to leave knows it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @contextlib.contextmanager
    def joined(self) -> Iterator["Membership"]:
        with self.file.open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield Membership(handle.fileno())


class Membership:
    """One user's part in a shared lock."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def is_last(self) -> bool:
        """Whether nobody else is left. When true, newcomers wait until this one has left."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
