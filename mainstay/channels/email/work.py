"""The work of filing mail: waits until there is some, files it, and goes on whatever happens to the database."""

import logging
import threading
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, close_old_connections, connection

from .actions import file_waiting_mail
from .actions.keeping import WAITING

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0  # a notice may be missed while we are busy: waiting rows are looked for anyway
AFTER_TROUBLE_SECONDS = 1.0


def file_mail_until(stopped: threading.Event) -> None:
    """Until `stopped`: each waiting mail is filed within milliseconds of its commit. Ends between two batches."""
    while not stopped.is_set():
        try:
            _file_while_connected(stopped)
        except (psycopg.Error, OperationalError, InterfaceError) as problem:
            log.warning("filing mail waits for the database: %s", problem)
            close_old_connections()
            stopped.wait(AFTER_TROUBLE_SECONDS)
        except Exception:
            # Whatever it was, such as a database that became read-only: mail waits, and filing goes on when it is over.
            log.exception("filing mail stumbled")
            connection.close()
            stopped.wait(AFTER_TROUBLE_SECONDS)
    connection.close()


def _file_while_connected(stopped: threading.Event) -> None:
    with psycopg.connect(**_parameters(), autocommit=True) as listening:
        listening.execute(f"listen {WAITING}")
        while not stopped.is_set():
            close_old_connections()
            while file_waiting_mail() and not stopped.is_set():
                pass
            for _notice in listening.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1):
                pass


def _parameters() -> dict[str, Any]:
    wanted = ("dbname", "user", "password", "host", "port")
    return {key: value for key, value in connection.get_connection_params().items() if key in wanted}
