"""How a mailbox is reached, and what is done there with a mail that was taken in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Security(models.TextChoices):
    TLS = "tls", _("TLS from the start (port 993)")
    STARTTLS = "starttls", _("STARTTLS (port 143)")
    NONE = "none", _("None, only on this machine")


class Auth(models.TextChoices):
    PASSWORD = "password", _("Password")
    GOOGLE = "oauth2_google", _("OAuth 2 at Google")
    MICROSOFT = "oauth2_microsoft", _("OAuth 2 at Microsoft")
    OTHER = "oauth2_other", _("OAuth 2 elsewhere")


class AfterIntake(models.TextChoices):
    LEAVE = "leave", _("Leave it as it is")
    FLAG = "flag", _("Mark it as read")
    MOVE = "move", _("Move it to another folder")


class Purpose(models.TextChoices):
    INBOX = "inbox", _("Incoming mail")
    SENT = "sent", _("Sent by colleagues")


class MailboxDeed(models.TextChoices):
    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    RESUMED = "resumed", _("started")
    PAUSED = "paused", _("paused")
    REMOVED = "removed", _("removed")
