"""Raw mail as it came, outgoing mail as it goes, and the tokens by which replies find their ticket."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person
from mainstay.tickets.models import Message, Ticket

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
    settled_at = models.DateTimeField(null=True, blank=True)

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
    """A mail of ours, complete and unchangeable from the moment the message was written; each attempt sends these bytes."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="outgoing_mail")
    mail_id = models.CharField(max_length=300, unique=True)  # its Message-ID header
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=600)
    raw = models.BinaryField()
    state = models.CharField(max_length=8, choices=OutgoingState, default=OutgoingState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]


class ReplyToken(models.Model):
    """128 random bits that stand in the address a person answers to; one for each ticket and person."""

    token = models.CharField(max_length=40, unique=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reply_tokens")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reply_tokens")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_token_for_ticket_and_person")]
