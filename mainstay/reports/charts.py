"""Charts as SVG that the page's own style sheet colours: laid out by pygal, without its styles and scripts.

A strict CSP allows no style inside the drawing, and light and dark need their own colours; so only shapes, class names and
texts are kept, with a title and a description for those who hear the page.
"""

import sys
from math import ceil
from typing import Any

import pygal
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lxml import etree

from .figures import Measured

# pygal leaves a finder of an old protocol behind, which every later import would ask and warn about; its plug-ins are not used.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

SVG = "http://www.w3.org/2000/svg"
WIDTH, HEIGHT = 760, 220
MINUTE, HOUR = 60, 3600
_DROPPED = ("style", "script", "defs", "title", "desc", "metadata")
_SHAPE = {"d", "x", "y", "x1", "x2", "y1", "y2", "r", "cx", "cy", "rx", "ry", "width", "height", "points"}
_KEPT = _SHAPE | {"class", "transform", "viewBox"}
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
    chart = pygal.Bar(**_look())
    chart.x_labels = [date_format(day.on, "j") for day in measured.days]
    chart.add("mean", means)
    chart.y_labels, chart.y_labels_major = _labels(max(means), target / unit)
    chart.range = (0, max(chart.y_labels[-1], *means))
    return _drawn(chart, chart_title(measured), told)


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


def _look() -> dict[str, Any]:
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "show_legend": False,
        "margin": 12,
        "spacing": 4,
        "js": [],
        "no_prefix": True,
        "truncate_label": -1,
        "formatter": lambda value: f"{value:g}",
    }


def _drawn(chart: Any, title: str, told: list[str]) -> SafeString:
    """The drawing without anything but shapes and texts; each bar tells its day when pointed at."""
    root = chart.render_tree()
    etree.strip_elements(root, etree.Comment, *(f"{{{SVG}}}{name}" for name in _DROPPED), *_DROPPED, with_tail=False)
    for element in root.iter():
        for name in set(element.attrib) - _KEPT:
            del element.attrib[name]
    root.set("class", "chart")
    root.set("role", "img")
    bars = [element for element in root.iter() if (element.get("class") or "").startswith("rect")]
    for bar, words in zip(bars, told, strict=False):
        etree.SubElement(bar, "title").text = words
    for place, (name, words) in enumerate([("title", title), ("desc", "; ".join(told))]):
        element = etree.Element(name)
        element.text = words
        root.insert(place, element)
    return mark_safe(etree.tostring(root, encoding="unicode"))  # noqa: S308 - our own drawing, escaped by lxml
