"""How closely somebody is at a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attention(models.TextChoices):
    """From afar to close by; who has several tabs is where they are closest."""

    OPEN = "open", _("has it open")
    LOOKING = "looking", _("is looking")
    WRITING = "writing", _("is writing")
