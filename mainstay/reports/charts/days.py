"""Each day's mean against the promise, as bars."""

from math import ceil

import pygal
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..figures import Measured
from .drawing import HOUR, MINUTE, drawn, look

_LABELS = 5


def days_chart(measured: Measured) -> SafeString:
    """Each day's mean as a bar, with the promise as the emphasised line; empty when nothing was counted.

    In minutes, or in hours where the promise is an hour or more.
    """
    target = measured.average.target
    if not measured.days or target is None:
        return mark_safe("")
    unit = HOUR if target >= HOUR else MINUTE
    sentence = _("%(day)s: %(time)s h (%(n)s tickets)") if unit == HOUR else _("%(day)s: %(time)s min (%(n)s tickets)")
    means = [round((day.mean or 0) / unit, 1) for day in measured.days]
    told = [
        sentence % {"day": date_format(day.on, "j F"), "time": mean, "n": day.n}
        for day, mean in zip(measured.days, means, strict=True)
    ]
    chart = pygal.Bar(**look())
    chart.x_labels = [date_format(day.on, "j") for day in measured.days]
    chart.add("mean", means)
    chart.y_labels, chart.y_labels_major = _labels(max(means), target / unit)
    chart.range = (0, max(chart.y_labels[-1], *means))
    return drawn(chart, chart_title(measured), told)


def chart_title(measured: Measured) -> str:
    in_hours = (measured.average.target or 0) >= HOUR
    if measured.name == "first_response":
        return (
            _("Mean first response by day, in hours; the line is the promise")
            if in_hours
            else _("Mean first response by day, in minutes; the line is the promise")
        )
    return (
        _("Mean resolution by day, in hours; the line is the promise")
        if in_hours
        else _("Mean resolution by day, in minutes; the line is the promise")
    )


def _labels(highest: float, target: float) -> tuple[list[float], list[float]]:
    """Multiples of the promise as far as the highest bar, at most about five, the promise itself always among them."""
    step = max(1, ceil(highest / target / _LABELS))
    multiples = {0, 1, *range(step, max(1, ceil(highest / target)) + step, step)}
    return [round(target * n, 1) for n in sorted(multiples)], [round(target, 1)]
