"""The outcomes of an entitlement decision and the reasons for them, as staff read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    ENTITLED = "entitled", _("Entitled")
    REFUSED = "refused", _("Refused")


class Reason(models.TextChoices):
    DIRECT_BUYER = "direct_buyer", _("Their organisation bought directly from us.")
    STAFF = "staff", _("They work here.")
    STRANGER = "stranger", _("We know no organisation of this sender.")
    OTHER_KIND = "other_kind", _("Their organisation is neither a distributor nor a partner.")
    NOT_DIRECT = "not_direct", _("Their organisation did not buy directly from us.")
    LEFT = "left", _("This person no longer works at the organisation.")
    ADMITTED = "admitted", _("A colleague decided to help all the same.")
