"""Months that were published, as their figures stood then; reports by mail; addresses for screens on a wall."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.files.models import StoredFile
from mainstay.notifications.states import MailState
from mainstay.people.models import Person

from .states import ReportKind


class FrozenMonth(models.Model):
    """A published month; its figures never change any more, whatever is counted, re-opened or edited later."""

    month = models.CharField(max_length=7, unique=True)  # 2026-10
    frozen_at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revisions = models.JSONField(default=list)  # numbers of the policy revisions that held
    figures = models.JSONField()  # as `freezing.py` writes and reads them

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return self.month


class ReportSubscription(models.Model):
    """A person of the desk gets the report of each month, or of each week, by mail.

    `day` is the day of the month after (1 to 28), or of the week after (1 is Monday), on which it goes, at `time` on the
    clock of the person's zone.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="report_subscriptions")
    kind = models.CharField(_("report"), max_length=8, choices=ReportKind)
    day = models.PositiveSmallIntegerField(_("day"))
    time = models.TimeField(_("time"))
    language = models.CharField(_("language"), max_length=12, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["person_id", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="subscribed_once"),
            models.CheckConstraint(
                condition=Q(kind=ReportKind.MONTH, day__gte=1, day__lte=28)
                | Q(kind=ReportKind.WEEK, day__gte=1, day__lte=7),
                name="report_day_exists",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class ReportMail(models.Model):
    """The report of one period on its way to one person, written down once: every attempt sends the same."""

    subscription = models.ForeignKey(ReportSubscription, on_delete=models.CASCADE, related_name="mails")
    period = models.CharField(max_length=24)
    mail_id = models.CharField(max_length=300, unique=True)  # its Message-ID header
    recipient = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=12, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField()  # patience counts from here
    written_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["subscription", "period"], name="report_mailed_once")]

    def __str__(self) -> str:
        return f"{self.period} to {self.recipient}"


class ReportMailFile(models.Model):
    """A file that goes with a report's mail: with a `content_id` a picture in its text, else an attachment."""

    mail = models.ForeignKey(ReportMail, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="report_mails")
    filename = models.CharField(max_length=120)
    content_id = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]


class BoardLink(models.Model):
    """An address by which a screen on a wall shows the figures without sign-in, until it is taken back.

    The address holds the row's key, signed: nothing secret is stored. It shows what its maker may see.
    """

    name = models.CharField(_("where it hangs"), max_length=80)
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name
