"""E-mail as a channel for tickets: write the outgoing mail down, then send it by the relay or keep it in the outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from mainstay.tickets.delivery import FilesLimit, Outcome
from mainstay.tickets.models import Message, Ticket

from . import limits
from .actions import attempt, queue_mail_again, withdraw_mail, write_outgoing_mail
from .addresses import canonical_address
from .models import OutgoingMail
from .queries import answered_or_complained, customer_address, is_our_address

ANSWER_AGAIN_AFTER = timedelta(hours=24)


_only_keeping: ContextVar[bool] = ContextVar("only_keeping", default=False)


@contextmanager
def local_outbox() -> Iterator[None]:
    """Within this block mail is kept in the local outbox, whatever relay is set: for tickets that are only played."""
    token = _only_keeping.set(True)
    try:
        yield
    finally:
        _only_keeping.reset(token)


class EmailChannel:
    def address_of(self, ticket: Ticket) -> str:
        return canonical_address(customer_address(ticket)) or ""

    def third_party(self, text: str) -> str:
        address = canonical_address(text.strip()) or ""
        return "" if not address or is_our_address(address) else address

    def files_limit(self) -> FilesLimit:
        return FilesLimit(limits.OUTGOING_FILES_MAX, limits.OUTGOING_FILES_MAX_BYTES)

    def may_answer_automatically(self, address: str, at: datetime) -> bool:
        """Never our own addresses, nor one that complained; others once in 24 hours, so that no two desks feed each other.

        Of two mails of one sender that are filed at the same moment one is answered; neither waits for the other, since
        those who wait for each other wait for ever.
        """
        if is_our_address(address):
            return False
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 1))", [address])
            is_ours_to_answer: bool = cursor.fetchone()[0]
        return is_ours_to_answer and not answered_or_complained(address, at - ANSWER_AGAIN_AFTER)

    def carries(self) -> bool:
        """With a relay, unless mail is only played."""
        return bool(settings.EMAIL_RELAY_URL) and not _only_keeping.get()

    def prepare(self, message: Message, address: str) -> None:
        write_outgoing_mail(message, address)

    def withdraw(self, message: Message, at: datetime) -> bool:
        return withdraw_mail(message, at)

    def queue_again(self, message: Message, at: datetime) -> bool:
        return queue_mail_again(message, at)

    def send(self, message: Message) -> Outcome:
        """One attempt. Trouble that may pass is tried again for five days, with growing waits, then given up visibly.

        A message that a person had sent again has its five days anew.
        """
        mail = OutgoingMail.objects.get(message=message)
        return attempt(mail, message.queued_at or mail.created_at)
