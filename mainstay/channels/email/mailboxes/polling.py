"""A thread for each mailbox: connects, reads, waits for new mail, and never gives up."""

import contextlib
import imaplib
import logging
import threading
import time
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from imapclient import IMAPClient

from mainstay.live.announcing import announce

from ..models import Mailbox
from .access import Access
from .actions import TOPIC, keep_renewed_token
from .connecting import ANSWER_SECONDS, connect, hang_up, interrupt, sign_in, telling_trouble
from .errors import MailboxTrouble
from .fetching import FolderReader, sent_folder_of
from .locking import only_reader
from .positions import SetUpChanged
from .queries import access_of
from .rules import CHECK_SECONDS, pause_seconds
from .states import Auth, Purpose
from .tokens import TokenSource

log = logging.getLogger(__name__)

TELL_EVERY_SECONDS = 2.0
EOF_SECONDS = 0.2
MOST_FAILURES = 1000


@dataclass(frozen=True)
class Pace:
    """How long things take; the tests are quicker."""

    check_seconds: float = CHECK_SECONDS
    # Mail that comes while IDLE begins may be announced where we do not see it: the first IDLE is a short one.
    first_idle_seconds: float = 2.0
    answer_seconds: float = ANSWER_SECONDS
    lock_seconds: float = 2.0
    database_seconds: float = 1.0
    pause_factor: float = 1.0
    look_seconds: float = 2.0


class Poller(threading.Thread):
    """Fetches from one mailbox under one version of its set-up until it is stopped; trouble is told and tried again."""

    def __init__(self, mailbox: int, version: int, pace: Pace | None = None) -> None:
        super().__init__(name=f"mailbox {mailbox}", daemon=True)
        self.version = version
        self._key = mailbox
        self._pace = pace or Pace()
        self._stopped = threading.Event()
        self._client: IMAPClient | None = None
        self._tokens: TokenSource | None = None
        self._failures = 0
        self._may_idle = True
        self._told_at = 0.0  # monotonic seconds

    def stop(self) -> None:
        """It ends soon: after the mail in hand, or at once when it waits for the server."""
        self._stopped.set()

    def hang_up(self) -> None:
        """It stops waiting for an answer."""
        client = self._client
        if client is not None:
            interrupt(client)

    def run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._stopped.wait(self._try())
        finally:
            connection.close()

    def _try(self) -> float:
        """One attempt; returns the seconds until the next one."""
        try:
            with only_reader(self._key) as is_mine:
                if not is_mine:
                    return self._pace.lock_seconds
                return self._fetch_or_tell()
        except (OperationalError, InterfaceError) as fault:
            log.warning("%s waits for the database: %s", self.name, fault)
        except Exception:
            log.exception("%s stumbled", self.name)
        with contextlib.suppress(Exception):
            connection.close()
        return self._pace.database_seconds

    def _fetch_or_tell(self) -> float:
        try:
            self._fetch()
        except SetUpChanged:
            self._stopped.set()
        except MailboxTrouble as trouble:
            return self._tell(str(trouble), needs_person=trouble.needs_person)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            if self._stopped.is_set():
                return 0.0
            log.exception("%s stumbled", self.name)
            return self._tell(_("The desk stumbled: %(problem)s") % {"problem": repr(fault)[:300]}, needs_person=False)
        return 0.0

    def _fetch(self) -> None:
        """Connect, then read and wait until stopped; raises whatever comes between."""
        mailbox = Mailbox.objects.filter(pk=self._key, version=self.version, is_active=True).first()
        if mailbox is None:
            raise SetUpChanged
        access = access_of(mailbox)
        client = self._client = connect(access, answer_seconds=self._pace.answer_seconds)
        try:
            sign_in(client, access, self._token_source(mailbox, access))
            with telling_trouble(access.host):
                sent = sent_folder_of(client, mailbox.sent_folder) if mailbox.reads_sent else ""
                while not self._stopped.is_set() and self._may_go_on():
                    is_quiet = self._read(client, mailbox, sent)
                    self._failures = 0
                    self._wait(client, self._pace.check_seconds if is_quiet else self._pace.first_idle_seconds)
        finally:
            self._client = None
            hang_up(client)

    def _may_go_on(self) -> bool:
        """Whether this connection still serves for waiting; `_wait` gives it up when IDLE went wrong."""
        return self._client is not None

    def _token_source(self, mailbox: Mailbox, access: Access) -> TokenSource | None:
        if access.auth != Auth.PASSWORD and self._tokens is None:
            self._tokens = TokenSource(access, lambda token: keep_renewed_token(mailbox, token))
        return self._tokens

    def _read(self, client: IMAPClient, mailbox: Mailbox, sent: str) -> bool:
        """One look into each folder; whether there was nothing new."""
        found, notes = 0, []
        for purpose, folder in ((Purpose.INBOX, mailbox.folder), (Purpose.SENT, sent)):
            if folder and not self._stopped.is_set():
                reader = FolderReader(client, mailbox, purpose, stopped=self._stopped, beat=self._beat)
                reader.read(folder)
                found += reader.found
                notes.append(reader.note)
        if not self._stopped.is_set():
            self._succeed(next(filter(None, notes), ""))
        return not found

    def _wait(self, client: IMAPClient, seconds: float) -> None:
        """Until there is something to read, or for so many seconds."""
        if not (self._may_idle and client.has_capability("IDLE")):
            self._stopped.wait(self._pace.check_seconds)
            return
        try:
            client.idle()
            self._idle(client, seconds)
            client.idle_done()
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as fault:
            # It offers IDLE and does not keep to it: from now on we ask, over a fresh connection.
            log.warning("%s: IDLE went wrong: %s", self.name, fault)
            self._may_idle, self._client = False, None

    def _idle(self, client: IMAPClient, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopped.is_set() and (left := end - time.monotonic()) > 0:
            slice_seconds = min(left, 1.0)
            began = time.monotonic()
            # Nothing, and too early: the other side is gone, which idle_done() will find out.
            if client.idle_check(timeout=slice_seconds) or time.monotonic() - began < min(
                EOF_SECONDS, slice_seconds / 2
            ):
                return

    def _beat(self) -> None:
        """A sign of life while much is fetched."""
        now = time.monotonic()
        if now - self._told_at >= TELL_EVERY_SECONDS:
            self._told_at = now
            self._write(last_success_at=timezone.now())

    def _succeed(self, note: str) -> None:
        now = timezone.now()
        told = {"last_problem": note, "last_problem_at": now} if note else {}
        self._write(last_success_at=now, needs_person=False, **told)

    def _tell(self, problem: str, *, needs_person: bool) -> float:
        if self._stopped.is_set():
            return 0.0
        self._failures = min(self._failures + 1, MOST_FAILURES)
        log.warning("%s: %s", self.name, problem)
        self._write(last_problem=problem, last_problem_at=timezone.now(), needs_person=needs_person)
        return pause_seconds(self._failures, needs_person=needs_person) * self._pace.pause_factor

    def _write(self, **values: object) -> None:
        """Only for the set-up that we work under: a newer one begins with a clean slate."""
        with transaction.atomic():
            Mailbox.objects.filter(pk=self._key, version=self.version).update(**values)
            announce(TOPIC)
