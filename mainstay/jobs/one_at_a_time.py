"""One worker at a time for one thing, without holding any row: others go on, or are told that it is being done."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.db import connection


@contextmanager
def only_here(kind: str, key: int) -> Iterator[bool]:
    """Within this block nobody else does the same; gives False, at once, when somebody does it already.

    Held by the connection, not by a transaction: it is let go at the end, or when the process dies.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [_number(kind), _folded(key)])
        is_ours: bool = cursor.fetchone()[0]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [_number(kind), _folded(key)])


def is_free(kind: str, key: int) -> bool:
    """Whether nobody does it now; if so, nobody begins before the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [_number(kind), _folded(key)])
        free: bool = cursor.fetchone()[0]
    return free


def _number(kind: str) -> int:
    return crc32(kind.encode()) - 2**31


def _folded(key: int) -> int:
    """PostgreSQL takes 32 bits here; two keys that fold to the same only wait for each other needlessly."""
    return key % 2**32 - 2**31
