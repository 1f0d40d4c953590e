"""Mailboxes that one may see, how they are reached, and which of them are silent."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Greatest

from mainstay.people.models import Person
from mainstay.people.states import Permission

from ..models import Mailbox, MailboxEvent, OwedMail
from .access import Access, Folders
from .errors import NoSuchMailbox
from .rules import SILENT_AFTER
from .sealing import unseal


def mailboxes_for(viewer: Person) -> QuerySet[Mailbox]:
    """All mailboxes by name, for those who manage the desk; none for others."""
    mailboxes = Mailbox.objects.order_by("name")
    return mailboxes if viewer.may(Permission.MANAGE_DESK) else mailboxes.none()


def has_sealed_secrets() -> bool:
    """Whether any mailbox keeps a secret; one of `settings.SEALED_SECRETS`."""
    return Mailbox.objects.exclude(sealed_secret="").exists()


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
    silent = Q(needs_person=True) | Q(heard_at__lt=at - SILENT_AFTER)
    active = Mailbox.objects.filter(is_active=True)
    return active.annotate(heard_at=Greatest("last_success_at", "watched_from")).filter(silent).order_by("name")


def owed_by(mailboxes: list[Mailbox]) -> dict[int, int]:
    """For each mailbox's key, how many mails lie there that could not be fetched."""
    counted = OwedMail.objects.filter(position__mailbox__in=mailboxes).order_by("position__mailbox")
    return dict(counted.values_list("position__mailbox").annotate(n=Count("pk")))


def events_of(mailbox: Mailbox) -> QuerySet[MailboxEvent]:
    """What was done to its set-up, newest first."""
    return MailboxEvent.objects.filter(mailbox_name=mailbox.name).order_by("-pk")
