"""How far each folder was read, and what is still owed from it: written by the one who holds the mailbox's lock."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ..models import FolderPosition, Mailbox, OwedMail
from .errors import MailboxTrouble
from .rules import TRIES_IN_A_ROW, owed_pause

UNKNOWN_UID = 2**32  # UIDs have 32 bits


class SetUpChanged(MailboxTrouble):
    """The mailbox was changed or removed while it was read: whoever reads it begins anew."""


@dataclass(frozen=True)
class Folder:
    """What the server says of a folder that was opened; `uid_next` is 0 when it does not say."""

    name: str
    uidvalidity: int
    uid_next: int
    exists: int


@transaction.atomic
def position_in(mailbox: Mailbox, purpose: str, folder: Folder) -> FolderPosition:
    """Where reading goes on. A folder that is another one, or whose numbers began anew, is read from its beginning."""
    if not Mailbox.objects.select_for_update().filter(pk=mailbox.pk, version=mailbox.version).exists():
        raise SetUpChanged
    position, _is_new = FolderPosition.objects.get_or_create(
        mailbox=mailbox, purpose=purpose, defaults={"folder": folder.name}
    )
    numbers_fell = 0 < folder.uid_next <= position.last_uid
    if (position.folder, position.uidvalidity) != (folder.name, folder.uidvalidity) or numbers_fell:
        position.owed.all().delete()
        position.folder, position.uidvalidity = folder.name, folder.uidvalidity
        position.last_uid, position.known_from_uid = 0, folder.uid_next or UNKNOWN_UID
        position.done = position.total = 0
        position.save()
    return position


def begin_round(position: FolderPosition, total: int) -> None:
    """So many mails were found: progress is counted from here."""
    position.done, position.total = 0, total
    _save(position, done=0, total=total)


def advance(position: FolderPosition, uid: int, *, done: int = 0) -> None:
    """Everything up to this UID is stored or owed."""
    position.last_uid, position.done = max(uid, position.last_uid), position.done + done
    _save(position, last_uid=position.last_uid, done=position.done)


def owe(position: FolderPosition, uid: int, problem: str, at: datetime) -> int:
    """The mail could not be fetched, once more; returns how often by now."""
    with transaction.atomic():
        if not FolderPosition.objects.filter(pk=position.pk).exists():
            raise SetUpChanged
        owed, _is_new = OwedMail.objects.get_or_create(position=position, uid=uid, defaults={"next_try_at": at})
        owed.tries += 1
        owed.problem, owed.next_try_at = problem[:1000], at + owed_pause(owed.tries)
        owed.save()
    return owed.tries


def settle_debt(position: FolderPosition, uid: int) -> None:
    """It was fetched after all, or is no longer there."""
    OwedMail.objects.filter(position=position, uid=uid).delete()


def put_off(position: FolderPosition) -> set[int]:
    """Mails ahead that failed so often in a row that others go before them."""
    owed = OwedMail.objects.filter(position=position, uid__gt=position.last_uid, tries__gte=TRIES_IN_A_ROW)
    return set(owed.values_list("uid", flat=True))


def due_debts(position: FolderPosition, at: datetime) -> list[int]:
    """Mails that were passed over and are to be tried now."""
    due = OwedMail.objects.filter(position=position, uid__lte=position.last_uid, next_try_at__lte=at)
    return list(due.order_by("uid").values_list("uid", flat=True)[:100])


def _save(position: FolderPosition, **values: int) -> None:
    if not FolderPosition.objects.filter(pk=position.pk).update(**values):
        raise SetUpChanged
