"""Keep a mail byte for byte, before its sender is told that we have it."""

import hashlib

from django.db import connection, transaction
from django.utils import timezone

from ..models import RawMail

# Whoever files mail listens to this, and reads the rows: a notice that nobody heard loses nothing.
WAITING = "mainstay_mail"


@transaction.atomic
def store_raw_mail(*, raw: bytes, envelope_from: str, envelope_to: list[str], peer: str, mailbox: str) -> int:
    """The mail is committed byte for byte, waiting to be filed; returns its key.

    Only after this returns may the sender be told `250`. The same bytes from the same sender for the same mailbox are
    recognised and stored once. `mailbox` is `smtp`, the name of a mailbox, or one of these with a mark before it: `sent:`
    for the copies of what colleagues sent, `import:` for mail that must not be answered automatically.
    """
    digest, sender = hashlib.sha256(raw).hexdigest(), envelope_from[:320].replace("\x00", "")
    mail = RawMail(
        mailbox=mailbox,
        sha256=digest,
        envelope_from=sender,
        raw=raw,
        size=len(raw),
        envelope_to=envelope_to,
        peer=peer[:64],
        received_at=timezone.now(),
    )
    RawMail.objects.bulk_create([mail], ignore_conflicts=True)
    tell_of_waiting_mail()
    kept = RawMail.objects.filter(mailbox=mailbox, sha256=digest, envelope_from=sender)
    key: int = kept.values_list("pk", flat=True).get()
    return key


def tell_of_waiting_mail() -> None:
    """Whoever files mail hears at commit that there is some."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, '')", [WAITING])
