"""Keyset paging by primary key: the next page begins where this one ended, however much came meanwhile."""

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def newest_first(rows: models.QuerySet[Row], after: str, size: int) -> tuple[list[Row], str]:
    """A page of rows with smaller keys than `after`, and the key for the next page (empty at the end)."""
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else ""
