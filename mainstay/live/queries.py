"""Who is where."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from .rules import Visitor, closest

# By hand: it is asked on every page, and the table is so small that a query set takes longer to write than this to answer.
_VISITS = """
    select subject, person, name, attention from live_visit
    where subject = any(%s) and until > %s and person <> %s
    order by id
"""


def who_is_at(subjects: Iterable[str], *, at: datetime, beside: int = 0) -> dict[str, list[Visitor]]:
    """Who has these things (such as `ticket:42`) open at this moment, but for the person `beside`; one query.

    Things at which nobody is are not in it.
    """
    found: dict[str, list[tuple[int, str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_VISITS, [list(subjects), at, beside])
        for subject, person, name, attention in cursor:
            found.setdefault(subject, []).append((person, name, attention))
    return {subject: closest(rows) for subject, rows in found.items()}
