"""The watch over silent mailboxes: whoever has a page open hears at once when one falls silent or comes back."""

from datetime import datetime

from django.db import transaction

from mainstay.live.announcing import announce

from ..models import Mailbox
from .actions import TOPIC
from .rules import is_silent


@transaction.atomic
def watch_mailboxes(at: datetime) -> list[str]:
    """The names of those whose silence began or ended since the last watch; open pages are told of them."""
    changed = []
    for mailbox in Mailbox.objects.select_for_update().order_by("pk"):
        if is_silent(mailbox, at) != mailbox.was_silent:
            Mailbox.objects.filter(pk=mailbox.pk).update(was_silent=not mailbox.was_silent)
            changed.append(mailbox.name)
    if changed:
        announce(TOPIC)
    return changed
