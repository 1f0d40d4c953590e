"""Who is where: one row for each browser and each thing that somebody has open there."""

from django.db import models

from .states import Attention


class Visit(models.Model):
    """Somebody has a page open until a moment soon, unless their browser says so again.

    This room knows no people and no tickets: `person` is a key, `subject` a topic such as `ticket:42`. The table is unlogged,
    so that it costs no disk, and is empty after a crash: nothing in it outlives forty seconds.
    """

    person = models.BigIntegerField()
    name = models.CharField(max_length=200)
    browser = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    attention = models.CharField(max_length=8, choices=Attention)
    until = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "browser", "subject"], name="one_visit_of_a_browser"),
            models.CheckConstraint(condition=models.Q(attention__in=Attention.values), name="visit_attention_known"),
        ]
        # None on `until`: the table is small, and a beat that changes no index is written in place.
        indexes = [models.Index(fields=["subject"], name="visit_by_subject")]

    def __str__(self) -> str:
        return f"{self.name} {self.attention} {self.subject}"
