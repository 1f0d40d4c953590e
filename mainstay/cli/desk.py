"""What a command needs that works with a desk: its folder, its database, Django ready, and a tidy end."""

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from mainstay.operate.database import desk_database
from mainstay.operate.places import use_data_folder

P = ParamSpec("P")
R = TypeVar("R")

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The desk's data folder (default: MAINSTAY_DATA, else `var` of the checkout).",
)


def needs_desk(command: Callable[P, R]) -> Callable[..., R]:
    """Adds `--data DIR`. The command runs with Django ready and a database that answers and is up to date.

    The embedded database is started when it does not run, and then stopped again at the end.
    """

    @data_option
    @functools.wraps(command)
    def with_desk(*args: Any, data: Path | None, **kwargs: Any) -> R:
        with desk_database(use_data_folder(data)):
            set_up_django()
            from django.db import connections

            from .migrating import must_be_up_to_date

            try:
                must_be_up_to_date()
                return command(*args, **kwargs)
            finally:
                connections.close_all()

    return with_desk


def set_up_django() -> None:
    """Afterwards models can be imported; the settings read the environment as it is now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
