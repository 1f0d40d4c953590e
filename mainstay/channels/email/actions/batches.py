"""File what waits, a few mails in one transaction; a bad one takes nothing with it, a deadly one is left alone in the end."""

import logging

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mainstay.lib import faults
from mainstay.live.announcing import announcing_together
from mainstay.people.queries import identities_looked_up
from mainstay.people.rules import EMAIL
from mainstay.promises.queries import policies_looked_up_once

from .. import limits
from ..errors import HeldBack
from ..models import RawMail
from ..queries import Known, known_of, our_addresses_looked_up
from ..reading import ParsedMail, glance, read_mail
from ..reading.errors import UnreadableMail
from ..states import RawState
from .filing import file_mail, set_aside

log = logging.getLogger(__name__)

BATCH, BATCH_BYTES = 25, 4 * 1024 * 1024
# A mail that was begun so often and never came to rest took the desk down each time: first it is read alone, then no more.
ALONE_AFTER_TRIES, ASIDE_AFTER_TRIES = 2, 5


def file_waiting_mail() -> int:
    """The oldest waiting mails are each on a ticket, kept as automatic mail, or set aside: one of these, once.

    Returns how many came to rest; 0 when none waits. A few are filed in one transaction, each behind a savepoint of its
    own, so that a bad one takes nothing with it. Whoever else files mail at the same time takes others. A database that
    goes away is the only failure that leaves them waiting; it is raised.
    """
    keys = _begin()
    if not keys:
        return 0
    try:
        with transaction.atomic(), announcing_together(), policies_looked_up_once(), our_addresses_looked_up():
            waiting = RawMail.objects.select_for_update(skip_locked=True).filter(pk__in=keys, state=RawState.WAITING)
            mails = list(waiting.order_by("pk"))
            _bring_to_rest(mails)
        faults.hit("mail.after_filing")
        return len(mails)
    except (OperationalError, InterfaceError):
        _not_to_blame(keys)
        raise


def _begin() -> list[int]:
    """The keys of the mails to file now; that they were begun is committed first, in case we do not survive it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update email_channel_rawmail set tries = tries + 1
            where id in (
                select id from email_channel_rawmail where state = 'waiting' order by id limit %s for update skip locked
            )
            returning id, size, tries
            """,
            [BATCH],
        )
        begun = sorted(cursor.fetchall())
    troubled = [key for key, _size, tries in begun if tries > ALONE_AFTER_TRIES]
    together: list[int] = []
    total = 0
    for key, size, _tries in begun:
        total += size
        if together and total > BATCH_BYTES:
            break
        together.append(key)
    chosen = troubled[:1] or together
    if left := [key for key, _size, _tries in begun if key not in chosen]:
        _not_to_blame(left)
    return chosen


def _not_to_blame(keys: list[int]) -> None:
    """These were not begun after all."""
    try:
        RawMail.objects.filter(pk__in=keys, tries__gt=0).update(tries=F("tries") - 1)
    except (OperationalError, InterfaceError):
        log.warning("the database is away; mails stay waiting")


def _bring_to_rest(mails: list[RawMail]) -> None:
    """All are read first, so that what is known of them can be looked up together."""
    read: dict[int, ParsedMail | Exception] = {mail.pk: _read(mail) for mail in mails}
    good = [(mail, parsed) for mail in mails if isinstance(parsed := read[mail.pk], ParsedMail)]
    known = known_of(good)
    with identities_looked_up(EMAIL, [parsed.from_address for _mail, parsed in good]):
        for mail in mails:
            _file_or_set_aside(mail, read[mail.pk], known)
            known.filed(mail)
            faults.hit("mail.while_filing")
    _save(mails)


def _read(mail: RawMail) -> ParsedMail | Exception:
    if mail.tries > ASIDE_AFTER_TRIES:
        return HeldBack(_("The desk stopped each time it read this mail. The original is kept."))
    if mail.size > limits.MAIL_MAX_BYTES:
        return HeldBack(_("Only the headers of this mail are here: it is too large. Look at it in the mailbox."))
    try:
        return read_mail(bytes(mail.raw), envelope_from=mail.envelope_from)
    except Exception as problem:  # noqa: BLE001 - raised again where this one mail is filed
        return problem


def _file_or_set_aside(mail: RawMail, read: ParsedMail | Exception, known: Known) -> None:
    mail.settled_at = timezone.now()
    try:
        if isinstance(read, Exception):
            raise read
        with transaction.atomic():
            file_mail(mail, read, known, at=mail.settled_at)
    except (OperationalError, InterfaceError):
        raise
    except (UnreadableMail, HeldBack) as problem:
        mail.subject, mail.sender = (mail.subject, mail.sender) if mail.subject else glance(bytes(mail.raw))
        set_aside(mail, str(problem))
    except Exception as problem:
        log.exception("mail %s could not be put on a ticket", mail.pk)
        set_aside(mail, _("The desk stumbled over this mail: %(problem)s") % {"problem": repr(problem)[:500]})


def _save(mails: list[RawMail]) -> None:
    """What became of each is written down, without the bytes: they never change."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            update email_channel_rawmail set subject = %s, sender = %s, mail_id = %s, repeats_mail_id = %s, has_html = %s,
                message_id = %s, about_id = %s, state = %s, problem = %s, settled_at = %s, tries = 0 where id = %s
            """,
            [
                (
                    *(mail.subject, mail.sender, mail.mail_id, mail.repeats_mail_id, mail.has_html),
                    *(mail.message.pk if mail.message else None, mail.about.pk if mail.about else None),
                    *(str(mail.state), mail.problem, mail.settled_at, mail.pk),
                )
                for mail in mails
            ],
        )
