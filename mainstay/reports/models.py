"""Months that were published: their figures as they stood then."""

from django.db import models

from mainstay.people.models import Person


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
