"""Through the one durable gate: a fetched or imported mail is stored once, and one that is too large leaves a trace."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.live.announcing import announce

from .. import limits
from ..actions import store_raw_mail
from ..models import RawMail
from ..reading import read_mail
from ..reading.errors import UnreadableMail
from ..states import RawState
from .envelopes import Envelope, envelope_of

ASIDE_TOPIC = "aside"


@dataclass(frozen=True)
class Kept:
    """The raw mail's key, and whether it was not here before."""

    pk: int
    is_new: bool


def keep_mail(raw: bytes, *, mailbox: str, address: str, peer: str, sender: str | None = None) -> Kept:
    """The mail is committed and waits to be filed; the same bytes are recognised. `sender`: known from elsewhere."""
    envelope = _envelope(raw, address, sender)
    known = RawMail.objects.filter(
        mailbox=mailbox, sha256=hashlib.sha256(raw).hexdigest(), envelope_from=envelope.sender
    ).exists()
    pk = store_raw_mail(
        raw=raw,
        envelope_from=envelope.sender,
        envelope_to=list(envelope.recipients),
        peer=peer,
        mailbox=mailbox,
    )
    return Kept(pk, not known)


@transaction.atomic
def keep_too_large(headers: bytes, size: int, *, mailbox: str, address: str, peer: str) -> Kept:
    """A mail beyond the limit is set aside with its headers, where people see it; the whole stays where it lies."""
    envelope = envelope_of(headers, address)
    now = timezone.now()
    mail, is_new = RawMail.objects.get_or_create(
        mailbox=mailbox,
        sha256=hashlib.sha256(headers + b"\0%d" % size).hexdigest(),
        envelope_from=envelope.sender,
        defaults={
            "raw": headers,
            "size": size,
            "envelope_to": list(envelope.recipients),
            "peer": peer[:64],
            "received_at": now,
            **_set_aside(headers, size, now),
        },
    )
    announce(ASIDE_TOPIC)
    return Kept(mail.pk, is_new)


def _set_aside(headers: bytes, size: int, at: datetime) -> dict[str, object]:
    told: dict[str, object] = {
        "state": RawState.SET_ASIDE,
        "settled_at": at,
        "problem": _("It is larger than %(limit)s MB (%(size)s MB), so only its headers were fetched.")
        % {"limit": limits.MAIL_MAX_BYTES // limits.MIB, "size": round(size / limits.MIB, 1)},
    }
    try:
        parsed = read_mail(headers)
    except UnreadableMail:
        return told
    return told | {
        "subject": parsed.subject[:500],
        "sender": parsed.from_address[:320],
        "mail_id": parsed.message_id[:998],
    }


def _envelope(raw: bytes, address: str, sender: str | None) -> Envelope:
    found = envelope_of(raw, address)
    return found if sender is None else Envelope(sender, found.recipients)
