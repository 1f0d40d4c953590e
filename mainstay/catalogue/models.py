"""Products: what the company makes, as far as a ticket needs to name it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Product(models.Model):
    """One model; what is unknown about it stays empty."""

    model = models.CharField(_("model"), max_length=80, unique=True)
    family = models.CharField(_("family"), max_length=120, blank=True)
    subfamily = models.CharField(_("subfamily"), max_length=120, blank=True)
    platform = models.CharField(_("platform"), max_length=120, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["model"]

    def __str__(self) -> str:
        return self.model
