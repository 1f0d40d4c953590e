"""One look into a mailbox in the test's own thread and transaction, and what the desk holds afterwards."""

import threading

from mainstay.channels.email.mailboxes.connecting import connect, hang_up, sign_in, telling_trouble
from mainstay.channels.email.mailboxes.fetching import FolderReader, sent_folder_of
from mainstay.channels.email.mailboxes.queries import access_of
from mainstay.channels.email.mailboxes.states import Purpose
from mainstay.channels.email.models import Mailbox, RawMail


def look(mailbox: Mailbox, purpose: str = Purpose.INBOX, answer_seconds: float = 5.0) -> FolderReader:
    """Connect, read the folder once, hang up; what goes wrong is raised."""
    mailbox.refresh_from_db()
    access = access_of(mailbox)
    client = connect(access, answer_seconds=answer_seconds)
    try:
        sign_in(client, access, None)
        reader = FolderReader(client, mailbox, purpose, stopped=threading.Event(), beat=lambda: None)
        with telling_trouble(access.host):
            is_sent = purpose == Purpose.SENT
            reader.read(sent_folder_of(client, mailbox.sent_folder) if is_sent else mailbox.folder)
        return reader
    finally:
        hang_up(client)


def kept(mailbox: str = "Support") -> list[bytes]:
    """The bytes of all mails that are stored for a mailbox, in the order in which they came."""
    return [bytes(raw) for raw in RawMail.objects.filter(mailbox=mailbox).order_by("pk").values_list("raw", flat=True)]


def letters(count: int, start: int = 1) -> dict[int, bytes]:
    """So many mails by UID."""
    return {
        number: f"From: Paula <paula@larch.example>\r\nMessage-ID: <{number}@larch.example>\r\n"
        f"Subject: Mail {number}\r\n\r\nText of {number}.\r\n".encode()
        for number in range(start, start + count)
    }
