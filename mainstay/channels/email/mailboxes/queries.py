"""Mailboxes that one may see, how they are reached, and which of them are silent."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from mainstay.people.models import Person
from mainstay.people.states import Permission

from ..models import Mailbox, MailboxEvent, OwedMail, RawMail
from ..states import RawState
from .access import Access, Folders
from .errors import NoSuchMailbox
from .rules import SILENT_AFTER
from .sealing import unseal

COUNTED_AT_MOST = 100
NAMED_AT_MOST = 3


def mailboxes_for(viewer: Person) -> QuerySet[Mailbox]:
    """All mailboxes by name, for those who manage the desk; none for others."""
    mailboxes = Mailbox.objects.order_by("name")
    return mailboxes if viewer.may(Permission.MANAGE_DESK) else mailboxes.none()


def mailbox_named(name: str) -> Mailbox:
    """Raises NoSuchMailbox."""
    found = Mailbox.objects.filter(name=name).first()
    if found is None:
        raise NoSuchMailbox(name)
    return found


def active_versions() -> dict[int, int]:
    """The keys of the mailboxes to fetch from, and the version of their set-up."""
    return dict(Mailbox.objects.filter(is_active=True).order_by("pk").values_list("pk", "version"))


def access_of(mailbox: Mailbox) -> Access:
    """How it is reached, with its secrets opened; raises KeyMissing."""
    return Access(
        host=mailbox.host,
        port=mailbox.port,
        user=mailbox.user,
        security=mailbox.security,
        auth=mailbox.auth,
        secret=unseal(mailbox.sealed_secret),
        client_id=mailbox.client_id,
        client_secret=unseal(mailbox.sealed_client_secret),
        token_url=mailbox.token_url,
        extra_ca=mailbox.extra_ca,
    )


def folders_of(mailbox: Mailbox) -> Folders:
    return Folders(
        inbox=mailbox.folder,
        reads_sent=mailbox.reads_sent,
        sent=mailbox.sent_folder,
        after_intake=mailbox.after_intake,
        target=mailbox.target_folder,
    )


def silent_mailboxes(at: datetime) -> QuerySet[Mailbox]:
    """Active mailboxes that a person should look at (`rules.is_silent`), by name."""
    heard = Coalesce(Greatest("last_success_at", "watched_from"), F("watched_from"))
    silent = Q(needs_person=True) | Q(heard_at__lt=at - SILENT_AFTER)
    return Mailbox.objects.filter(is_active=True).annotate(heard_at=heard).filter(silent).order_by("name")


def owed_by(mailboxes: list[Mailbox]) -> dict[int, int]:
    """For each mailbox's key, how many mails lie there that could not be fetched."""
    counted = OwedMail.objects.filter(position__mailbox__in=mailboxes).order_by("position__mailbox")
    return dict(counted.values_list("position__mailbox").annotate(n=Count("pk")))


def events_of(mailbox: Mailbox) -> QuerySet[MailboxEvent]:
    """What was done to its set-up, newest first."""
    return MailboxEvent.objects.filter(mailbox_name=mailbox.name).order_by("-pk")


@dataclass(frozen=True)
class MailStanding:
    """What every page tells of mail: how many are set aside (capped), which mailboxes are silent (the first few)."""

    set_aside: int
    silent: tuple[str, ...]


def mail_standing(at: datetime) -> MailStanding:
    """Both in one question, since every page asks it."""
    aside, aside_parameters = (
        RawMail.objects.filter(state=RawState.SET_ASIDE)
        .order_by()
        .values("pk")[:COUNTED_AT_MOST]
        .query.sql_with_params()
    )
    silent, silent_parameters = silent_mailboxes(at).values("name")[:NAMED_AT_MOST].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select (select count(*) from ({aside}) aside), array(select name from ({silent}) silent)",  # noqa: S608
            [*aside_parameters, *silent_parameters],
        )
        count, names = cursor.fetchone()
    return MailStanding(count, tuple(names))
