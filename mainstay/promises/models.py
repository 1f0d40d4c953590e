"""The policy's revisions, and what was promised and measured for each ticket."""

from django.db import models
from django.db.models import F, Q

from .states import Exclusion


class PolicyRevision(models.Model):
    """The policy file as it stood, word for word, and the moment from which it holds."""

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    holds_from = models.DateTimeField()
    imported_at = models.DateTimeField()

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
    excluded = models.CharField(max_length=20, blank=True, choices=Exclusion)

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
        ]
