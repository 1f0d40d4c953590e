"""What a rule listens to, what it asks, and what came of each time it ran."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.tickets import events


class When(models.TextChoices):
    """What wakes a rule. The last three are moments, found by a look at the clock."""

    OPENED = "opened", _("a ticket is opened")
    MESSAGE = "message", _("the customer writes on a ticket")
    REPLIED = "replied", _("somebody replies")
    ASSIGNED = "assigned", _("a ticket is assigned")
    CLASSIFIED = "classified", _("nature or severity is set")
    TAGGED = "tagged", _("a tag is put on")
    WAITING = "waiting", _("a ticket begins to wait for the customer")
    ESCALATED = "escalated", _("a ticket goes to the developers")
    RETURNED = "returned", _("the developers give it back")
    RESOLVED = "resolved", _("a ticket is resolved")
    REOPENED = "reopened", _("a ticket is re-opened")
    RATED_BAD = "rated_bad", _("a customer finds our help bad")
    NOT_DELIVERED = "not_delivered", _("a message of ours is not delivered")
    UNANSWERED = "unanswered", _("a ticket waits for its first answer, for so long")
    UNRESOLVED = "unresolved", _("a ticket is open, for so long")
    SILENT = "silent", _("we wait for the customer, for so long")


KINDS: dict[str, tuple[str, ...]] = {
    When.OPENED: (events.OPENED.name,),
    When.MESSAGE: (events.MESSAGE_RECEIVED.name,),
    When.REPLIED: (events.REPLIED.name,),
    When.ASSIGNED: (events.ASSIGNED.name, events.ASSIGNED_BY_TURN.name),
    When.CLASSIFIED: (events.CLASSIFIED.name,),
    When.TAGGED: (events.TAGGED.name,),
    When.WAITING: (events.CUSTOMER_AWAITED.name, events.REPLIED.name),
    When.ESCALATED: (events.HANDED_TO_DEVELOPERS.name,),
    When.RETURNED: (events.RETURNED.name,),
    When.RESOLVED: (events.RESOLVED.name,),
    When.REOPENED: (events.REOPENED.name,),
    When.RATED_BAD: (events.RATED_BAD.name,),
    When.NOT_DELIVERED: (events.DELIVERY_FAILED.name,),
}
BY_THE_CLOCK = (When.UNANSWERED, When.UNRESOLVED, When.SILENT)


class Match(models.TextChoices):
    """How many of a rule's conditions must hold."""

    ALL = "all", _("all of them")
    ANY = "any", _("one of them")


class Field(models.TextChoices):
    """What a condition asks about."""

    NATURE = "nature", _("Nature")
    SEVERITY = "severity", _("Severity")
    STATE = "state", _("State")
    CHANNEL = "channel", _("Channel")
    LANGUAGE = "language", _("Language")
    ENTITLEMENT = "entitlement", _("Entitlement")
    ASSIGNEE = "assignee", _("Assignee")
    TEAM = "team", _("Team of the assignee")
    TAG = "tag", _("Tag")
    PRODUCT = "product", _("Product")
    CUSTOM = "custom", _("Field")
    HOURS = "hours", _("Opening hours")
    ORGANISATION = "organisation", _("Organisation")
    COUNTRY = "country", _("Country")
    SUBJECT = "subject", _("Subject")
    TEXT = "text", _("What the customer wrote")


TYPED = (Field.ORGANISATION, Field.COUNTRY, Field.SUBJECT, Field.TEXT)  # their values are words, not a choice


class Outcome(models.TextChoices):
    """What came of a run."""

    DONE = "done", _("Done")
    NOTHING = "nothing", _("Nothing had to be done")
    FAILED = "failed", _("It could not be done")
    BRAKED = "braked", _("Stopped by the brake")
