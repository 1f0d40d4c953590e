"""How an escalation ends, the states of a problem, and the fates of what goes to a tracker and comes from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ended(models.TextChoices):
    """How an escalation came back to the technicians."""

    ANSWERED = "answered", _("Answered")
    ASKED_BACK = "asked_back", _("Came back with a question")
    TAKEN_BACK = "taken_back", _("Taken back")
    FIXED = "fixed", _("The problem was fixed")
    WENT_ON = "went_on", _("The ticket went on without an answer")


class ProblemState(models.TextChoices):
    OPEN = "open", _("Open")
    FIXED = "fixed", _("Fixed")
    JOINED = "joined", _("Joined with another one")


class CallKind(models.TextChoices):
    """What a tracker is asked to do."""

    OPEN = "open", _("Open an issue")
    COMMENT = "comment", _("Comment on an issue")
    READ = "read", _("Read how an issue stands")


class CallState(models.TextChoices):
    QUEUED = "queued", _("On its way")
    DONE = "sent", _("Done")
    FAILED = "failed", _("Did not work")


class HookState(models.TextChoices):
    """What became of something that a tracker told us."""

    WAITING = "queued", _("Waiting")
    DONE = "sent", _("Taken in")
    IGNORED = "kept", _("Not about our issues")
    FAILED = "failed", _("Did not work")


class TrackerDeed(models.TextChoices):
    ADDED = "added", _("Added")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
