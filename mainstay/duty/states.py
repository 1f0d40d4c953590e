"""Whether somebody is here, why they are not, and what is written down about duty."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Here(models.TextChoices):
    """What somebody says of themselves. Who gives no sign for long is away without saying so."""

    HERE = "here", _("Here")
    AWAY = "away", _("Away")
    OFF = "off", _("Off duty")


class Reason(models.TextChoices):
    """Why somebody is absent, as far as they say."""

    NONE = "", _("Not said")
    HOLIDAY = "holiday", _("Holiday")
    SICK = "sick", _("Sick")
    ELSEWHERE = "elsewhere", _("Working elsewhere")


class Missing(models.TextChoices):
    """Why somebody is not on duty at a moment."""

    LEFT = "left", _("may not work on tickets any more")
    ABSENT = "absent", _("is absent")
    OFF = "off", _("is off duty")
    AWAY = "away", _("is away")
    SILENT = "silent", _("gave no sign for a while")
    NO_SHIFT = "no_shift", _("has no shift now")


class DutyDeed(models.TextChoices):
    """What somebody did to the roster."""

    SHIFT_ADDED = "shift_added", _("%(by)s gave %(person)s a shift: %(what)s")
    SHIFT_CHANGED = "shift_changed", _("%(by)s changed a shift of %(person)s: %(what)s")
    SHIFT_REMOVED = "shift_removed", _("%(by)s removed a shift of %(person)s: %(what)s")
    ABSENCE_ADDED = "absence_added", _("%(by)s wrote down that %(person)s is absent: %(what)s")
    ABSENCE_REMOVED = "absence_removed", _("%(by)s took back that %(person)s is absent: %(what)s")
    LANGUAGES_SET = "languages_set", _("%(by)s set the languages of %(person)s: %(what)s")
    PRESENCE_SET = "presence_set", _("%(by)s set %(person)s: %(what)s")


class Trouble(models.TextChoices):
    """What supervisors are told once, until it is over."""

    NOBODY_ON_DUTY = "nobody_on_duty", _("Nobody is on duty while customers wait for a first answer")
    NO_OWNER = "no_owner", _("Tickets wait past their target, and nobody has taken them")
