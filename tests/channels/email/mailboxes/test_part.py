"""The process that fetches: real threads, a real Dovecot, real deaths (F1–F3, F8, F10, R2, R10, R11)."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mainstay.channels.email.mailboxes.actions import change_mailbox, pause_mailbox, remove_mailbox
from mainstay.channels.email.mailboxes.locking import only_reader
from mainstay.channels.email.mailboxes.part import fetch_until
from mainstay.channels.email.mailboxes.polling import Pace
from mainstay.channels.email.models import FolderPosition, Mailbox, RawMail
from mainstay.lib import faults
from tests.channels.email.mailboxes.looking import kept, letters
from tests.dovecot import Dovecot
from tests.misbehaving_imap import MisbehavingImap
from tests.running import ROOT, until

pytestmark = pytest.mark.django_db(transaction=True)

QUICK = Pace(
    check_seconds=0.4,
    first_idle_seconds=0.2,
    answer_seconds=3.0,
    lock_seconds=0.2,
    database_seconds=0.2,
    pause_factor=0.02,
    look_seconds=0.2,
)
# With a long pause between two looks: what comes quicker came by IDLE.
IDLING = Pace(check_seconds=60, first_idle_seconds=60, look_seconds=0.2)


@contextmanager
def fetching(pace: Pace = QUICK) -> Iterator[None]:
    stopped = threading.Event()
    thread = threading.Thread(target=fetch_until, args=(stopped, pace), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(20)
        assert not thread.is_alive()


def mailbox() -> Mailbox:
    return Mailbox.objects.get()


def test_mail_comes_at_once_when_the_server_tells_of_it(dovecot: Dovecot, make_mailbox: Any) -> None:
    make_mailbox("idle", dovecot.imap)
    with fetching(IDLING):
        until(lambda: mailbox().last_success_at)
        time.sleep(0.5)  # it waits in IDLE now
        began = time.monotonic()
        dovecot.deliver("idle", *letters(1).values())
        until(lambda: RawMail.objects.count() == 1)
        assert time.monotonic() - began < 30  # it asks once a minute by itself


def test_without_idle_the_server_is_asked_again_and_again(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(1), capabilities="IMAP4rev1") as server:
        make_mailbox("x", server.port)
        with fetching():
            until(lambda: len(kept()) == 1)
            server.mails |= letters(1, start=2)
            until(lambda: len(kept()) == 2)
        assert not server.sent("IDLE")


def test_a_server_that_breaks_its_idle_is_asked_instead(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(1)) as server:
        server.tricks.idle_is_broken = True
        make_mailbox("x", server.port)
        with fetching():
            until(lambda: len(kept()) == 1)
            server.mails |= letters(1, start=2)
            until(lambda: len(kept()) == 2)
        assert len(server.sent("IDLE")) == 1


def test_trouble_is_told_and_passes_by_itself(make_mailbox: Any) -> None:
    """R8, F4: the connection drops in the middle of a mail, three times; the mail and the ones behind it come."""
    with MisbehavingImap(letters(3)) as server:
        server.tricks.drops_in_literal[2] = 2
        make_mailbox("x", server.port)
        with fetching():
            until(lambda: len(kept()) == 3)
            assert "broke" in mailbox().last_problem
            until(lambda: mailbox().problem == "")  # read since
            assert not mailbox().needs_person


def test_a_wrong_password_is_told_and_not_tried_all_the_time(dovecot: Dovecot, make_mailbox: Any) -> None:
    """R10: asking again and again would lock the account."""
    make_mailbox("refused", dovecot.imap, secret="wrong")
    with fetching(Pace(look_seconds=0.2)):
        until(lambda: mailbox().needs_person)
        first = mailbox().last_problem_at
        time.sleep(1)
        assert mailbox().last_problem_at == first
    assert "refused the sign-in" in mailbox().problem
    assert mailbox().last_success_at is None


def test_changes_of_the_set_up_count_within_seconds(dovecot: Dovecot, make_mailbox: Any, now: datetime) -> None:
    made = make_mailbox("changed", dovecot.imap, secret="wrong")
    dovecot.put("changed", *letters(1).values())
    with fetching(Pace(look_seconds=0.2)):
        until(lambda: mailbox().needs_person)
        change_mailbox(made, secret="secret", by=None, at=now)
        until(lambda: len(kept()) == 1, seconds=5)
        pause_mailbox(made, by=None, at=now)
        time.sleep(1)
        dovecot.put("changed", *letters(1, start=2).values())
        time.sleep(1)
        assert len(kept()) == 1
        remove_mailbox(made, by=None, at=now)
    assert len(kept()) == 1


def test_of_two_readers_one_works_and_the_other_waits(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F10. When the first one ends, the second one takes over."""
    made = make_mailbox("two", dovecot.imap)
    with fetching():
        until(lambda: mailbox().last_success_at)
        with only_reader(made.pk) as is_mine:
            assert not is_mine
        dovecot.put("two", *letters(20).values())
        with fetching():
            until(lambda: len(kept()) == 20)
    with only_reader(made.pk) as is_mine:
        assert is_mine
    with fetching():
        dovecot.put("two", *letters(1, start=21).values())
        until(lambda: len(kept()) == 21)


def test_a_stop_does_not_wait_for_a_server_that_stalls(make_mailbox: Any) -> None:
    with MisbehavingImap(letters(1)) as server:
        server.tricks.stalls[1] = 1
        make_mailbox("x", server.port)
        with fetching(Pace(answer_seconds=60, look_seconds=0.2)):
            until(lambda: server.sent("BODY"))


def test_a_full_mailbox_shows_how_far_it_is(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F8, with fewer mails than in life: progress is there to be seen."""
    dovecot.put("full", *letters(300).values())
    make_mailbox("full", dovecot.imap)
    seen = set()
    with fetching():
        while len(kept()) < 300:
            seen |= set(FolderPosition.objects.values_list("done", "total"))
            time.sleep(0.02)
        until(lambda: FolderPosition.objects.get().done == 300)
    assert {total for _done, total in seen} <= {0, 300}
    assert len({done for done, _total in seen}) > 3


def test_a_lost_database_connection_is_made_anew(dovecot: Dovecot, make_mailbox: Any) -> None:
    """F14: the lock is gone with the connection, and is taken again before anything is read."""
    made = make_mailbox("lost", dovecot.imap)
    with fetching():
        until(lambda: mailbox().last_success_at)
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = %s "
                "and classid = 5172812",
                [made.pk],
            )
            assert cursor.fetchone() == (True,)
        dovecot.put("lost", *letters(3).values())
        until(lambda: len(kept()) == 3)


# --- deaths -------------------------------------------------------------------------------------------------------


def run_part(folder: Path, fault: str = "") -> "subprocess.Popen[bytes]":
    """`mainstay mailboxes` as a process of its own, on the test's database."""
    info = connection.get_connection_params()
    names = {"dbname": "dbname", "user": "user", "password": "password", "host": "host", "port": "port"}
    url = " ".join(f"{libpq}='{info[name]}'" for name, libpq in names.items() if info.get(name))
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "MAINSTAY_DATA": str(folder),
        "MAINSTAY_FAULT": fault,
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.Popen([sys.executable, "-m", "mainstay", "mailboxes"], env=environment, cwd=ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("after", ["flag", "move"])
@pytest.mark.parametrize("point", faults.FETCHING)
def test_a_reader_that_is_killed_loses_no_mail_and_stores_none_twice(
    point: str, after: str, dovecot: Dovecot, make_mailbox: Any, tmp_path: Path
) -> None:
    """F1: after the fetch. F2: after the commit. F3: after the mail was marked or moved. Killed at the third mail."""
    user = f"{point}-{after}"
    mails = letters(5)
    dovecot.put(user, *mails.values())
    make_mailbox(user, dovecot.imap, after_intake=after, target_folder="Done" if after == "move" else "")
    assert run_part(tmp_path, f"{point}:3").wait(30) == faults.KILLED
    stored_before = len(kept())
    assert stored_before == (2 if point == "mail.after_fetch" else 3)
    again = run_part(tmp_path)
    try:
        until(lambda: len(kept()) == 5 and FolderPosition.objects.get().last_uid == 5)
    finally:
        again.terminate()
        assert again.wait(10) == 0
    assert kept() == list(mails.values())
    assert set(RawMail.objects.values_list("state", flat=True)) == {"waiting"}  # whoever files mail finds each of them
    if after == "move":
        assert (dovecot.count(user), dovecot.count(user, "Done")) == (0, 5)
    else:
        assert dovecot.count(user, what="SEEN") == 5
