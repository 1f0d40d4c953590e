"""One reader for each mailbox, however many processes there are: PostgreSQL keeps the lock, and gives it up with us."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

# Any number that no other program in the same database is likely to use; the second one is the mailbox's key.
READS_A_MAILBOX = 5_172_812


@contextmanager
def only_reader(mailbox: int) -> Iterator[bool]:
    """Inside, True: nobody else reads this mailbox while this thread's database connection lives. False: somebody does."""
    keys = [READS_A_MAILBOX, mailbox % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", keys)
        (is_mine,) = cursor.fetchone()
    try:
        yield is_mine
    finally:
        if is_mine:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("select pg_advisory_unlock(%s, %s)", keys)
            except Error:
                connection.close()  # which gives the lock up, too
