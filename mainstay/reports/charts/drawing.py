"""What all charts share: pygal's layout without its styles and scripts, and small drawings of our own where it has no shape.

A strict CSP allows no style inside the drawing, and light and dark need their own colours; so only shapes, class names and
texts are kept, with a title and a description for those who hear the page. `standalone` puts the colours in, for paper and mail.
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import ceil
from typing import Any

import pygal  # noqa: F401 - here first, so that what it leaves behind is gone before anything else is imported
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from lxml import etree

# pygal leaves a finder of an old protocol behind, which every later import would ask and warn about; its plug-ins are not used.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

SVG = "http://www.w3.org/2000/svg"
WIDTH, HEIGHT = 760, 220
MINUTE, HOUR = 60, 3600
MOST_LABELS, WIDE_LABELS, FEW_LABELS = 31, 12, 8
_DROPPED = ("style", "script", "defs", "title", "desc", "metadata")
_SHAPE = {"d", "x", "y", "x1", "x2", "y1", "y2", "r", "cx", "cy", "rx", "ry", "width", "height", "points"}
_KEPT = _SHAPE | {"class", "transform", "viewBox"}

# The tokens of the design system for where no style sheet reaches: light and dark.
_COLOURS = {
    False: {
        "ink": "#1b2126",
        "ink-3": "#5d666d",
        "line": "#dfe3e6",
        "accent": "#0d6080",
        "on-accent": "#ffffff",
        "bad": "#a62b23",
        "good": "#17693f",
    },
    True: {
        "ink": "#e8ecef",
        "ink-3": "#9aa5ac",
        "line": "#3a434a",
        "accent": "#6fc3e6",
        "on-accent": "#10161a",
        "bad": "#f0948b",
        "good": "#79cf9d",
    },
}


def look() -> dict[str, Any]:
    """How pygal lays out each of our charts."""
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


def day_labels(days: Sequence[date], *, by_month: bool = False) -> list[str]:
    """What stands below each bar: the day, or the month; of many only each so many, so that they can be read."""
    most, shape = (MOST_LABELS, "j") if len(days) <= MOST_LABELS else (WIDE_LABELS, "j M")
    if by_month:
        most, shape = WIDE_LABELS, "M" if len({day.year for day in days}) == 1 else "M y"
    every = 1 if len(days) <= most else ceil(len(days) / FEW_LABELS)
    return [date_format(day, shape) if place % every == 0 else "" for place, day in enumerate(days)]


def drawn(chart: Any, title: str, told: Sequence[str]) -> SafeString:
    """pygal's drawing without anything but shapes and texts; each bar tells its words when pointed at."""
    root = chart.render_tree()
    etree.strip_elements(root, etree.Comment, *(f"{{{SVG}}}{name}" for name in _DROPPED), *_DROPPED, with_tail=False)
    for element in root.iter():
        for name in set(element.attrib) - _KEPT:
            del element.attrib[name]
    bars = [element for element in root.iter() if (element.get("class") or "").startswith("rect")]
    for bar, words in zip(bars, told, strict=False):
        etree.SubElement(bar, "title").text = words
    return _named(root, title, "; ".join(told))


@dataclass
class Drawing:
    """A drawing of our own: rectangles, lines and words on a plain area, each with a class for its colour."""

    width: float = WIDTH
    height: float = HEIGHT
    root: Any = field(init=False)

    def __post_init__(self) -> None:
        self.root = etree.Element(f"{{{SVG}}}svg", nsmap={None: SVG}, viewBox=f"0 0 {self.width:g} {self.height:g}")

    def rect(self, kind: str, x: float, y: float, width: float, height: float, words: str = "") -> None:
        self._add("rect", kind, words, x=x, y=y, width=max(0.0, width), height=max(0.0, height))

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        self._add("line", kind, "", x1=x1, y1=y1, x2=x2, y2=y2)

    def path(self, kind: str, points: Iterable[tuple[float, float]], *, closed: bool = False) -> None:
        steps = " L ".join(f"{x:.1f} {y:.1f}" for x, y in points)
        element = etree.SubElement(self.root, f"{{{SVG}}}path", {"class": kind})
        element.set("d", f"M {steps}" + (" Z" if closed else ""))

    def text(self, kind: str, x: float, y: float, words: str) -> None:
        etree.SubElement(self.root, f"{{{SVG}}}text", {"class": kind, "x": f"{x:.1f}", "y": f"{y:.1f}"}).text = words

    def done(self, title: str, told: Sequence[str]) -> SafeString:
        return _named(self.root, title, "; ".join(told))

    def _add(self, name: str, kind: str, words: str, **places: float) -> None:
        shape = {key: f"{value:.1f}" for key, value in places.items()}
        element = etree.SubElement(self.root, f"{{{SVG}}}{name}", {"class": kind, **shape})
        if words:
            etree.SubElement(element, f"{{{SVG}}}title").text = words


def _named(root: Any, title: str, description: str) -> SafeString:
    root.set("class", "chart")
    root.set("role", "img")
    for place, (name, words) in enumerate([("title", title), ("desc", description)]):
        element = etree.Element(f"{{{SVG}}}{name}")
        element.text = words
        root.insert(place, element)
    etree.cleanup_namespaces(root)
    return mark_safe(etree.tostring(root, encoding="unicode"))  # noqa: S308 - our own drawing, escaped by lxml


def standalone(svg: str, *, dark: bool = False) -> str:
    """The same drawing with its size and colours inside, for where no style sheet of ours reaches; empty stays empty."""
    if not svg:
        return ""
    root = etree.fromstring(svg)
    _left, _top, width, height = (root.get("viewBox") or f"0 0 {WIDTH} {HEIGHT}").split()
    root.set("width", width)
    root.set("height", height)
    style = etree.Element(f"{{{SVG}}}style")
    style.text = _STYLE % _COLOURS[dark]
    root.insert(2, style)
    return etree.tostring(root, encoding="unicode")


# What charts.css says, in plain colours.
_STYLE = """
text { fill: %(ink-3)s; font: 16px sans-serif; }
.background { fill: none; }
.axis.y text, .right { text-anchor: end; }
.axis.x text, .middle { text-anchor: middle; }
.axis text.major, .strong { fill: %(ink)s; font-weight: 600; }
.guide.line, .axis .line, line { stroke: %(line)s; stroke-width: 1; fill: none; }
.axis.x .line { stroke: none; }
.major.guide.line, .promise { stroke: %(ink)s; stroke-dasharray: 4 3; }
.bar .rect, .bar-1 { fill: %(accent)s; }
.serie-1 .rect { fill: %(good)s; }
.serie-2 .rect { fill: %(ink-3)s; }
.over { fill: %(bad)s; }
.run, .expected { fill: none; stroke: %(accent)s; stroke-width: 2; }
.expected { stroke-dasharray: 2 4; }
.band { fill: %(accent)s; opacity: 0.18; }
.heat-0 { fill: none; stroke: %(line)s; }
.heat-1 { fill: %(accent)s; opacity: 0.15; }
.heat-2 { fill: %(accent)s; opacity: 0.35; }
.heat-3 { fill: %(accent)s; opacity: 0.6; }
.heat-4 { fill: %(accent)s; }
.on-heat { fill: %(on-accent)s; font-weight: 600; }
.open-hours { stroke: %(ink-3)s; stroke-width: 2; }
.overlay, .text-overlay, .tooltip-overlay { display: none; }
"""
