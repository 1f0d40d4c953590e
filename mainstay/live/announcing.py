"""Tell every open browser that something changed: a name only, heard at commit, silent on rollback."""

from django.db import connection

CHANNEL = "mainstay_live"


def announce(*topics: str) -> None:
    """Listeners hear these topics (such as `ticket:42`, `queue`) when the transaction commits.

    PostgreSQL folds equal announcements of one transaction into one. Names only: a payload ends at 8,000 bytes,
    and what one may see is decided when the part is read again.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, " ".join(topics)])
