"""A mailbox at a provider, a running desk: mail becomes tickets, whatever dies in between."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.dovecot import PASSWORD, Dovecot
from tests.letters import letter
from tests.running import MAINSTAY, ROOT, RunningDesk, children_of, new_folder, until

pytestmark = pytest.mark.slow


@pytest.fixture
def desk() -> Iterator[RunningDesk]:
    folder = new_folder()
    running = RunningDesk(folder)
    yield running
    running.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    running = Dovecot()
    yield running
    running.stop()


def part(desk: RunningDesk) -> int:
    """The process that fetches."""
    for pid in children_of(desk.process.pid):
        if b"mailboxes" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return pid
    return 0


def has_ticket(desk: RunningDesk, subject: str) -> bool:
    try:
        return desk.rows("select count(*) from tickets_ticket where subject = %s", subject) == [(1,)]
    except psycopg.OperationalError:  # it is starting again
        return False


def test_mail_in_a_mailbox_becomes_tickets_even_after_the_reader_was_killed(
    desk: RunningDesk, dovecot: Dovecot
) -> None:
    partner = desk.command("sample", "show")["partners"][0]["email"]
    dovecot.deliver("support", letter(partner, subject="Before the set-up"))
    words = ["--address", "support@intercom.example", "--host", "127.0.0.1", "--port", str(dovecot.imap)]
    words += ["--security", "none", "--user", "support", "--after", "move", "--move-to", "Done"]
    subprocess.run(
        [*MAINSTAY, "mailbox", "add", "Support", *words],
        input=PASSWORD,
        env=desk.environment,
        cwd=ROOT,
        text=True,
        check=True,
        capture_output=True,
    )
    until(lambda: has_ticket(desk, "Before the set-up"))
    killed = part(desk)
    os.kill(killed, signal.SIGKILL)
    dovecot.deliver("support", letter(partner, subject="While nobody reads"))
    until(lambda: part(desk) not in (0, killed))
    until(lambda: has_ticket(desk, "While nobody reads"))
    desk.kill("postgres")
    dovecot.deliver("support", letter(partner, subject="While the database is away"))
    until(lambda: has_ticket(desk, "While the database is away"))
    until(lambda: dovecot.count("support", "Done") == 3)
    assert desk.rows(
        "select count(*), count(distinct sha256) from email_channel_rawmail where mailbox = 'Support'"
    ) == [(3, 3)]
    assert desk.stop() < 5 + 1  # 5 s are promised; a busy machine may be late
