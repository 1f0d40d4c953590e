"""What somebody was told, how they want to be told, and what carries it to them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import Person

from .kinds import KINDS
from .states import MailState, Urgency


class NoticeChoices(models.Model):
    """How one person wants to be told, beside the screen; and when mail with notices went to them."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="notice_choices")
    by_mail = models.BooleanField(_("by e-mail"), default=False)
    by_push = models.BooleanField(_("in my browsers"), default=True)
    by_sound = models.BooleanField(_("with a sound"), default=False)
    quiet_off_duty = models.BooleanField(_("on screen only while I am not on duty"), default=False)
    # Every day, on the person's own clock; the second may be on the next day. Both or none.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    urgent_when_quiet = models.BooleanField(_("urgent ones all the same"), default=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_is_planned = models.BooleanField(default=False)

    class Meta:
        ordering = ["person_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]


class NoticeDefaults(models.Model):
    """How those of a role are told who never chose themselves; a role without a row is told as the desk thinks best."""

    role = models.CharField(max_length=40, unique=True)  # as `Person.role` names it
    by_mail = models.BooleanField(default=False)
    by_push = models.BooleanField(default=True)
    by_sound = models.BooleanField(default=False)
    quiet_off_duty = models.BooleanField(default=False)

    class Meta:
        ordering = ["role"]
        constraints = [models.CheckConstraint(condition=~Q(role=""), name="notice_defaults_name_a_role")]


class NoticeMail(models.Model):
    """A mail to somebody of the desk that carries their notices of a few minutes; every attempt sends the same."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notice_mails")
    mail_id = models.CharField(max_length=300, unique=True)  # its Message-ID header
    recipient = models.CharField(max_length=320)
    language = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    state = models.CharField(max_length=9, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["settled_at"], condition=Q(settled_at__isnull=False), name="notice_mails_settled")
        ]


class Notification(models.Model):
    """One notice to one person. `subject` names what it is about, such as `ticket:42`: this room knows no tickets.

    The same person is told the same `key` of a kind about a subject once.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=80, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    urgency = models.PositiveSmallIntegerField(choices=Urgency, default=Urgency.NORMAL)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    waits_for_mail = models.BooleanField(default=False)
    mail = models.ForeignKey(NoticeMail, null=True, blank=True, on_delete=models.SET_NULL, related_name="notifications")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "subject", "key"], name="told_once"),
            models.CheckConstraint(
                condition=Q(seen_at__isnull=True) | Q(seen_at__gte=F("at")), name="seen_after_it_was_told"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notifications_of_person"),
            models.Index(fields=["person", "-id"], condition=Q(seen_at__isnull=True), name="notifications_unread"),
            models.Index(fields=["person"], condition=Q(waits_for_mail=True), name="notifications_for_mail"),
            models.Index(fields=["seen_at"], condition=Q(seen_at__isnull=False), name="notifications_read"),
        ]

    @property
    def sentence(self) -> str:
        """In the present language; of a kind that is no longer told, its name."""
        kind = KINDS.get(self.kind)
        return kind.told(self.facts) if kind else self.kind

    @property
    def icon(self) -> str:
        kind = KINDS.get(self.kind)
        return kind.icon if kind else "bell"


class PushSubscription(models.Model):
    """One browser of one person that may be sent notices (RFC 8030), with the keys that only it can read by (RFC 8291)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.CharField(max_length=1000, unique=True)
    public_key = models.CharField(max_length=100)
    secret = models.CharField(max_length=40)
    browser = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
