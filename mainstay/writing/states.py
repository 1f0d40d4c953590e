"""What somebody writes, what becomes of a reply that is to leave later, and why it waits for a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mode(models.TextChoices):
    """Whom a text is for."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")


class MacroWrites(models.TextChoices):
    """What a macro writes beside its deeds."""

    NOTHING = "", _("Nothing")
    REPLY = "reply", _("A reply")
    NOTE = "note", _("A note")


class PlanState(models.TextChoices):
    """What has become of a reply for later."""

    WAITING = "waiting", _("Waiting for its moment")
    HELD = "held", _("Held: somebody must decide")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


UNSETTLED = (PlanState.WAITING, PlanState.HELD)


class Held(models.TextChoices):
    """Why a reply for later is not sent by itself."""

    CUSTOMER_WROTE = "customer_wrote", _("the customer has written since")
    ANSWERED = "answered", _("a colleague has answered since")
    RESOLVED = "resolved", _("the ticket was resolved since")
    MERGED = "merged", _("the messages of the ticket were moved to another one")
    MISSED = "missed", _("the desk was not running at that moment")
    PROBLEM = "problem", _("it could not be sent")
