"""Which database this desk uses: the one DATABASE_URL names, else its own embedded PostgreSQL."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from .binaries import OLDEST_MAJOR
from .errors import DatabaseUnreachable, DeskNotFound, WrongPostgres
from .locks import Users
from .postgres import EmbeddedPostgres

CONNECT_SECONDS = 5
# The web part has a pool; the few threads of worker and intake keep their connections from job to job.
KEPT_SECONDS = 600
PREPARED_AFTER = 5  # times that a statement was seen
WEB_POOL = {"min_size": 2, "max_size": 16, "timeout": 10}
# What Django names itself; everything else goes to libpq as it is.
_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def database_url() -> str:
    return os.environ.get("DATABASE_URL", "").strip()


def django_database(data_folder: Path) -> dict[str, Any]:
    """Django's settings for the desk's database; nothing is started. MAINSTAY_PROCESS=web gets a connection pool."""
    url = database_url()
    parameters = read_url(url) if url else EmbeddedPostgres(data_folder).parameters()
    options: dict[str, Any] = {name: value for name, value in parameters.items() if name not in _DJANGO_NAMES}
    # The same few statements come again and again: PostgreSQL plans each once for a connection.
    options |= {"server_side_binding": True, "prepare_threshold": PREPARED_AFTER}
    if os.environ.get("MAINSTAY_PROCESS") == "web":
        options["pool"] = dict(WEB_POOL)
    named = {django: parameters[libpq] for libpq, django in _DJANGO_NAMES.items() if parameters.get(libpq)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": KEPT_SECONDS if os.environ.get("MAINSTAY_PROCESS") in ("worker", "intake") else 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        **named,
    }


def read_url(url: str) -> dict[str, str]:
    """libpq's names and values in a `postgresql://` address or a `key=value` string; says nothing of what is in it."""
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except psycopg.Error:
        raise DatabaseUnreachable(
            "DATABASE_URL is not the address of a PostgreSQL database; "
            "it looks like postgresql://user:password@host:5432/mainstay."
        ) from None
    if not (parameters.get("dbname") or parameters.get("service")):
        raise DatabaseUnreachable("DATABASE_URL names no database; it looks like postgresql://user@host:5432/mainstay.")
    return parameters


def reachable(url: str) -> None:
    """Returns when the database answers and is new enough; else DatabaseUnreachable or WrongPostgres."""
    parameters = read_url(url)
    where = _where(parameters)
    try:
        with psycopg.connect(**{"connect_timeout": CONNECT_SECONDS, **parameters}) as connection:  # type: ignore[arg-type]
            major = connection.info.server_version // 10000
    except psycopg.Error as fault:
        raise DatabaseUnreachable(
            f"The database {where} can't be reached ({_reason(fault, parameters)}): check DATABASE_URL and the server."
        ) from None
    if major < OLDEST_MAJOR:
        raise WrongPostgres(
            f"PostgreSQL {OLDEST_MAJOR} or newer is needed, but the server of {where} is version {major}."
        )


@contextlib.contextmanager
def desk_database(data_folder: Path, *, make: bool = False) -> Iterator[None]:
    """Inside, the desk's database answers. An embedded one that did not run is started; its last user stops it.

    DeskNotFound when there is none, unless it may be made.
    """
    if database_url():
        reachable(database_url())
        yield
        return
    postgres = EmbeddedPostgres(data_folder)
    if not (postgres.exists or make):
        raise DeskNotFound(f"No desk found in {data_folder}: run `mainstay up` first or set DATABASE_URL.")
    with users_of(data_folder).joined() as membership:
        if not postgres.is_running():
            _borrowed(data_folder).touch()
            postgres.start()
        try:
            yield
        finally:
            if _borrowed(data_folder).exists() and membership.is_last():
                postgres.stop()
                _borrowed(data_folder).unlink(missing_ok=True)


def users_of(data_folder: Path) -> Users:
    """Who uses the embedded PostgreSQL of this folder at the moment."""
    return Users(data_folder / "postgres.users")


def keep_running(data_folder: Path) -> None:
    """From now on no passing command stops the embedded PostgreSQL when it leaves: `mainstay up` owns it."""
    _borrowed(data_folder).unlink(missing_ok=True)


def _borrowed(data_folder: Path) -> Path:
    """Exists while the embedded PostgreSQL runs for the sake of passing commands only."""
    return data_folder / "postgres.borrowed"


def _where(parameters: dict[str, str]) -> str:
    host = parameters.get("host") or parameters.get("hostaddr") or "the local socket"
    port = f":{parameters['port']}" if parameters.get("port") and not host.startswith("/") else ""
    return f"{parameters.get('dbname') or parameters.get('service')} at {host}{port}"


def _reason(fault: psycopg.Error, parameters: dict[str, str]) -> str:
    """libpq's own words without the address it repeats, and never the password."""
    words = str(fault).strip().splitlines()
    text = re.sub(r"^(connection failed: )?connection to server .* failed: ", "", words[0]) if words else "no answer"
    text = text.removeprefix("connection failed: ").removeprefix("FATAL: ").strip()
    password = parameters.get("password")
    return text.replace(password, "…") if password else text
