"""Which reports go by mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportKind(models.TextChoices):
    """Of which periods a report is sent, when they are over."""

    MONTH = "month", _("Each month")
    WEEK = "week", _("Each week")
