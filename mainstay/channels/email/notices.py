"""Carries notices to people of the desk by mail: automatic, of a list of its own, answered by nobody."""

from django.conf import settings
from django.utils import timezone

from mainstay.notifications.carriers import Carried, Dropped, Letter, Outcome, Postponed
from mainstay.promises.queries import policy_in_force

from .addresses import Address, new_message_id
from .composing import OutgoingDraft, OutgoingFile, compose, one_line
from .relay import PermanentFailure, TemporaryFailure, UnknownOutcome, send_through
from .retrying import wait_seconds
from .signing import our_signer


class MailNotices:
    """The carrier of `settings.NOTICE_CARRIERS`; without a relay its letters are kept where they were written down."""

    def new_id(self) -> str:
        return new_message_id(_address().address.rsplit("@", 1)[1])

    def carry(self, letter: Letter, attempts: int) -> Outcome:
        """One attempt. Each sends the same words under the same Message-ID, so that the receiver can drop the second."""
        if not settings.EMAIL_RELAY_URL:
            return Carried(kept=True)
        sender = _address()
        try:
            send_through(settings.EMAIL_RELAY_URL, sender.address, [letter.recipient], as_mail(letter, sender))
        except PermanentFailure as problem:
            return Dropped(str(problem))
        except (TemporaryFailure, UnknownOutcome) as problem:
            return Postponed(str(problem), wait_seconds(attempts, letter.mail_id))
        return Carried()


def as_mail(letter: Letter, sender: Address) -> bytes:
    """The letter as it goes over the wire, marked for machines (RFC 3834, RFC 2919), and signed where we sign."""
    draft = OutgoingDraft(
        sender=sender,
        to=(Address(one_line(letter.name), letter.recipient),),
        subject=one_line(letter.subject),
        text=letter.text,
        message_id=letter.mail_id,
        date=letter.at,
        is_automatic=True,
        language=letter.language,
        html=letter.html,
        attachments=tuple(
            OutgoingFile(one.filename, one.content_type, one.content, one.content_id) for one in letter.enclosures
        ),
    )
    domain = sender.address.rsplit("@", 1)[1]
    raw = f"List-Id: <{letter.series}.{domain}>\r\nPrecedence: list\r\n".encode() + compose(draft)
    signer = our_signer()
    return signer.signed(raw, sender.address) if signer else raw


def _address() -> Address:
    policy = policy_in_force(timezone.now())
    return Address(policy.sender_name, policy.channels.email.address)
