"""Moments as people read them: short in the line, exact with the zone on hover and for screen readers."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def exact_moment(at: datetime) -> str:
    """Day, minute and zone in the zone of the person who reads: `Sun 22 Nov 2026, 22:54 CET`."""
    return _exact(at.replace(second=0, microsecond=0), timezone.get_current_timezone(), get_language())


@lru_cache(maxsize=5000)
def _exact(at: datetime, zone: tzinfo, language: str | None) -> str:
    """Said in the language that is on; pages say the same minute many times."""
    local = at.astimezone(zone)
    return _("%(day)s, %(time)s %(zone)s") % {
        "day": date_format(local, "D j M Y"),
        "time": date_format(local, "H:i"),
        "zone": zone_name(local),
    }


def short_moment(at: datetime, now: datetime) -> str:
    """`just now`, `12 min ago`, then `14:32` today, `20 Nov` this year, `20 Nov 2025` before."""
    ago = now - at
    if timedelta(0) <= ago < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= ago < timedelta(hours=1):
        return _("%(minutes)d min ago") % {"minutes": int(ago.total_seconds()) // 60}
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return date_format(local, "H:i")
    return date_format(local, "j M" if local.year == today.year else "j M Y")


def zone_name(local: datetime) -> str:
    """The zone's letters; where a zone has none, its difference from UTC: `UTC+03`."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name
