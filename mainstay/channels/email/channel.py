"""E-mail as a channel for tickets: write the outgoing mail down, then send it by the relay or keep it in the outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.tickets.delivery import Accepted, Delayed, Outcome, Refused
from mainstay.tickets.models import Message, Ticket

from .actions import write_outgoing_mail
from .addresses import canonical_address
from .models import OutgoingMail
from .queries import customer_address
from .relay import PermanentFailure, TemporaryFailure, UnknownOutcome, send_through
from .states import OutgoingState

GIVE_UP_AFTER = timedelta(days=5)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 4 * 3600


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

    def carries(self) -> bool:
        """With a relay, unless mail is only played."""
        return bool(settings.EMAIL_RELAY_URL) and not _only_keeping.get()

    def prepare(self, message: Message, address: str) -> None:
        write_outgoing_mail(message, address)

    def send(self, message: Message) -> Outcome:
        """One attempt. Trouble that may pass is tried again for five days, with growing waits, then given up visibly.

        A message that a person had sent again has its five days anew.
        """
        mail = OutgoingMail.objects.get(message=message)
        mail.attempts += 1
        outcome = self._attempt(mail, message)
        mail.state = (
            _STATE[type(outcome)] if not isinstance(outcome, Accepted) or not outcome.kept else OutgoingState.KEPT
        )
        mail.problem = "" if isinstance(outcome, Accepted) else outcome.problem
        mail.settled_at = None if isinstance(outcome, Delayed) else timezone.now()
        mail.save(update_fields=["attempts", "state", "problem", "settled_at"])
        return outcome

    def _attempt(self, mail: OutgoingMail, message: Message) -> Outcome:
        if not settings.EMAIL_RELAY_URL:
            return Accepted(kept=True)
        try:
            send_through(settings.EMAIL_RELAY_URL, mail.sender, [mail.recipient], bytes(mail.raw))
        except PermanentFailure as problem:
            return Refused(str(problem))
        except (TemporaryFailure, UnknownOutcome) as problem:
            if timezone.now() - (message.queued_at or mail.created_at) > GIVE_UP_AFTER:
                return Refused(_("Given up after five days: %(problem)s") % {"problem": problem})
            return Delayed(str(problem), min(FIRST_WAIT_SECONDS * 2 ** (mail.attempts - 1), LONGEST_WAIT_SECONDS))
        return Accepted()


_STATE = {Accepted: OutgoingState.SENT, Delayed: OutgoingState.QUEUED, Refused: OutgoingState.FAILED}
