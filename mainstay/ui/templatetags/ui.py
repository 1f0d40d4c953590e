"""Tags and filters of the design system: times, marks, icons, avatars; each prints a small template or plain text."""

import re
import zlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide

from mainstay.ui.durations import duration_text, exact_duration_text
from mainstay.ui.moments import exact_moment, short_moment

register = template.Library()

HUES = 12
CAP = 99
MOST_URGENT_SHAPES = 4  # severities beyond the fourth share the quietest shape
FAR = 3  # times the target: the soft cap of one ticket, past which a mean must not hide it


# --- times -------------------------------------------------------------------------------------------------------


@register.filter
def duration(seconds: float | None) -> str:
    """Business seconds as `42 s`, `4 min`, `2 h 10`."""
    return duration_text(seconds)


@register.filter
def exact_duration(seconds: float | None) -> str:
    """Business seconds as `4 min 12`, for averages beside their target."""
    return exact_duration_text(seconds)


@register.simple_tag
def moment(at: datetime, form: str = "short") -> SafeString:
    """A `<time>` in the reader's zone; `form` is short, exact, clock (the hour only)."""
    local, exact = timezone.localtime(at), exact_moment(at)
    iso = local.isoformat(timespec="seconds")
    if form == "exact":
        return format_html('<time datetime="{}" title="{}">{}</time>', iso, exact, exact)
    text = f"{local:%H:%M}" if form == "clock" else short_moment(at, timezone.now())
    return format_html('<time datetime="{}" title="{}">{}<span class="sr">, {}</span></time>', iso, exact, text, exact)


@register.simple_tag
def waiting(seconds: int, target: int | None = None, until: datetime | None = None) -> SafeString:
    """Business seconds that count on in the browser until the desk closes; no `until` means that the clock stands.

    The dial fills towards the target. Nobody's wait is promised one by one: past the target reads as "over the average".
    """
    facts = {
        "seconds": int(seconds),
        "target": int(target) if target else "",
        "runs": max(0, int((until - timezone.now()).total_seconds())) if until else 0,
        "text": escape(duration_text(seconds)),
        "part": share(seconds, target),
        "level": waiting_level(seconds, target),
        "over": escape(_("over the average")),
    }
    return mark_safe(_WAITING.format(**facts))  # noqa: S308 - numbers, and what was escaped


_WAITING = (
    '<span class="waiting" data-seconds="{seconds}" data-target="{target}" data-runs="{runs}" data-level="{level}">'
    '<svg class="dial" viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="5.5"/>'
    '<circle cx="7" cy="7" r="2.75" pathLength="100" stroke-dasharray="{part} 100"/></svg>'
    '<span data-text>{text}</span><span class="sr">{over}</span></span>'
)


def waiting_level(seconds: float, target: float | None) -> str:
    """calm, over (past the target) or far (past three times the target)."""
    if not target or seconds <= target:
        return "calm"
    return "over" if seconds <= target * FAR else "far"


@register.filter
def share(value: float | None, whole: float | None) -> int:
    """Percent of the whole, 0 to 100."""
    if not value or not whole:
        return 0
    return max(0, min(100, round(100 * value / whole)))


@register.filter
def month_day(key: str) -> date:
    """The first day of a month named like `2026-11`, for the `date` filter."""
    return date.fromisoformat(f"{key}-01")


# --- marks: always a shape and a word, colour comes on top ---------------------------------------------------------


@register.simple_tag
def severity_mark(urgency: int, word: str, quiet: bool = False) -> SafeString:
    """The severity by its place in the policy, 0 the most urgent; `quiet` keeps the word for screen readers and hover."""
    return _mark("severity", str(min(urgency, MOST_URGENT_SHAPES - 1) + 1), word, quiet)


@register.simple_tag
def state_mark(state: str, word: str, quiet: bool = False) -> SafeString:
    return _mark("state", state, word, quiet)


@register.simple_tag
def entitlement_mark(outcome: str, word: str, quiet: bool = False) -> SafeString:
    return _mark("entitlement", outcome, word, quiet)


@register.simple_tag
def channel_mark(channel: str, quiet: bool = True) -> SafeString:
    return _mark("channel", channel, channel.capitalize(), quiet)


@register.simple_tag
def delivery_mark(state: str, word: str, quiet: bool = False) -> SafeString:
    return _mark("delivery", state, word, quiet)


def _mark(kind: str, value: str, word: str, quiet: bool) -> SafeString:
    return _drawn_mark(kind, str(value), str(word), quiet)


@lru_cache(maxsize=1000)
def _drawn_mark(kind: str, value: str, word: str, quiet: bool) -> SafeString:
    """Made without a template, and once for each word: a page of the queue has two hundred of them."""
    form = _QUIET_MARK if quiet else _MARK
    return format_html(form, kind=kind, value=value, word=word, marks=static("ui/marks.svg"))


_MARK = (
    '<span class="mark" data-{kind}="{value}"><svg aria-hidden="true"><use href="{marks}#{kind}-{value}"/></svg>'
    '<span class="mark-word">{word}</span></span>'
)
_QUIET_MARK = (
    '<span class="mark" data-{kind}="{value}"><svg role="img"><title>{word}</title><use href="{marks}#{kind}-{value}"/>'
    "</svg></span>"
)


@register.inclusion_tag("ui/tags/gauge.html")
def gauge(value: float | None, target: float | None) -> dict[str, Any]:
    """A figure against its target as a thin bar; the text beside it says the same."""
    return {"part": share(value, (target or 0) * 1.25), "is_over": bool(value and target and value > target)}


# --- lists ------------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def squeezed(content: str) -> SafeString:
    """Without the white space that only makes a template readable: long lists weigh a tenth less."""
    return mark_safe(_BETWEEN_TAGS.sub("><", _SPACES.sub(" ", content.strip())))  # noqa: S308 - made by a template


_SPACES, _BETWEEN_TAGS = re.compile(r"\s{2,}"), re.compile(r">\s+<")


# --- people, icons, words ------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=1000)
def icon(name: str, size: int = 16) -> str:
    """A line icon beside a word; hidden from screen readers. An unknown name shows a plain dot. The style sheet draws it."""
    try:
        drawn = lucide(name, size=size, **{"class": "icon", "aria_hidden": "true"})
    except IconDoesNotExist:
        return icon("dot", size)
    return mark_safe(_STYLED.sub("", " ".join(drawn.split())).replace("> <", "><"))  # noqa: S308 - the library's own


_STYLED = re.compile(r' (?:fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[^"]*"(?=[^>]*class="icon")')


@register.simple_tag
@lru_cache(maxsize=1000)
def avatar(name: str) -> SafeString:
    """The initials on one of twelve hues, always the same for the same name; the name itself stands beside it."""
    hue = zlib.crc32(name.casefold().encode()) % HUES
    return format_html('<span class="avatar hue-{}" aria-hidden="true">{}</span>', hue, initials(name))


def initials(name: str) -> str:
    """First letters of the first and the last word that begin with a letter or digit; `?` for nobody."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    chosen = words if len(words) <= 2 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper() or "?"


@register.filter
def capped(number: int) -> str:
    """A counter that ends at `99+`."""
    return f"{CAP}+" if number > CAP else str(number)


@register.filter
def named(key: str, names: Mapping[str, str]) -> str:
    """The word for a key (`critical`) in the running policy's names; the key itself for one of an older policy."""
    return str(names.get(key, key))
