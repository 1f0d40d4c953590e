"""Whether customers are asked, what they were asked, and what they said."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.tickets.models import Ticket

from .states import Score


class Asking(models.Model):
    """Whether customers are asked at all: one row, made when it is first changed."""

    is_on = models.BooleanField(_("ask customers how they found our help"), default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="asking_is_one_row")]


class Rating(models.Model):
    """The question about one ticket, and its answer. Who has the secret `token` of the mail may answer, and change it."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="rating")
    token = models.CharField(max_length=43, unique=True)
    asked_at = models.DateTimeField()
    score = models.CharField(max_length=4, choices=Score, blank=True)
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score="", rated_at=None, comment="")
                | (Q(score__in=Score.values) & Q(rated_at__isnull=False)),
                name="rating_is_asked_or_answered",
            )
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="rating_by_asking"),
            models.Index(fields=["-rated_at", "-id"], condition=Q(rated_at__isnull=False), name="rating_newest"),
        ]
