"""What a person does with a mail that was set aside."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mainstay.lib.errors import MainstayError
from mainstay.live.announcing import announce
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Person
from mainstay.people.rules import EMAIL
from mainstay.people.states import Permission
from mainstay.tickets.actions import receive_message
from mainstay.tickets.inbound import Inbound, InboundFile
from mainstay.tickets.models import Message
from mainstay.tickets.states import Proof

from ..addresses import canonical_address
from ..errors import NeedsReason, SettledMeanwhile
from ..models import RawMail
from ..reading import ParsedMail, read_mail
from ..states import RawState
from .filing import SET_ASIDE_TOPIC
from .keeping import tell_of_waiting_mail

SETTLED_BY_HAND = (RawState.SET_ASIDE, RawState.NOT_FOR_PEOPLE)


@transaction.atomic
def try_again(mail: RawMail, *, by: Person) -> None:
    """A mail that was set aside is read once more."""
    _allow(by)
    waiting = RawMail.objects.filter(pk=mail.pk, state=RawState.SET_ASIDE)
    if waiting.update(state=RawState.WAITING, problem="", tries=0, settled_at=None):
        tell_of_waiting_mail()
        announce(SET_ASIDE_TOPIC)


@transaction.atomic
def dismiss_mail(mail: RawMail, *, because: str, by: Person, at: datetime) -> None:
    """A mail that was set aside needs nothing more, for the reason given; its bytes are kept."""
    _allow(by)
    because = because.replace("\x00", "").strip()[:500]
    if not because:
        raise NeedsReason
    mail = _locked(mail)
    mail.state, mail.settled_at, mail.settled_by, mail.settled_because = RawState.DISMISSED, at, by, because
    mail.save(update_fields=["state", "settled_at", "settled_by", "settled_because"])
    announce(SET_ASIDE_TOPIC)


@transaction.atomic
def make_ticket_of(mail: RawMail, *, by: Person, at: datetime) -> Message:
    """The mail, whatever could be read of it, stands on a ticket of its own, with the original as a file.

    The ticket's clock runs from when the mail came. Nothing automatic is sent: a person has it before them. Its sender is
    not proven; a mail that names two senders is nobody's, and says so by its original alone.
    """
    _allow(by, Permission.WORK_TICKETS)
    mail = _locked(mail)
    parsed = _read(mail)
    sender = canonical_address((parsed.from_address if parsed else "") or mail.envelope_from) or ""
    text = (parsed.reply_text or parsed.body_text) if parsed else ""
    message = receive_message(
        Inbound(
            channel=EMAIL,
            sender_address="" if parsed is not None and parsed.from_ambiguous else sender,
            sender_name="",
            sender_proof=Proof.UNVERIFIED,
            subject=mail.subject or _("(no subject)"),
            text=text or _("This mail could not be read by itself; the original is attached."),
            quoted=parsed.body_text if parsed and parsed.body_text.strip() != text.strip() else "",
            at=mail.received_at,
            external_id=mail.mail_id,
            may_auto_reply=False,
            is_by_hand=True,
            files=(InboundFile(f"mail-{mail.pk}.eml", bytes(mail.raw), "message/rfc822"),),
        )
    )
    mail.state, mail.message, mail.settled_at, mail.settled_by = RawState.DONE, message, at, by
    mail.save(update_fields=["state", "message", "settled_at", "settled_by"])
    announce(SET_ASIDE_TOPIC)
    return message


def _read(mail: RawMail) -> ParsedMail | None:
    """What can be read of it; None when that is nothing."""
    try:
        return read_mail(bytes(mail.raw), envelope_from=mail.envelope_from)
    except MainstayError:
        return None


def _locked(mail: RawMail) -> RawMail:
    found = RawMail.objects.select_for_update(of=("self",)).filter(pk=mail.pk, state__in=SETTLED_BY_HAND).first()
    if found is None:
        raise SettledMeanwhile
    return found


def _allow(by: Person, permission: Permission = Permission.SEE_MAIL) -> None:
    if not by.may(permission):
        raise NotAllowed
