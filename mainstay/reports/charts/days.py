"""Each day's mean against the promise, as bars."""

from math import ceil

import pygal
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..figures import Measured
from ..spans import gathered, is_by_month
from .drawing import HOUR, MINUTE, day_labels, drawn, look

_LABELS = 5


def days_chart(measured: Measured) -> SafeString:
    """Each day's mean as a bar, with the promise as the emphasised line; empty when nothing was counted.

    Months where there are too many days. In minutes, or in hours where the promise is an hour or more.
    """
    target = measured.average.target
    if not measured.days or target is None:
        return mark_safe("")
    unit = HOUR if target >= HOUR else MINUTE
    days, by_month = gathered(measured.days), is_by_month(measured.days)
    sentence = _("%(day)s: %(time)s h (%(n)s tickets)") if unit == HOUR else _("%(day)s: %(time)s min (%(n)s tickets)")
    means = [round((day.mean or 0) / unit, 1) for day in days]
    told = [
        sentence % {"day": date_format(day.on, "F Y" if by_month else "j F"), "time": mean, "n": day.n}
        for day, mean in zip(days, means, strict=True)
    ]
    chart = pygal.Bar(**look())
    chart.x_labels = day_labels([day.on for day in days], by_month=by_month)
    chart.add("mean", means)
    chart.y_labels, chart.y_labels_major = _labels(max(means), target / unit)
    chart.range = (0, max(chart.y_labels[-1], *means))
    return drawn(chart, chart_title(measured), told)


def chart_title(measured: Measured) -> str:
    name = "first_response" if measured.name == "first_response" else "resolution"
    in_hours = (measured.average.target or 0) >= HOUR
    titles = {
        ("first_response", False): _("Mean first response by day, in minutes; the line is the promise"),
        ("first_response", True): _("Mean first response by day, in hours; the line is the promise"),
        ("resolution", False): _("Mean resolution by day, in minutes; the line is the promise"),
        ("resolution", True): _("Mean resolution by day, in hours; the line is the promise"),
    }
    by_month = {
        ("first_response", False): _("Mean first response by month, in minutes; the line is the promise"),
        ("first_response", True): _("Mean first response by month, in hours; the line is the promise"),
        ("resolution", False): _("Mean resolution by month, in minutes; the line is the promise"),
        ("resolution", True): _("Mean resolution by month, in hours; the line is the promise"),
    }
    return (by_month if is_by_month(measured.days) else titles)[name, in_hours]


def _labels(highest: float, target: float) -> tuple[list[float], list[float]]:
    """Multiples of the promise as far as the highest bar, at most about five, the promise itself always among them."""
    step = max(1, ceil(highest / target / _LABELS))
    multiples = {0, 1, *range(step, max(1, ceil(highest / target)) + step, step)}
    return [round(target * n, 1) for n in sorted(multiples)], [round(target, 1)]
