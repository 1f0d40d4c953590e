"""What can be found, by what it can be narrowed, and why a part of a question was not understood."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Noun(models.TextChoices):
    """In the order in which they are shown."""

    TICKETS = "tickets", _("Tickets")
    PEOPLE = "people", _("People")
    ORGANISATIONS = "organisations", _("Organisations")


class Operator(models.TextChoices):
    """The words before a colon, as they are typed, and what each asks for."""

    FROM = "from", _("who wrote: a name or an address")
    TO = "to", _("who was answered, or takes part")
    ORG = "org", _("the organisation")
    NATURE = "nature", _("what it is about")
    SEVERITY = "severity", _("how bad it is")
    CHANNEL = "channel", _("how it came in")
    LANG = "lang", _("the language: nl, German …")
    PRODUCT = "product", _("the product")
    ASSIGNEE = "assignee", _("whose it is: me, nobody, a name")
    TAG = "tag", _("a tag it bears")
    BEFORE = "before", _("opened before: 2026-11-30, 2026-11, today, 7d")
    AFTER = "after", _("changed on this day or later")
    IS = "is", _("the state: open, closed, waiting, unread …")
    HAS = "has", _("file, note, reply, tag or task")
    NUMBER = "number", _("the ticket with this number; #123 does the same")


class Is(models.TextChoices):
    """What stands behind `is:`."""

    OPEN = "open"
    CLOSED = "closed"
    WAITING = "waiting"
    UNREAD = "unread"
    NEW = "new"
    RESOLVED = "resolved"
    DEVELOPERS = "developers"
    ASLEEP = "asleep"
    REFUSED = "refused"
    MERGED = "merged"


class Has(models.TextChoices):
    """What stands behind `has:`."""

    FILE = "file"
    NOTE = "note"
    REPLY = "reply"
    TAG = "tag"
    TASK = "task"


class Source(models.TextChoices):
    """Where on a ticket the words stand."""

    MESSAGE = "message", _("Message")
    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
    SIDE = "side", _("Side conversation")
    QUOTED = "quoted", _("Quoted")
    FILE = "file", _("File")


class Odd(models.TextChoices):
    """Why a part of the question was left out, or taken otherwise than it may have been meant."""

    NOTHING = "nothing", _("“%(said)s” says nothing yet: write a word behind the colon")
    NO_OPERATOR = "no_operator", _("“%(said)s” was searched for as words: %(known)s are the operators")
    NO_DAY = "no_day", _("“%(said)s” is no day that we understand: write 2026-11-30, 2026-11, today or 7d")
    NO_NUMBER = "no_number", _("“%(said)s” is no number of a ticket")
    NO_STATE = "no_state", _("“%(said)s”: tickets can be %(known)s")
    NO_PART = "no_part", _("“%(said)s”: tickets can have %(known)s")
    NO_NATURE = "no_nature", _("“%(said)s” is no nature of your policy: %(known)s")
    NO_SEVERITY = "no_severity", _("“%(said)s” is no severity of your policy: %(known)s")
    NO_CHANNEL = "no_channel", _("“%(said)s” is no channel of this desk: %(known)s")
    NO_LANGUAGE = "no_language", _("“%(said)s” is no language that we know: write nl, de or a name such as German")
    NO_PRODUCT = "no_product", _("“%(said)s”: there is no product of that name")
    NO_TAG = "no_tag", _("“%(said)s”: there is no such tag")
    NOBODY = "nobody", _("“%(said)s”: there is nobody of that name")
    NO_ORGANISATION = "no_organisation", _("“%(said)s”: there is no organisation of that name")
    TOO_LONG = "too_long", _("That was long: only the beginning was searched for")
