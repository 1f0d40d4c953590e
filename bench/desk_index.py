"""Makes the words of many tickets searchable at once: by several connections, and the big indexes last."""

import os
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections

STEP = 1000
INDEXES = ("ticket_words", "near_words", "known_word_parts")


def fill_words(first: int, last: int) -> None:
    """The words of the tickets whose keys lie between these two are there; in a test's transaction by that alone."""
    steps = [(start, min(start + STEP - 1, last)) for start in range(first, last + 1, STEP)]
    if connection.in_atomic_block:
        for step in steps:
            _fill(*step)
        return
    with connection.cursor() as cursor:
        made = [_definition(cursor, name) for name in INDEXES]
        cursor.execute("drop index " + ", ".join(INDEXES))
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(lambda step: _fill_alone(*step), steps))
    with ThreadPoolExecutor(len(made)) as pool:
        list(pool.map(_make_index, made))


def _fill(first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select search_fill(%s, %s)", [first, last])


def _fill_alone(first: int, last: int) -> None:
    try:
        _fill(first, last)
    finally:
        connections.close_all()


def _make_index(definition: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("set maintenance_work_mem = '256MB'")
            cursor.execute(definition)
    finally:
        connections.close_all()


def _definition(cursor, name: str) -> str:  # type: ignore[no-untyped-def]
    cursor.execute("select pg_get_indexdef(%s::regclass)", [name])
    return str(cursor.fetchone()[0])
