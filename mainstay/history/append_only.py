"""PostgreSQL keeps a table append-only: changing or deleting a row is refused.

Erasing (a person's right, the sample company) is the one exception: it must switch it on, by name, for its own transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, migrations, transaction


def append_only(table: str) -> migrations.RunSQL:
    """A migration operation after which rows of `table` can only be added."""
    return migrations.RunSQL(
        sql=f"""
        create function {table}_is_append_only() returns trigger language plpgsql as $$
        begin
            if current_setting('mainstay.erasing', true) = 'on' then
                return case tg_op when 'DELETE' then old else new end;
            end if;
            raise exception 'rows of {table} are never changed or deleted';
        end $$;
        create trigger append_only before update or delete on {table}
            for each row execute function {table}_is_append_only();
        """,
        reverse_sql=f"drop trigger append_only on {table}; drop function {table}_is_append_only();",
    )


@contextmanager
def erasing() -> Iterator[None]:
    """Within this block, and this transaction only, history may be erased."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select set_config('mainstay.erasing', 'on', true)")
        yield
        with connection.cursor() as cursor:
            cursor.execute("select set_config('mainstay.erasing', 'off', true)")
