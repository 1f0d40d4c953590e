"""Lengths of time as people write them in a policy or on a command line: `5m`, `1h30m`, `14d`."""

import re

from .errors import BadDuration

_WRITTEN = re.compile(r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)
_UNITS = (86_400, 3600, 60, 1)
_LETTERS = "dhms"


def read_duration(text: str) -> int:
    """Seconds of `90m`, `1h30m`, `14d` (days of 24 hours) or of a bare whole number of seconds; raises BadDuration."""
    wanted = text.strip()
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 12:
        return int(wanted)
    parts = _WRITTEN.fullmatch(wanted)
    if parts is None or not wanted:
        raise BadDuration(f"“{text}” is not a length of time: write it like 5m, 5h, 1h30m, 14d, or as whole seconds.")
    return sum(int(count) * unit for count, unit in zip(parts.groups(), _UNITS, strict=True) if count)


def short_duration(seconds: int) -> str:
    """The shortest way to write these seconds: 5400 is `1h30m`, 1,209,600 is `14d`."""
    if seconds < 0:
        return "-" + short_duration(-seconds)
    parts = []
    for unit, letter in zip(_UNITS, _LETTERS, strict=True):
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count}{letter}")
    return "".join(parts) or "0s"
