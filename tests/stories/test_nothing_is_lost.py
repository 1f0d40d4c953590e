"""Whatever dies while mail comes in: every mail that got its `250` is on its ticket exactly once, and is answered once."""

import asyncio
import email
import queue
import shutil
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from aiosmtpd.controller import Controller

from mainstay.operate.answering import smtp_answers, web_answers
from mainstay.operate.ports import free_port
from mainstay.tickets.actions.answering import SENDING
from tests.letters import letter
from tests.running import RunningDesk, new_folder, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MAILS = 200
SENDERS = 4
PAUSE_SECONDS = 0.05  # between two mails: the kills fall among them
EACH_KILL_AFTER = {30: "web", 70: "worker", 110: "intake", 150: "postgres"}
# Jobs of a killed worker wait until its heartbeat is 30 s old and the timetable comes by, every 20 s.
SETTLED_SECONDS = 75
EVERY_ANSWER = 5  # each fifth mail answers the first ticket, the others open tickets of their own
FIRST = "The first of all"
STAFF = "@intercom.example"  # of the sample company
STOP_SECONDS = 5 + 1  # 5 s are promised; a busy machine may be late


class Relay:
    """The world outside: takes every mail the desk sends, and remembers the Message-IDs of those to customers.

    What colleagues are told by mail, such as that nobody is on duty, is no answer to anybody.
    """

    def __init__(self) -> None:
        self.mail_ids: list[str] = []
        self.is_slow = False
        self.offered = 0
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port("127.0.0.1", 0, "relay"))

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if all(address.endswith(STAFF) for address in envelope.rcpt_tos):
            return "250 Taken"
        self.offered += 1
        while self.is_slow:
            await asyncio.sleep(0.05)
        self.mail_ids.append(email.message_from_bytes(envelope.content)["Message-ID"])
        return "250 Taken"

    def __enter__(self) -> "Relay":
        self._controller.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"


class Senders:
    """A mail server's side of things: each mail is sent, the same bytes again and again, until it gets its `250`."""

    def __init__(self, where: Callable[[], tuple[str, int]]) -> None:
        self.where = where
        self.taken: list[str] = []  # Message-IDs that got a 250
        self.tries = 0
        self._mails: queue.Queue[tuple[str, str, bytes] | None] = queue.Queue()
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def send(self, mail_id: str, sender: str, raw: bytes) -> None:
        self._mails.put((mail_id, sender, raw))

    def finish(self, seconds: float) -> None:
        for _thread in self._threads:
            self._mails.put(None)
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0))
            assert not thread.is_alive(), f"{len(self.taken)} mails were taken in {self.tries} tries"

    def _send_all(self) -> None:
        while mail := self._mails.get():
            mail_id, sender, raw = mail
            while not self._is_taken(sender, raw):
                time.sleep(0.1)
            self.taken.append(mail_id)

    def _is_taken(self, sender: str, raw: bytes) -> bool:
        self.tries += 1
        try:
            with smtplib.SMTP(*self.where(), timeout=5) as smtp:
                # On its own: a connection that breaks at QUIT does not take back the 250 that was said before.
                smtp.ehlo_or_helo_if_needed()
                smtp.mail(sender)
                smtp.rcpt("support@intercom.example")
                return smtp.data(raw)[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


@pytest.fixture
def relay() -> Iterator[Relay]:
    with Relay() as running:
        yield running


@pytest.fixture
def folder() -> Iterator[Path]:
    folder = new_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def mail_id_of(number: int) -> str:
    return f"<mail-{number:03}@lost.example>"


def subject_of(number: int) -> str:
    return f"Mail {number:03} of {MAILS}"


def is_answer(number: int) -> bool:
    return number % EVERY_ANSWER == 0


def stranger(number: int) -> str:
    """Each ticket is somebody else's: nobody gets two automatic answers a day."""
    return f"visitor-{number:03}@elsewhere.example"


def write(number: int, sender: str, thread: str) -> bytes:
    headers = {"Message_ID": mail_id_of(number)} | ({"In_Reply_To": thread} if is_answer(number) else {})
    return letter(sender, f"This is text {number:03}.", subject=subject_of(number), **headers)


def open_first_ticket(desk: RunningDesk, sender: str) -> str:
    """The Message-ID of our acknowledgement, for others to answer."""
    desk.send(letter(sender, subject=FIRST), sender)
    ours = """
        select mail_id from email_channel_outgoingmail mail join tickets_message message on message.id = mail.message_id
        join tickets_ticket ticket on ticket.id = message.ticket_id where ticket.subject = %s and mail.state = 'sent'
    """
    return until(lambda: desk.rows(ours, FIRST))[0][0]


def settled(desk: RunningDesk) -> bool:
    """Nothing waits to be read or sent any more."""
    return desk.rows("""
        select not exists (select from email_channel_rawmail where state = 'waiting')
           and not exists (select from tickets_message where delivery = 'queued')
    """) == [(True,)]


def check_that_nothing_is_lost(desk: RunningDesk, senders: Senders, relay: Relay) -> None:
    until(lambda: settled(desk), SETTLED_SECONDS)
    numbers = range(1, MAILS + 1)
    assert Counter(senders.taken) == Counter(mail_id_of(number) for number in numbers)

    kept = desk.rows("select mail_id, state from email_channel_rawmail where mail_id like '%%@lost.example>'")
    assert Counter(kept) == Counter((mail_id_of(number), "done") for number in numbers)

    stands = desk.rows("""
        select ticket.subject, message.text from tickets_message message join tickets_ticket ticket
            on ticket.id = message.ticket_id where message.kind = 'inbound' and message.text like 'This is text %%'
    """)
    wanted = [(FIRST if is_answer(n) else subject_of(n), f"This is text {n:03}.") for n in numbers]
    assert Counter(stands) == Counter(wanted)

    answers = """
        select ticket.subject, count(mail.id), count(*) filter (where mail.state = 'sent'),
               (select count(*) from tickets_ticketevent event where event.ticket_id = ticket.id and kind = 'delivered')
        from tickets_ticket ticket
        left join tickets_message message on message.ticket_id = ticket.id and message.kind = 'acknowledgement'
        left join email_channel_outgoingmail mail on mail.message_id = message.id
        where ticket.subject = any(%s) group by ticket.id
    """
    opened = [FIRST, *(subject_of(number) for number in numbers if not is_answer(number))]
    answered = desk.rows(answers, [FIRST, *map(subject_of, numbers)])
    assert Counter(answered) == Counter((subject, 1, 1, 1) for subject in opened)
    # A worker that dies between the relay's 250 and its own commit sends the same mail again, under the same Message-ID.
    assert set(relay.mail_ids) == {
        row[0] for row in desk.rows("select mail_id from email_channel_outgoingmail where state = 'sent'")
    }

    unfinished = "select task_name, status from procrastinate_jobs where task_name = 'tickets.deliver'"
    until(lambda: desk.rows(unfinished) == [])
    assert desk.command("promises", "recount")["differences"] == []


def check_that_it_serves(desk: RunningDesk) -> None:
    host, port = desk.url.removeprefix("http://").split(":")
    until(lambda: web_answers(host, int(port)))
    until(lambda: smtp_answers(desk.smtp_host, desk.smtp_port))
    assert set(desk.processes()) == {"web", "worker", "intake", "postgres"}


def partners_of(desk: RunningDesk) -> list[str]:
    return [partner["email"] for partner in desk.command("sample", "show")["partners"]]


def test_each_part_is_killed_in_turn_while_mail_comes_in(folder: Path, relay: Relay) -> None:
    desk = RunningDesk(folder, MAINSTAY_SMTP_RELAY=relay.url)
    try:
        partners = partners_of(desk)
        thread = open_first_ticket(desk, partners[0])
        senders = Senders(lambda: (desk.smtp_host, desk.smtp_port))
        killed = {}
        for number in range(1, MAILS + 1):
            sender = partners[0] if is_answer(number) else stranger(number)
            senders.send(mail_id_of(number), sender, write(number, sender, thread))
            if number in EACH_KILL_AFTER:
                name = EACH_KILL_AFTER[number]
                killed[name] = desk.kill(name)
            time.sleep(PAUSE_SECONDS)
        senders.finish(30)
        check_that_nothing_is_lost(desk, senders, relay)
        check_that_it_serves(desk)
        now = desk.processes()
        assert not [name for name, pid in killed.items() if now[name] == pid]
        assert desk.stop() < STOP_SECONDS
    finally:
        desk.stop()


def test_the_whole_desk_is_killed_and_started_again_while_mail_comes_in(folder: Path, relay: Relay) -> None:
    """The senders go on trying; the second start finds the same ports, folder and data."""
    ports = [f"--{name}={free_port('127.0.0.1', 0, name)}" for name in ("port", "smtp-port")]
    desk = RunningDesk(folder, *ports, MAINSTAY_SMTP_RELAY=relay.url)
    try:
        partners = partners_of(desk)
        thread = open_first_ticket(desk, partners[0])
        before = desk.rows("select count(*) from tickets_ticket")
        senders = Senders(lambda: (desk.smtp_host, desk.smtp_port))
        for number in range(1, MAILS + 1):
            sender = partners[0] if is_answer(number) else stranger(number)
            senders.send(mail_id_of(number), sender, write(number, sender, thread))
            if number == MAILS // 2:
                desk.kill_supervisor()
                desk = RunningDesk(folder, *ports, MAINSTAY_SMTP_RELAY=relay.url)
            time.sleep(PAUSE_SECONDS)
        senders.finish(30)
        check_that_nothing_is_lost(desk, senders, relay)
        check_that_it_serves(desk)
        opened = MAILS - MAILS // EVERY_ANSWER
        assert desk.rows("select count(*) from tickets_ticket") == [(before[0][0] + opened,)]
        assert desk.stop() < STOP_SECONDS
    finally:
        desk.stop()


def test_a_delivery_whose_database_connection_breaks_is_tried_again(folder: Path, relay: Relay) -> None:
    """The relay has taken the mail, but the desk could not write that down: it sends the same mail once more."""
    desk = RunningDesk(folder, MAINSTAY_SMTP_RELAY=relay.url)
    try:
        sender = partners_of(desk)[0]
        relay.is_slow = True
        desk.send(letter(sender), sender)
        until(lambda: relay.offered == 1)
        # The one who sends holds a lock on the message, and no transaction.
        broken = "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = %s"
        assert desk.rows(broken, (crc32(SENDING.encode()) - 2**31) % 2**32) == [(True,)]
        relay.is_slow = False
        until(lambda: settled(desk))
        assert len(relay.mail_ids) == 2
        assert len(set(relay.mail_ids)) == 1
    finally:
        desk.stop()
