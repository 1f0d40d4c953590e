"""E-mail as a channel for tickets: write the outgoing mail down, then send it by the relay or keep it in the outbox."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.tickets.delivery import Accepted, Delayed, Outcome, Refused
from mainstay.tickets.models import Message

from .actions import write_outgoing_mail
from .addresses import canonical_address
from .models import OutgoingMail
from .queries import customer_address
from .relay import PermanentFailure, TemporaryFailure, UnknownOutcome, send_through
from .states import OutgoingState

GIVE_UP_AFTER = timedelta(days=5)
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 4 * 3600


class EmailChannel:
    def can_write_to(self, message: Message) -> bool:
        return canonical_address(customer_address(message.ticket)) is not None

    def prepare(self, message: Message) -> None:
        write_outgoing_mail(message)

    def send(self, message: Message) -> Outcome:
        """One attempt. Trouble that may pass is tried again for five days, with growing waits, then given up visibly."""
        mail = OutgoingMail.objects.get(message=message)
        mail.attempts += 1
        outcome = self._attempt(mail)
        mail.state = (
            _STATE[type(outcome)] if not isinstance(outcome, Accepted) or not outcome.kept else OutgoingState.KEPT
        )
        mail.problem = "" if isinstance(outcome, Accepted) else outcome.problem
        mail.settled_at = None if isinstance(outcome, Delayed) else timezone.now()
        mail.save(update_fields=["attempts", "state", "problem", "settled_at"])
        return outcome

    def keep(self, message: Message) -> None:
        OutgoingMail.objects.filter(message=message).update(state=OutgoingState.KEPT, settled_at=message.at)

    def _attempt(self, mail: OutgoingMail) -> Outcome:
        if not settings.EMAIL_RELAY_URL:
            return Accepted(kept=True)
        try:
            send_through(settings.EMAIL_RELAY_URL, mail.sender, [mail.recipient], bytes(mail.raw))
        except PermanentFailure as problem:
            return Refused(str(problem))
        except (TemporaryFailure, UnknownOutcome) as problem:
            if timezone.now() - mail.created_at > GIVE_UP_AFTER:
                return Refused(_("Given up after five days: %(problem)s") % {"problem": problem})
            return Delayed(str(problem), min(FIRST_WAIT_SECONDS * 2 ** (mail.attempts - 1), LONGEST_WAIT_SECONDS))
        return Accepted()


_STATE = {Accepted: OutgoingState.SENT, Delayed: OutgoingState.QUEUED, Refused: OutgoingState.FAILED}
