"""What came and what was done, day by day, as bars side by side."""

from collections.abc import Sequence
from math import ceil

import pygal
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..figures import Volume
from ..spans import gathered_volumes, is_by_month
from .drawing import day_labels, drawn, look

LABELS = 5


def volumes_chart(days: Sequence[Volume]) -> SafeString:
    """Opened, answered and resolved tickets of each day, or month where there are too many days; empty when there were none."""
    if not days:
        return mark_safe("")
    by_month, days = is_by_month(days), gathered_volumes(days)
    chart = pygal.Bar(**look())
    chart.x_labels = day_labels([day.on for day in days], by_month=by_month)
    chart.add("opened", [day.opened for day in days])
    chart.add("answered", [day.answered for day in days])
    chart.add("resolved", [day.resolved for day in days])
    highest = max(1, *(max(day.opened, day.answered, day.resolved) for day in days))
    step = max(1, ceil(highest / LABELS))
    chart.y_labels, chart.y_labels_major = list(range(0, highest + step, step)), [0]
    chart.range = (0, chart.y_labels[-1])
    on = [date_format(day.on, "F Y" if by_month else "j F") for day in days]
    told = [
        *(_("%(day)s: %(n)s opened") % {"day": name, "n": day.opened} for name, day in zip(on, days, strict=True)),
        *(_("%(day)s: %(n)s answered") % {"day": name, "n": day.answered} for name, day in zip(on, days, strict=True)),
        *(_("%(day)s: %(n)s resolved") % {"day": name, "n": day.resolved} for name, day in zip(on, days, strict=True)),
    ]
    return drawn(chart, _("Tickets opened, answered and resolved"), told)
