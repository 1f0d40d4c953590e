"""Look after the index: build it anew, in steps that can be taken up again, and forget words that stand nowhere any more."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

STEP = 500
TABLES = {
    "people_organisation": "search_organisation_again",
    "people_person": "search_person_again",
    "tickets_ticket": "search_again",
}


@dataclass(frozen=True)
class Progress:
    """So far: which kind, up to which key, and how many rows of it."""

    table: str
    last: int
    done: int


def rebuild(*, table: str = "", after: int = 0) -> Iterator[Progress]:
    """Every ticket, person and organisation is in the index as it is now; a step is one transaction.

    With `table` and `after` it goes on where another one ended.
    """
    names = list(TABLES)
    for name in names[names.index(table) if table else 0 :]:
        last, done = after if name == table else 0, 0
        while step := _again(name, last):
            last, number = step
            done += number
            yield Progress(name, last, done)


def _again(table: str, after: int) -> tuple[int, int] | None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"select max(done.id), count(*) from (select id, {TABLES[table]}(id) from"  # noqa: S608 (names of ours)
            f" (select id from {table} where id > %s order by id limit {STEP}) as step) as done",
            [after],
        )
        last, number = cursor.fetchone()
    return (last, number) if last is not None else None


@transaction.atomic
def forget_lost_words() -> None:
    """Only words that stand somewhere are known: what was removed leaves none behind."""
    with connection.cursor() as cursor:
        cursor.execute("delete from search_knownword")
        for kept in ("search_ticketwords", "search_personwords", "search_organisationwords"):
            cursor.execute(f"select count(search_learn(words)) from {kept}")  # noqa: S608 (names of ours)
