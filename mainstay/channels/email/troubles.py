"""What is in the way of mail: counted for the rail, and told loudly when it lasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.people.states import Permission

from .mailboxes.rules import SILENT_AFTER
from .states import OutgoingState, RawState

LOUD_AFTER = timedelta(minutes=15)
COUNTED_UP_TO = 100


@dataclass(frozen=True)
class Troubles:
    """How many mails are set aside (at most 100 are counted), and since when the oldest of each kind of trouble lasts."""

    set_aside: int = 0
    set_aside_since: datetime | None = None
    waiting_since: datetime | None = None
    unsent_since: datetime | None = None
    silent_mailboxes: Sequence[str] = ()


def troubles_of_mail() -> Troubles:
    """In one query over partial indexes: it stands on every page."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select (select count(*) from (
                        select from email_channel_rawmail where state = %(aside)s limit %(most)s) counted),
                   (select min(settled_at) from email_channel_rawmail where state = %(aside)s),
                   (select min(received_at) from email_channel_rawmail where state = %(waiting)s),
                   (select min(coalesce(queued_at, created_at)) from email_channel_outgoingmail
                        where state = %(queued)s and attempts > 0),
                   array(select name from email_channel_mailbox
                        where is_active and (needs_person or greatest(last_success_at, watched_from) < %(silent)s)
                        order by name limit %(most)s)
            """,
            {
                "aside": RawState.SET_ASIDE.value,
                "waiting": RawState.WAITING.value,
                "queued": OutgoingState.QUEUED.value,
                "silent": timezone.now() - SILENT_AFTER,  # as `mailboxes.queries.silent_mailboxes`
                "most": COUNTED_UP_TO,
            },
        )
        return Troubles(*cursor.fetchone())


@dataclass(frozen=True)
class Alarm:
    """Something that a person must look at now: in words, and the name of the page where."""

    sentence: str
    page: str
    permission: Permission = Permission.SEE_MAIL


def alarms_of(troubles: Troubles, at: datetime) -> list[Alarm]:
    """What has lasted for a quarter of an hour or longer, the worst first."""
    alarms = []
    if troubles.silent_mailboxes:
        sentence = _("No mail is coming from: %(names)s. An administrator should look at it.")
        names = ", ".join(troubles.silent_mailboxes)
        alarms.append(Alarm(sentence % {"names": names}, "mailboxes", Permission.MANAGE_DESK))
    if minutes := _loud(troubles.waiting_since, at):
        alarms.append(
            Alarm(_("Mail that came in has waited %(time)s to be read.") % {"time": _lasting(minutes)}, "aside")
        )
    if minutes := _loud(troubles.unsent_since, at):
        sentence = _("Mail of ours has waited %(time)s to be sent: the relay does not take it.")
        alarms.append(Alarm(sentence % {"time": _lasting(minutes)}, "sent"))
    if minutes := _loud(troubles.set_aside_since, at):
        sentence = ngettext(
            "%(n)s mail is set aside, since %(time)s.",
            "%(n)s mails are set aside, the oldest since %(time)s.",
            troubles.set_aside,
        )
        alarms.append(Alarm(sentence % {"n": troubles.set_aside, "time": _lasting(minutes)}, "aside"))
    return alarms


def _loud(since: datetime | None, at: datetime) -> int:
    """For how many minutes, once that is long; else 0."""
    return int((at - since).total_seconds() // 60) if since is not None and at - since >= LOUD_AFTER else 0


def _lasting(minutes: int) -> str:
    if minutes < 120:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours = minutes // 60
    return _("%(n)s hours") % {"n": hours} if hours < 48 else _("%(n)s days") % {"n": hours // 24}
