"""How views are ordered, divided and shown, whom they are for; and the stages of a deed on many tickets."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Order(models.TextChoices):
    """A minus turns it round, as on the columns' heads."""

    QUEUE = "queue", _("What protects the promise first")
    NEWEST_CHANGE = "-changed", _("Newest change first")
    OLDEST_CHANGE = "changed", _("Oldest change first")
    OLDEST = "opened", _("Oldest first")
    NEWEST = "-opened", _("Newest first")
    MOST_SEVERE = "severity", _("Most severe first")
    LEAST_SEVERE = "-severity", _("Least severe first")


class Grouping(models.TextChoices):
    NONE = "", _("Not grouped")
    STATE = "state", _("By state")
    SEVERITY = "severity", _("By severity")
    NATURE = "nature", _("By nature")
    ASSIGNEE = "assignee", _("By assignee")
    ORGANISATION = "organisation", _("By organisation")


class Column(models.TextChoices):
    """What a row may show beside severity, number and subject."""

    WHO = "who", _("Who")
    NATURE = "nature", _("Nature")
    WAITING = "waiting", _("Waiting")
    ASSIGNEE = "assignee", _("Assignee")
    PRODUCT = "product", _("Product")
    TAGS = "tags", _("Tags")
    LANGUAGE = "language", _("Language")
    OPENED = "opened", _("Opened")
    CHANGED = "changed", _("Last change")


USUAL_COLUMNS = (Column.WHO.value, Column.NATURE.value, Column.WAITING.value, Column.ASSIGNEE.value)


class Audience(models.TextChoices):
    """Who sees a view in their list."""

    OWNER = "owner", _("Only me")
    EVERYBODY = "everybody", _("Everybody")
    ROLE = "role", _("A role")
    TEAM = "team", _("A team")


class Stage(models.TextChoices):
    """How far a deed on many tickets is; `planned` waits for a person to go on."""

    PLANNED = "planned", _("Planned")
    DOING = "doing", _("Being done")
    DONE = "done", _("Done")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class Outcome(models.TextChoices):
    """What became of one ticket of many."""

    WAITING = "waiting", _("To be done")
    DONE = "done", _("Done")
    NEEDLESS = "needless", _("It was so already")
    REFUSED = "refused", _("Not done")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Could not be undone")
