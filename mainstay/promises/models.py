"""The policy's revisions, and what was promised and measured for each ticket."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from mainstay.people.models import Person

from .states import Exclusion, With


class PolicyRevision(models.Model):
    """The policy file as it stood, word for word, and the moment from which it holds.

    `calendars` are the calendar files that it names, word for word too, by their names.
    """

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    calendars = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64)
    holds_from = models.DateTimeField()
    imported_at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["-holds_from", "-number"], name="revision_in_force")]

    def __str__(self) -> str:
        return str(self.number)


class Promise(models.Model):
    """One ticket's targets and measures, all in business seconds under its policy revision.

    Everything but the targets is derived from the ticket's events (`rules.measure`) and can be counted again from them.
    """

    revision = models.ForeignKey(PolicyRevision, on_delete=models.PROTECT, related_name="promises")
    opened_at = models.DateTimeField()
    # Business seconds from `rules.STAMP_EPOCH` to the opening: the present age of all open tickets is then one sum in SQL.
    opened_stamp = models.BigIntegerField()
    first_response_target_seconds = models.PositiveIntegerField()
    resolution_target_seconds = models.PositiveIntegerField()

    first_responded_at = models.DateTimeField(null=True, blank=True)
    first_response_seconds = models.PositiveIntegerField(null=True, blank=True)
    answered_out_of_hours = models.BooleanField(default=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolution_seconds = models.PositiveIntegerField(null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(default=0)
    reopened_count = models.PositiveIntegerField(default=0)
    # The same spans if each working day had 24 hours.
    first_response_all_day_seconds = models.PositiveIntegerField(null=True, blank=True)
    resolution_all_day_seconds = models.PositiveIntegerField(null=True, blank=True)
    # Whose turn it was, in spans that are over: together they are the resolution, or the age at the last change of hands.
    customer_seconds = models.PositiveIntegerField(default=0)
    technician_seconds = models.PositiveIntegerField(default=0)
    developer_seconds = models.PositiveIntegerField(default=0)
    with_whom = models.CharField(max_length=12, blank=True, choices=With, default=With.TECHNICIANS)
    # A question of the customer that came after the first response and waits for an answer, and its stamp.
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_stamp = models.BigIntegerField(null=True, blank=True)
    further_count = models.PositiveIntegerField(default=0)
    further_seconds = models.PositiveIntegerField(default=0)
    excluded = models.CharField(max_length=20, blank=True, choices=Exclusion)

    # Soft alarms: when the next threshold is crossed, and which were told already (keys of `alarms.py`).
    next_alarm_at = models.DateTimeField(null=True, blank=True)
    alarms_told = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_responded_at__isnull=True, first_response_seconds__isnull=True)
                | Q(first_responded_at__isnull=False, first_response_seconds__isnull=False),
                name="first_response_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolution_seconds__isnull=True)
                | Q(resolved_at__isnull=False, resolution_seconds__isnull=False),
                name="resolution_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | Q(resolved_at__gte=F("opened_at")),
                name="resolved_after_opened",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at", "revision"], name="promises_by_opening"),
            models.Index(fields=["excluded", "opened_at"], condition=~Q(excluded=""), name="excluded_promises"),
            models.Index(
                fields=["first_responded_at"],
                include=["first_response_seconds", "first_response_target_seconds"],
                condition=Q(excluded="", first_responded_at__isnull=False),
                name="first_responses",
            ),
            models.Index(
                fields=["resolved_at"],
                include=["resolution_seconds", "resolution_target_seconds"],
                condition=Q(excluded="", resolved_at__isnull=False),
                name="resolutions",
            ),
            models.Index(
                fields=["opened_at"], condition=Q(excluded="", resolved_at__isnull=True), name="open_promises"
            ),
            models.Index(
                fields=["next_alarm_at"], condition=Q(next_alarm_at__isnull=False), name="promises_next_alarm"
            ),
        ]


class FurtherResponse(models.Model):
    """A customer's later question and our answer to it: how long it took, in business seconds; made from the events."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="further_responses")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField()
    seconds = models.PositiveIntegerField()
    all_day_seconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["answered_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["promise", "asked_at"], name="question_answered_once"),
            models.CheckConstraint(condition=Q(answered_at__gte=F("asked_at")), name="answered_after_asked"),
        ]
        indexes = [models.Index(fields=["answered_at"], include=["seconds", "promise"], name="further_responses")]


class Recount(models.Model):
    """One counting of all promises from their events; one that was interrupted goes on where it stood.

    `version` is that of the measures (`rules.MEASURES_VERSION`): a desk whose newest finished recount is of an older one
    counts everything anew when it is brought up to date.
    """

    version = models.PositiveIntegerField()
    mends = models.BooleanField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    done_up_to = models.BigIntegerField(default=0)  # the key of the last ticket that was counted
    counted = models.BigIntegerField(default=0)
    differing = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]
