"""How long it took, as bars of how many; those beyond the promise are told apart by colour and by the line before them."""

from collections.abc import Sequence

from django.utils.safestring import SafeString, mark_safe

from mainstay.ui.durations import duration_text

from ..figures import Bin
from ..wording import bin_words
from .drawing import HEIGHT, WIDTH, Drawing

TOP, BOTTOM, SIDE, GAP = 26, 30, 12, 4


def histogram_chart(bins: Sequence[Bin], target: float | None, title: str) -> SafeString:
    """One bar for each bin, with its number on it and its beginning below; empty when nothing was counted."""
    highest = max((one.n for one in bins), default=0)
    if not highest:
        return mark_safe("")
    drawing, wide = Drawing(), (WIDTH - 2 * SIDE) / len(bins)
    told = []
    for place, one in enumerate(bins):
        x, tall = SIDE + place * wide, (HEIGHT - TOP - BOTTOM) * one.n / highest
        is_over = target is not None and one.since >= target
        words = f"{bin_words(one)}: {one.n}"
        told.append(words)
        if is_over and not (place and bins[place - 1].since >= (target or 0)):
            drawing.line("promise", x, TOP - 14, x, HEIGHT - BOTTOM)
        drawing.rect("over" if is_over else "bar-1", x + GAP / 2, HEIGHT - BOTTOM - tall, wide - GAP, tall, words)
        if one.n:
            drawing.text("middle strong", x + wide / 2, HEIGHT - BOTTOM - tall - 6, str(one.n))
        drawing.text("", x, HEIGHT - 8, duration_text(one.since) if one.since else "0")
    return drawing.done(title, told)
