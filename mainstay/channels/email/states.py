"""The fates of a raw mail and of an outgoing one."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RawState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be read")
    DONE = "done", _("On a ticket")
    SET_ASIDE = "set_aside", _("Set aside")
    DISMISSED = "dismissed", _("Dismissed")
    NOT_FOR_PEOPLE = "not_for_people", _("Automatic mail, kept without a ticket")


# Why a mail is kept without a ticket, by the word that stands at it.
KEPT_BECAUSE = {
    "bounce": _("A message of ours came back"),
    "auto_reply": _("An automatic answer"),
    "complaint": _("A complaint about a message of ours"),
    "delivery_report": _("A receipt"),
    "own": _("A mail of our own that came round"),
    "sent_elsewhere": _("Sent by a colleague, about no ticket"),
}


class OutgoingState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("Kept in the local outbox")
    FAILED = "failed", _("Not delivered")
    WITHDRAWN = "withdrawn", _("Taken back before it was sent")
