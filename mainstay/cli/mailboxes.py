"""`mainstay mailboxes`: the part that fetches mail by IMAP. While no mailbox is active it is a small process that waits."""

import os
import threading
from pathlib import Path

import click
import psycopg

from mainstay.operate.database import database_url
from mainstay.operate.lifeline import SUPERVISED, wait_for_go
from mainstay.operate.places import use_data_folder
from mainstay.operate.postgres import EmbeddedPostgres

from .desk import data_option
from .parts import end_on_signals, ready_part

LOOK_SECONDS = 2.0
CONNECT_SECONDS = 5
IS_ANY_ACTIVE = "select exists (select from email_channel_mailbox where is_active)"


@click.command()
@data_option
def mailboxes(data: Path | None) -> None:
    """Fetch mail from mailboxes by IMAP."""
    end_on_signals()
    if os.environ.get(SUPERVISED) == "1":
        wait_for_go()
        _wait_for_a_mailbox(use_data_folder(data))
    with ready_part("mailboxes", data):
        from mainstay.channels.email.mailboxes.part import fetch_until

        fetch_until(threading.Event())  # a signal ends it: see end_on_signals


def _wait_for_a_mailbox(folder: Path) -> None:
    """Returns when there is a mailbox to fetch from. Django is not loaded for that: most desks have no mailbox."""
    never = threading.Event()
    url = database_url() or EmbeddedPostgres(folder).url()
    while True:
        try:
            with psycopg.connect(url, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
                while not _is_any_active(connection):
                    never.wait(LOOK_SECONDS)
                return
        except psycopg.Error:
            never.wait(LOOK_SECONDS)  # the database restarts


def _is_any_active(connection: "psycopg.Connection[tuple[bool]]") -> bool:
    row = connection.execute(IS_ANY_ACTIVE).fetchone()
    return row is not None and row[0]
