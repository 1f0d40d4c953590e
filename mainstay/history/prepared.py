"""Queries of the ORM whose SQL is written once: on pages that people open all day, writing it takes longer than answering it.

A query is built with stand-ins for its values, compiled, and kept; when it is asked, the values take the places of their stand-ins.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
Value = int | str | datetime

_STAND_INS: dict[type, Callable[[int], Value]] = {
    int: lambda place: -7_130_000_000_000 - place,
    str: lambda place: f"\ue000 stands in for {place}",
    datetime: lambda place: datetime(1, 1, 2, 3, 4, 5, place, tzinfo=UTC),
}


class Prepared(Generic[M]):
    """`kinds` are the types of the values that `build` makes the query from, in their order.

    The form of the query must not depend on its values: one that looks different for some people is several of these.
    """

    def __init__(self, build: Callable[..., QuerySet[M, Any]], *kinds: type[Value]) -> None:
        self._build = build
        self._stand_ins = {_STAND_INS[kind](place): place for place, kind in enumerate(kinds)}
        self._written: tuple[QuerySet[M, Any], Any, str, tuple[Any, ...]] | None = None

    def rows(self, *values: Value) -> list[Any]:
        """The rows for these values, with what the query prefetches."""
        return list(self._asked(values))

    def first(self, *values: Value) -> Any:
        """The first row; None when there is none. How many are read is for the query to say."""
        return next(iter(self._asked(values)), None)

    def _asked(self, values: tuple[Value, ...]) -> QuerySet[M, Any]:
        if self._written is None:
            self._written = self._write()
        query, compiler, sql, parameters = self._written
        given = tuple(values[self._stand_ins[one]] if _is_among(one, self._stand_ins) else one for one in parameters)
        asked = query.all()
        asked.query.get_compiler = lambda *_which, **_more: _with(compiler, sql, given)  # type: ignore[method-assign]
        return asked

    def _write(self) -> tuple[QuerySet[M, Any], Any, str, tuple[Any, ...]]:
        query = self._build(*self._stand_ins)
        compiler = query.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        found = [one for one in parameters if _is_among(one, self._stand_ins)]
        if set(found) != set(self._stand_ins):
            raise ValueError("A value of a prepared query does not stand in its SQL as it was given.")
        return query, compiler, sql, tuple(parameters)


def _is_among(parameter: object, stand_ins: dict[Value, int]) -> bool:
    return isinstance(parameter, (int, str, datetime)) and parameter in stand_ins


def _with(compiler: Any, sql: str, parameters: tuple[Any, ...]) -> Any:
    """The compiler as it stood when the SQL was written, with these values."""
    ready = copy.copy(compiler)
    ready.as_sql = lambda *_which, **_more: (sql, parameters)
    return ready
