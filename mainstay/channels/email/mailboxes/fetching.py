"""One look into one folder: every new mail is stored, then marked or moved, then our position moves on: in this order."""

import imaplib
import logging
import threading
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import ProtocolError
from imapclient.imapclient import SENT

from mainstay.lib.faults import hit

from .. import limits
from ..models import FolderPosition, Mailbox
from . import positions
from .connecting import plain, telling_trouble
from .errors import FolderMissing
from .keeping import keep_mail, keep_too_large
from .positions import Folder
from .states import AfterIntake, Purpose

log = logging.getLogger(__name__)

SIZES_AT_ONCE = 200
# A line of an answer may hold a million bytes: so many numbers surely fit in it.
FIRST_WINDOW, WIDEST_WINDOW, FEW = 2_000, 100_000, 500
# What can be left of a connection on which nothing more may be asked.
BROKEN = (imaplib.IMAP4.abort, ProtocolError, OSError, ValueError)


@dataclass(frozen=True)
class Fetched:
    """A mail's bytes, or only its headers when all of it would be too much."""

    content: bytes
    size: int
    is_whole: bool


class FolderReader:
    """Reads one folder of a mailbox over a signed-in connection; `beat` is called after each mail."""

    def __init__(
        self, client: IMAPClient, mailbox: Mailbox, purpose: str, *, stopped: threading.Event, beat: Callable[[], None]
    ) -> None:
        self._client = client
        self._mailbox = mailbox
        self._purpose = purpose
        self._stopped = stopped
        self._beat = beat
        self.note = ""  # what could not be done, though all mail was stored
        self.found = 0

    def read(self, folder_name: str) -> None:
        """All new mail of the folder is stored, unless we are stopped before that.

        A mail that can't be fetched is owed: it holds up the others three times at most, then they go before it.
        """
        folder = open_folder(self._client, folder_name, readonly=self._after == AfterIntake.LEAVE)
        position = positions.position_in(self._mailbox, self._purpose, folder)
        self._pay_debts(position)
        new = self._new_uids(position, folder)
        self.found = len(new)
        if new:
            positions.begin_round(position, len(new))
        put_off = positions.put_off(position)
        for uid, size in self._sizes(new):
            if self._stopped.is_set():
                return
            if size is not None and uid not in put_off:
                self._take_in(position, uid, size)
            positions.advance(position, uid, done=1)
            self._beat()
        if folder.uid_next > position.last_uid + 1:
            positions.advance(position, folder.uid_next - 1)

    @property
    def _after(self) -> str:
        return AfterIntake.LEAVE if self._purpose == Purpose.SENT else self._mailbox.after_intake

    def _pay_debts(self, position: FolderPosition) -> None:
        for uid, size in self._sizes(positions.due_debts(position, timezone.now())):
            if self._stopped.is_set():
                return
            if size is None:
                positions.settle_debt(position, uid)
            else:
                self._take_in(position, uid, size)
                self._beat()

    def _new_uids(self, position: FolderPosition, folder: Folder) -> "array[int]":
        """The numbers of all mail behind our position, ascending; asked in windows, so that no answer is too long."""
        found = array("Q")
        low, window = position.last_uid + 1, FIRST_WINDOW
        while low < folder.uid_next:
            high = min(low + window, folder.uid_next) - 1
            if low < position.known_from_uid:
                high = min(high, position.known_from_uid - 1)
            some = self._search(low, str(high), position)
            found.extend(uid for uid in some if uid <= high)
            window = min(window * 4, WIDEST_WINDOW) if len(some) < FEW else max(window // 2, FIRST_WINDOW)
            low = high + 1
        found.extend(self._search(low, "*", position))
        return found

    def _search(self, low: int, high: str, position: FolderPosition) -> list[int]:
        """`n:*` names the last mail even when it is older than n."""
        wanted: list[Any] = ["UID", f"{low}:{high}"]
        if self._mailbox.since is not None and low < position.known_from_uid:
            wanted += ["SINCE", self._mailbox.since]
        return sorted({uid for uid in self._client.search(wanted) if uid >= low})

    def _sizes(self, uids: "array[int] | list[int]") -> Iterator[tuple[int, int | None]]:
        """Each mail's size before anything of it is fetched; None for one that is there no more."""
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = list(uids[start : start + SIZES_AT_ONCE])
            told = self._client.fetch(some, ["RFC822.SIZE"])
            for uid in some:
                size = told[uid].get(b"RFC822.SIZE", 0) if uid in told else None
                yield uid, size if size is None or isinstance(size, int) else 0

    def _take_in(self, position: FolderPosition, uid: int, size: int) -> None:
        """The mail is stored and marked; or owed; or, when the connection broke, owed once more and the break told."""
        try:
            fetched = self._fetch(uid, size)
        except BROKEN as fault:
            positions.owe(position, uid, plain(fault), timezone.now())
            raise
        except imaplib.IMAP4.error as refusal:
            self._pass_over(position, uid, refusal)
            return
        if fetched is not None:
            if not self._keep(position, uid, fetched):
                return
            self._mark(uid)
            hit("mail.after_move")
        positions.settle_debt(position, uid)

    def _keep(self, position: FolderPosition, uid: int, fetched: "Fetched") -> bool:
        """Whether the mail is durably stored. Only a database that is away keeps the others waiting."""
        known = {"mailbox": self._key, "address": self._mailbox.address, "peer": self._mailbox.host}
        try:
            if fetched.is_whole:
                hit("mail.after_fetch")
                keep_mail(fetched.content, **known)
                hit("mail.after_store")
            else:
                keep_too_large(fetched.content, fetched.size, **known)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:
            log.exception("mail %s of %s could not be stored", uid, self._mailbox)
            self._pass_over(position, uid, fault)
            return False
        return True

    def _pass_over(self, position: FolderPosition, uid: int, fault: Exception) -> None:
        """The connection is sound, this mail is not: it is owed, and the others go on at once."""
        positions.owe(position, uid, plain(fault), timezone.now())
        self.note = _("A mail could not be taken in, and is tried again later: %(why)s.") % {"why": plain(fault)}

    def _fetch(self, uid: int, size: int) -> "Fetched | None":
        """The mail, or of one that is too large its headers; None when somebody has removed it meanwhile."""
        if size <= limits.MAIL_MAX_BYTES:
            raw = self._body(uid, size)
            if raw is None or len(raw) <= limits.MAIL_MAX_BYTES:
                return None if raw is None else Fetched(raw, len(raw), is_whole=True)
            size = len(raw)
        headers = self._part(uid, "BODY.PEEK[HEADER]", 0, limits.HEADERS_MAX_BYTES)
        return None if headers is None else Fetched(headers, size, is_whole=False)

    @property
    def _key(self) -> str:
        return f"sent:{self._mailbox.name}" if self._purpose == Purpose.SENT else self._mailbox.name

    def _body(self, uid: int, size: int) -> bytes | None:
        """The whole mail, and one byte more than may be at most; a server that told a wrong size is asked for the rest."""
        limit = limits.MAIL_MAX_BYTES + 1
        raw = self._part(uid, "BODY.PEEK[]", 0, limit)
        while raw is not None and len(raw) < min(size, limit):
            more = self._part(uid, "BODY.PEEK[]", len(raw), limit - len(raw))
            if not more:
                break
            raw += more
        if raw == b"" and size:
            raise ProtocolError(f"an empty mail came where {size} bytes were announced")
        return raw

    def _part(self, uid: int, what: str, start: int, count: int) -> bytes | None:
        """A piece of a mail, never marking it as read; None when it is there no more."""
        told = self._client.fetch([uid], [f"{what}<{start}.{count}>"]).get(uid)
        name = what.replace(".PEEK", "").encode()
        return next(
            (bytes(value) for key, value in (told or {}).items() if key.startswith(name) and value is not None), None
        )

    def _mark(self, uid: int) -> None:
        """What is to be done in the mailbox with a mail that is stored; when the server refuses, the mail stays there."""
        try:
            if self._after == AfterIntake.FLAG:
                self._client.add_flags([uid], [SEEN], silent=True)
            elif self._after == AfterIntake.MOVE:
                move(self._client, uid, self._mailbox.target_folder)
        except BROKEN:
            raise
        except imaplib.IMAP4.error as refusal:
            self.note = _("Mail is taken in, but can't be marked or moved: %(why)s.") % {"why": plain(refusal)}


def open_folder(client: IMAPClient, name: str, *, readonly: bool = True) -> Folder:
    """Raises FolderMissing when the server will not open it."""
    try:
        told = client.select_folder(name, readonly=readonly)
    except BROKEN:
        raise
    except imaplib.IMAP4.error as refusal:
        raise FolderMissing(
            _("The folder %(folder)s can't be opened: %(why)s.") % {"folder": name, "why": plain(refusal)}
        ) from None
    return Folder(
        name,
        uidvalidity=int(told.get(b"UIDVALIDITY", 0)),
        uid_next=int(told.get(b"UIDNEXT", 0)),
        exists=int(told.get(b"EXISTS", 0)),
    )


def can_move(client: IMAPClient) -> bool:
    """Whether one mail can be moved without touching others: otherwise an EXPUNGE would remove what people deleted."""
    return bool(client.has_capability("MOVE") or client.has_capability("UIDPLUS"))


def move(client: IMAPClient, uid: int, target: str) -> None:
    if client.has_capability("MOVE"):
        client.move([uid], target)
    elif client.has_capability("UIDPLUS"):
        client.copy([uid], target)
        client.delete_messages([uid], silent=True)
        client.uid_expunge([uid])
    else:
        raise imaplib.IMAP4.error(_("the server can't move a single mail"))


def sent_folder_of(client: IMAPClient, named: str) -> str:
    """The folder with what colleagues sent: as named, else the one marked \\Sent; raises FolderMissing."""
    with telling_trouble(client.host):
        found = named or client.find_special_folder(SENT)
    if not found:
        raise FolderMissing(_("No folder is marked as the one for sent mail: name it."))
    return str(found)
