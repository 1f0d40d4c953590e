"""Why a ticket may be left out of the averages, and what a ticket's history can say about its promise."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Exclusion(models.TextChoices):
    """Keys as in the policy's list of exclusions."""

    SPAM = "spam", _("Spam")
    REFUSED = "refused", _("Refused (not entitled)")
    MERGED = "merged", _("Merged copy")
    OPENED_BY_STAFF = "opened_by_staff", _("Opened by staff for themselves")


class With(models.TextChoices):
    """Whose turn it is; empty while a ticket is resolved or closed."""

    NOBODY = "", _("Nobody")
    TECHNICIANS = "technicians", _("Technicians")
    DEVELOPERS = "developers", _("Developers")
    CUSTOMER = "customer", _("Customer")


class FactKind(models.TextChoices):
    """What of a ticket's history the measures are made from."""

    ANSWERED = "answered", _("A person's answer that the channel accepted")
    RESOLVED = "resolved", _("Resolved")
    REOPENED = "reopened", _("Re-opened")
    ASKED = "asked", _("A message of the customer")
    TURNED = "turned", _("It became somebody else's turn")
    CAME_BACK = "came_back", _("Something came back from the customer's side")
    EXCLUDED = "excluded", _("Left out of the averages")
    INCLUDED = "included", _("Counted again")
