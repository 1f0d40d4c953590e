"""Business seconds as people read them: `42 s`, `4 min`, `2 h 10`."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUTE, HOUR = 60, 3600
NOTHING = "–"
MINUS = "\N{MINUS SIGN}"


def duration_text(seconds: float | None) -> str:
    """Seconds under a minute, then whole minutes, then hours and minutes; a dash when nothing was measured.

    Whole minutes are cut, not rounded: a counter must not show five minutes before five minutes have passed.
    """
    if seconds is None:
        return NOTHING
    whole = int(abs(seconds))
    sign = MINUS if seconds < 0 and whole else ""
    if whole < MINUTE:
        return sign + _("%(seconds)d s") % {"seconds": whole}
    if whole < HOUR:
        return sign + _("%(minutes)d min") % {"minutes": whole // MINUTE}
    return sign + _hours(whole)


def exact_duration_text(seconds: float | None) -> str:
    """As `duration_text`, with the seconds of the minutes: for an average that stands beside its target."""
    if seconds is None:
        return NOTHING
    whole = round(abs(seconds))
    if not MINUTE <= whole < HOUR or whole % MINUTE == 0:
        return duration_text(whole if seconds >= 0 else -whole)
    sign = MINUS if seconds < 0 else ""
    words = {"minutes": whole // MINUTE, "seconds": whole % MINUTE}
    return sign + pgettext("minutes and seconds", "%(minutes)d min %(seconds)02d") % words


def _hours(whole: int) -> str:
    hours, minutes = divmod(whole // MINUTE, 60)
    if minutes == 0:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d") % {"hours": hours, "minutes": minutes}
