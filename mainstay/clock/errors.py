"""What business time refuses, each as one sentence that says what to do."""

from mainstay.lib.errors import MainstayError


class NaiveTime(MainstayError, ValueError):
    """A moment needs its zone: write 2026-11-20T20:00Z, or an offset such as 2026-11-20T20:00+01:00."""


class BadHours(MainstayError, ValueError):
    """Hours are written like 06:00-22:00."""


class BadDuration(MainstayError, ValueError):
    """A length of time is written like 5m, 5h, 1h30m, 14d, or as whole seconds."""


class UnknownZone(MainstayError, ValueError):
    """A zone is a name of the IANA list, such as Etc/UTC or Europe/Amsterdam."""


class NeverOpens(MainstayError, ValueError):
    """This calendar has no more openings in that direction: give it weekly hours, or a special day."""


class OutOfCalendar(MainstayError, ValueError):
    """Business time is kept for the years 2 to 9997 only."""
