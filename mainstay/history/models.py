"""The abstract entry: who did what, when, told in words; written once and never changed."""

from django.db import models


class Entry(models.Model):
    """One thing that happened; `by` is empty when the desk itself did it."""

    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)

    class Meta:
        abstract = True
