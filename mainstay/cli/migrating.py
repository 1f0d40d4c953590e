"""Whether the database has all migrations, and applying them."""

import pkgutil
from importlib import import_module

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from mainstay.lib.errors import MainstayError

# Any number that no other program on the same server is likely to use.
ONE_MIGRATES_AT_A_TIME = 5_172_811


class NotUpToDate(MainstayError):
    """The database is not up to date: run `mainstay up`, or `mainstay prepare` when the parts run one by one."""


def must_be_up_to_date() -> None:
    """NotUpToDate when a migration on disk was not applied."""
    if lacks_migrations():
        raise NotUpToDate


def lacks_migrations() -> bool:
    """By names alone, without importing a single migration: a few milliseconds at each start."""
    return not _on_disk() <= set(MigrationRecorder(connection).applied_migrations())


def migrate() -> None:
    """Afterwards all migrations are applied; of several processes that ask at once, one does it."""
    if not lacks_migrations():
        return
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [ONE_MIGRATES_AT_A_TIME])
    try:
        if lacks_migrations():
            call_command("migrate", verbosity=0, interactive=False)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [ONE_MIGRATES_AT_A_TIME])


def _on_disk() -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for app in apps.get_app_configs():
        try:
            package = import_module(f"{app.name}.migrations")
        except ModuleNotFoundError:
            continue
        names = (module.name for module in pkgutil.iter_modules(package.__path__) if module.name[0] not in "_~")
        found.update((app.label, name) for name in names)
    return found
