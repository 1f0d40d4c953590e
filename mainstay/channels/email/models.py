"""Raw mail as it came, outgoing mail as it goes, and the tokens by which replies find their ticket."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.tickets.models import Message, SideConversation, Ticket

from .mailboxes.states import AfterIntake, Auth, MailboxDeed, Purpose, Security
from .states import OutgoingState, RawState


class RawMail(models.Model):
    """A mail byte for byte, committed before it was acknowledged to its sender.

    The same bytes from the same sender for the same mailbox are one row however often they come: a sender that never saw
    our `250` may repeat.
    """

    mailbox = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    envelope_from = models.CharField(max_length=320, blank=True)
    envelope_to = models.JSONField(default=list)
    peer = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=RawState, default=RawState.WAITING)
    problem = models.TextField(_("problem"), blank=True)
    subject = models.CharField(max_length=500, blank=True)
    sender = models.CharField(max_length=320, blank=True)
    mail_id = models.CharField(max_length=998, blank=True)  # its Message-ID header
    repeats_mail_id = models.BooleanField(default=False)
    has_html = models.BooleanField(default=False)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="raw_mails")
    about = models.ForeignKey(
        "OutgoingMail", null=True, blank=True, on_delete=models.SET_NULL, related_name="came_back"
    )  # the mail of ours that it is about: a bounce, a receipt, an automatic answer
    settled_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # how often reading it was begun, since it last came to rest
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    settled_because = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "sha256", "envelope_from"], name="same_bytes_are_one_mail")
        ]
        indexes = [
            models.Index(fields=["-id"], condition=models.Q(state=RawState.SET_ASIDE), name="mail_set_aside"),
            models.Index(fields=["id"], condition=models.Q(state=RawState.WAITING), name="mail_waiting"),
            HashIndex(fields=["mail_id"], condition=~models.Q(mail_id=""), name="mail_by_mail_id"),
        ]


class OutgoingMail(models.Model):
    """A mail of ours, complete and unchangeable from the moment the message was written; each attempt sends these bytes.

    Each recipient has one of their own, with a reply address of their own: the ticket's person the `message`'s mail, a
    participant a copy of it.
    """

    message = models.OneToOneField(Message, null=True, on_delete=models.CASCADE, related_name="outgoing_mail")
    copy_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="copies")
    mail_id = models.CharField(max_length=300, unique=True)  # its Message-ID header
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=600)
    is_automatic = models.BooleanField(default=False)
    raw = models.BinaryField()
    state = models.CharField(max_length=9, choices=OutgoingState, default=OutgoingState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(message=None, copy_of__isnull=False) | models.Q(message__isnull=False, copy_of=None),
                name="mail_is_of_a_message_or_a_copy",
            )
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(state=OutgoingState.QUEUED), name="mail_queued"),
            models.Index(
                fields=["recipient", "-created_at"], condition=models.Q(is_automatic=True), name="mail_automatic"
            ),
        ]

    @property
    def ticket(self) -> Ticket:
        return self.of_message.ticket

    @property
    def of_message(self) -> Message:
        """The message it carries, as the original or as a copy."""
        main = self.copy_of if self.copy_of is not None else self
        assert main.message is not None  # the constraint says so
        return main.message


class ReplyToken(models.Model):
    """128 random bits that stand in the address a person answers to: one for each ticket and person, and one for each
    side conversation and its third party."""

    token = models.CharField(max_length=40, unique=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reply_tokens")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reply_tokens")
    side = models.ForeignKey(
        SideConversation, null=True, blank=True, on_delete=models.CASCADE, related_name="reply_tokens"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "person"], condition=models.Q(side=None), name="one_token_for_ticket_and_person"
            ),
            models.UniqueConstraint(
                fields=["side"], condition=models.Q(side__isnull=False), name="one_token_for_side_conversation"
            ),
        ]


class Mailbox(models.Model):
    """A mailbox from which mail is fetched by IMAP: how it is reached, what is done there, and how it fares.

    `version` grows with each change of the set-up; who fetches with an older one stops and begins anew.
    """

    name = models.CharField(max_length=60, unique=True)  # for good: it is the `mailbox` of its raw mails
    address = models.CharField(max_length=320)
    host = models.CharField(max_length=253)
    port = models.PositiveIntegerField()
    security = models.CharField(max_length=10, choices=Security, default=Security.TLS)
    extra_ca = models.TextField(blank=True)
    user = models.CharField(max_length=320)
    auth = models.CharField(max_length=20, choices=Auth, default=Auth.PASSWORD)
    sealed_secret = models.TextField(blank=True)  # the password or the refresh token
    client_id = models.CharField(max_length=300, blank=True)
    sealed_client_secret = models.TextField(blank=True)
    token_url = models.CharField(max_length=500, blank=True)
    folder = models.CharField(max_length=200, default="INBOX")
    reads_sent = models.BooleanField(default=False)
    sent_folder = models.CharField(max_length=200, blank=True)  # empty: the one the server marks as \Sent
    after_intake = models.CharField(max_length=10, choices=AfterIntake, default=AfterIntake.LEAVE)
    target_folder = models.CharField(max_length=200, blank=True)
    since = models.DateField(null=True, blank=True)  # older mail of the first look is left alone; empty: all of it
    is_active = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    watched_from = models.DateTimeField(null=True, blank=True)  # from when on it ought to be heard of
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_problem = models.TextField(blank=True)
    last_problem_at = models.DateTimeField(null=True, blank=True)
    needs_person = models.BooleanField(default=False)  # the last problem will not pass by itself
    was_silent = models.BooleanField(default=False)  # as the watch saw it last

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(name__contains=":"), name="mailbox_name"),
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65535), name="mailbox_port"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def problem(self) -> str:
        """What is in the way now; empty when it was read since."""
        if self.last_problem_at is None or (self.last_success_at and self.last_success_at > self.last_problem_at):
            return ""
        return self.last_problem


class FolderPosition(models.Model):
    """How far a folder was read: every mail up to `last_uid` is stored, or owed.

    Below `known_from_uid` lies what was there when we first looked; the set-up's `since` is about that only.
    """

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="positions")
    purpose = models.CharField(max_length=10, choices=Purpose)
    folder = models.CharField(max_length=200)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    known_from_uid = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)  # of the mails found by the last look that found any
    total = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mailbox", "purpose"], name="one_position_for_each_folder")]


class OwedMail(models.Model):
    """A mail that lies in a mailbox and could not be fetched: it is tried again, and holds up no other."""

    position = models.ForeignKey(FolderPosition, on_delete=models.CASCADE, related_name="owed")
    uid = models.BigIntegerField()
    tries = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    next_try_at = models.DateTimeField()

    class Meta:
        ordering = ["uid"]
        constraints = [models.UniqueConstraint(fields=["position", "uid"], name="one_debt_for_each_mail")]


class MailboxEvent(models.Model):
    """What was done to a mailbox's set-up, by whom, when. Rows are only ever added, and outlive the mailbox."""

    mailbox_name = models.CharField(max_length=60)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=400)  # empty: by a command
    kind = models.CharField(max_length=20, choices=MailboxDeed)
    facts = models.JSONField(default=dict)  # the names of what changed, never a secret

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["mailbox_name", "-id"], name="mailbox_events")]
