"""The words of what was there before there were triggers: in steps, so that no step holds others up for long."""

from django.db import migrations

STEP = 500
TABLES = {
    "people_organisation": "search_organisation_again",
    "people_person": "search_person_again",
    "tickets_ticket": "search_again",
}


def fill(apps, editor):
    with editor.connection.cursor() as cursor:
        for table, function in TABLES.items():
            last = 0
            while last is not None:
                cursor.execute(
                    f"select max(done.id) from (select id, {function}(id) from"
                    f" (select id from {table} where id > %s order by id limit {STEP}) as step) as done",
                    [last],
                )
                last = cursor.fetchone()[0]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("search", "0001_words")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
