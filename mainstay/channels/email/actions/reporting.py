"""Mail about our own mail: a bounce, a receipt, an automatic answer, a complaint. Told on the ticket, never answered."""

from datetime import datetime

from django.utils.translation import gettext as _

from mainstay.people.actions import mark_address_failed, mark_complaint
from mainstay.people.rules import EMAIL
from mainstay.tickets import events
from mainstay.tickets.actions import take_back_delivery, tell_of_return

from ..models import OutgoingMail
from ..queries import mail_written_to
from ..reading import ParsedMail
from ..states import OutgoingState

REASON_LENGTH = 300


def note_report(parsed: ParsedMail, envelope_to: list[str], *, at: datetime) -> OutgoingMail | None:
    """The ticket tells what came back about which mail of ours; returns that mail, None when it is about none of ours.

    Found by our Message-IDs and by reply tokens only, which nobody can guess: a forged bounce marks nothing.
    """
    mail = mail_written_to(parsed, envelope_to)
    if mail is None:
        return None
    says = " ".join((parsed.reply_text or parsed.body_text).split())[:REASON_LENGTH]
    if parsed.kind == "bounce" and not parsed.is_delay:
        _bounced(mail, says, at, address_is_dead=parsed.hard_bounce)
    elif parsed.kind == "bounce":
        tell_of_return(mail.of_message, events.DELIVERY_DELAYED, at=at, problem=says)
    elif parsed.kind == "auto_reply":
        tell_of_return(mail.of_message, events.ANSWERED_BY_MACHINE, at=at, says=says)
    elif parsed.kind == "complaint":
        mark_complaint(EMAIL, mail.recipient, at=at)
        tell_of_return(mail.of_message, events.COMPLAINED, at=at)
    else:
        tell_of_return(mail.of_message, events.RECEIPT_CAME, at=at)
    return mail


def _bounced(mail: OutgoingMail, says: str, at: datetime, *, address_is_dead: bool) -> None:
    problem = _("It came back: %(says)s") % {"says": says}
    mail.state, mail.problem, mail.settled_at = OutgoingState.FAILED, problem, at
    mail.save(update_fields=["state", "problem", "settled_at"])
    if address_is_dead:
        mark_address_failed(EMAIL, mail.recipient, because=problem, at=at)
    if mail.copy_of_id is None:
        take_back_delivery(mail.of_message, problem=problem, at=at)
    else:
        tell_of_return(mail.of_message, events.COPY_FAILED, at=at, address=mail.recipient, problem=problem)
