"""What can be found, by what it can be narrowed, and why a part of a question was not understood."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Noun(models.TextChoices):
    """In the order in which they are shown."""

    TICKETS = "tickets", _("Tickets")
    PEOPLE = "people", _("People")
    ORGANISATIONS = "organisations", _("Organisations")


class Operator(models.TextChoices):
    """The words before a colon, as they are typed."""

    FROM = "from"
    ORG = "org"
    NATURE = "nature"
    SEVERITY = "severity"
    CHANNEL = "channel"
    LANG = "lang"
    PRODUCT = "product"
    TAG = "tag"
    ASSIGNEE = "assignee"
    BEFORE = "before"
    AFTER = "after"
    IS = "is"
    HAS = "has"


class Source(models.TextChoices):
    """Where on a ticket the words stand."""

    SUBJECT = "subject", _("Subject")
    MESSAGE = "message", _("Message")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
    QUOTED = "quoted", _("Quoted")
    FILE = "file", _("File")


class Odd(models.TextChoices):
    """Why a part of the question was left out."""

    NOTHING = "nothing", _("“%(said)s” says nothing yet: write a word behind the colon")
    FOR_STAFF = "for_staff", _("“%(said)s” is for those who work here")
    NO_DAY = "no_day", _("“%(said)s” is no day that we understand: write 2026-11-30, 2026-11, today or 7d")
    NO_STATE = "no_state", _("“%(said)s”: tickets can be %(known)s")
    NO_PART = "no_part", _("“%(said)s”: tickets can have %(known)s")
    NO_NATURE = "no_nature", _("“%(said)s” is no nature of your policy: %(known)s")
    NO_SEVERITY = "no_severity", _("“%(said)s” is no severity of your policy: %(known)s")
    NO_CHANNEL = "no_channel", _("“%(said)s” is no channel of this desk: %(known)s")
    NOBODY = "nobody", _("“%(said)s”: there is nobody of that name")
    NO_TAG = "no_tag", _("“%(said)s”: there is no tag of that name")
    NO_PRODUCT = "no_product", _("“%(said)s”: there is no product of that name")
    NO_ORGANISATION = "no_organisation", _("“%(said)s”: there is no organisation of that name")
    TOO_LONG = "too_long", _("That was long: only the beginning was searched for")
