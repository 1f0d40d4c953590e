"""How a customer found the help they got."""

from django.db import models
from django.utils.translation import gettext_lazy as _

COMMENT_LENGTH = 4000


class Score(models.TextChoices):
    GOOD = "good", _("Good")
    FAIR = "fair", _("So-so")
    BAD = "bad", _("Bad")
