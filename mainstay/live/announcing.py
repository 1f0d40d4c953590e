"""Tell every open browser that something changed: a name only, heard at commit, silent on rollback."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

CHANNEL = "mainstay_live"
TOPICS_AT_ONCE = 200

# The transaction's own number goes with it: together with the order, which is that of the commits and the same for all who
# listen, it is the announcement's place in the row of all announcements. The database gives every transaction one anyway.
NOTIFY = "select pg_notify(%s, pg_current_xact_id()::text || ' ' || %s)"

_together: ContextVar[dict[str, None] | None] = ContextVar("together", default=None)


@contextmanager
def announcing_together() -> Iterator[None]:
    """What is announced within this block, inside one transaction, is said in one go at its end; nothing if it fails."""
    topics: dict[str, None] = {}
    token = _together.set(topics)
    try:
        yield
    finally:
        _together.reset(token)
    names = list(topics)
    for start in range(0, len(names), TOPICS_AT_ONCE):
        announce(*names[start : start + TOPICS_AT_ONCE])


def announce(*topics: str) -> None:
    """Listeners hear these topics (such as `ticket:42`, `queue`) when the transaction commits.

    PostgreSQL folds equal announcements of one transaction into one. Names only: a payload ends at 8,000 bytes,
    and what one may see is decided when the part is read again.
    """
    collected = _together.get()
    if collected is not None:
        collected.update(dict.fromkeys(topics))
        return
    with connection.cursor() as cursor:
        cursor.execute(NOTIFY, [CHANNEL, " ".join(topics)])
