"""The hours of the week as a map: the more came in, the stronger the colour; the number stands in it."""

from collections.abc import Sequence

from django.utils import dates
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from mainstay.ui.durations import exact_duration_text

from ..figures import HourOfWeek
from .drawing import WIDTH, Drawing

LEFT, TOP, TALL = 52, 24, 26
HOURS, DAYS, LEVELS = 24, 7, 4
WIDE = (WIDTH - LEFT) / HOURS
NAMED_EVERY = 3


def heat_chart(hours: Sequence[HourOfWeek], open_hours: frozenset[tuple[int, int]], *, zone: str = "UTC") -> SafeString:
    """Seven rows of 24 hours on the clock of `zone`; hours in which the desk is open have a line below. Empty when nothing came."""
    if not hours:
        return mark_safe("")
    counted = {(one.weekday, one.hour): one for one in hours}
    highest = max(one.opened for one in hours)
    drawing, told = Drawing(WIDTH, TOP + DAYS * TALL + 2), []
    for hour in range(0, HOURS, NAMED_EVERY):
        drawing.text("", LEFT + hour * WIDE, TOP - 8, f"{hour:02}")
    for day in range(DAYS):
        drawing.text("right", LEFT - 8, TOP + day * TALL + 18, str(dates.WEEKDAYS_ABBR[day]))
        for hour in range(HOURS):
            one = counted.get((day, hour), HourOfWeek(day, hour, 0, None))
            x, y = LEFT + hour * WIDE, TOP + day * TALL
            level, words = _level(one.opened, highest), _words(one)
            drawing.rect(f"heat-{level}", x + 1, y + 1, WIDE - 2, TALL - 2, words)
            if (day, hour) in open_hours:
                drawing.line("open-hours", x + 1, y + TALL - 1, x + WIDE - 1, y + TALL - 1)
            if one.opened:
                kind = "middle on-heat" if level == LEVELS else "middle strong"
                drawing.text(kind, x + WIDE / 2, y + 18, str(one.opened))
                told.append(words)
    return drawing.done(_("Tickets opened in each hour of the week (%(zone)s)") % {"zone": zone}, told)


def _words(one: HourOfWeek) -> str:
    words = _("%(day)s %(hour)02d:00 to %(next)02d:00: %(n)s opened") % {
        "day": dates.WEEKDAYS[one.weekday],
        "hour": one.hour,
        "next": one.hour + 1,
        "n": one.opened,
    }
    if one.mean_first_response is None:
        return words
    return _("%(hour)s, first response %(mean)s on average") % {
        "hour": words,
        "mean": exact_duration_text(one.mean_first_response),
    }


def _level(n: int, highest: int) -> int:
    """0 for none, else 1 to 4 by quarters of the highest."""
    return 0 if n == 0 else max(1, -(-LEVELS * n // highest))
