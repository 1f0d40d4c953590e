"""Shifts, absences and presence in words, in the reader's language and zone."""

from datetime import date, datetime
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from .models import DAY_MINUTES, Absence, Shift
from .states import Here, Reason


def shift_in_words(shift: Shift) -> str:
    """`Mon–Fri 09:00–17:00 Europe/Amsterdam, from 23 Nov 2026`."""
    words = f"{days_in_words(shift.weekdays)} {hours_in_words(shift)} {shift.zone}, {_from(shift.valid_from)}"
    return words if shift.valid_until is None else f"{words} {_until(shift.valid_until)}"


def shift_values(shift: Shift) -> dict[str, Any]:
    """A shift for the log of settings: the same in every language."""
    ends = shift.ends if shift.ends <= DAY_MINUTES else shift.ends - DAY_MINUTES
    return {
        "weekdays": list(shift.weekdays),
        "starts": clock_text(shift.starts),
        "ends": clock_text(ends),
        "zone": shift.zone,
        "valid_from": shift.valid_from,
        "valid_until": shift.valid_until,
    }


def absence_values(absence: Absence) -> dict[str, Any]:
    """Likewise."""
    return {"starts_at": absence.starts_at, "ends_at": absence.ends_at, "reason": absence.reason}


def days_in_words(weekdays: list[int]) -> str:
    """`Mon–Fri`, `Tue`, `Sat, Sun`: three or more in a row as a span."""
    runs: list[list[int]] = []
    for day in sorted(weekdays):
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        names = [str(WEEKDAYS_ABBR[day]) for day in run]
        parts += [f"{names[0]}–{names[-1]}"] if len(run) > 2 else names
    return ", ".join(parts)


def hours_in_words(shift: Shift) -> str:
    return f"{clock_text(shift.starts)}–{clock_text(shift.ends if shift.ends <= DAY_MINUTES else shift.ends - DAY_MINUTES)}"


def clock_text(minutes: int) -> str:
    """Minutes since midnight as `09:30`; the end of the day as `24:00`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def absence_in_words(absence: Absence) -> str:
    """`Holiday, from 23 Nov 2026, 00:00 to 30 Nov 2026, 00:00`."""
    reason = f"{absence.get_reason_display()}, " if absence.reason != Reason.NONE else ""
    if absence.ends_at is None:
        return reason + _("from %(start)s until further notice") % {"start": _moment(absence.starts_at)}
    return reason + _("from %(start)s to %(end)s") % {
        "start": _moment(absence.starts_at),
        "end": _moment(absence.ends_at),
    }


def presence_in_words(said: Here, until: datetime | None) -> str:
    """`Away until 14:30`."""
    if until is None:
        return str(said.label)
    return _("%(state)s until %(time)s") % {"state": said.label, "time": _moment(until)}


def _from(day: date) -> str:
    return _("from %(day)s") % {"day": date_format(day, "j M Y")}


def _until(day: date) -> str:
    return _("to %(day)s") % {"day": date_format(day, "j M Y")}


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "j M Y, H:i")
