"""How urgent a notice is, and the fates of a mail that carries some."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.IntegerChoices):
    """As push services know it (RFC 8030, 5.3): whether a sleeping device is woken for it."""

    NORMAL = 1, _("Normal")
    HIGH = 2, _("High")


class MailState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("Kept: no relay is set")
    FAILED = "failed", _("Not delivered")
