"""What the templates of messages ask about what was written: its words as HTML, its files, how long it can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe

from mainstay.tickets.models import Attachment, Message
from mainstay.tickets.states import TextFormat
from mainstay.writing.markdown import html_of, pictures_in, with_pictures

register = template.Library()

SHOWN = 8_000


@register.simple_tag(takes_context=True)
def written(context: Mapping[str, Any], message: Message) -> SafeString:
    """The Markdown of a message as HTML, with its pictures in place, and whom a note mentions."""
    names = context.get("mentions", {}).get(message.pk, ())
    pictures = {
        one.content_id: reverse("desk:attachment_preview", args=[one.pk])
        for one in message.attachments.all()
        if one.content_id
    }
    html = with_pictures(html_of(message.text[:SHOWN], names), pictures)
    return mark_safe(html)  # noqa: S308 - made of Markdown and cleaned


@register.simple_tag
def written_text(text: str) -> SafeString:
    """The same of a text that is no message yet; its pictures are named only."""
    return mark_safe(with_pictures(html_of(text[:SHOWN]), {}))  # noqa: S308 - made of Markdown and cleaned


@register.filter
def as_read(text: str) -> SafeString:
    """Plain text as HTML: its paragraphs and lines, and links where addresses stand; at most the first 8,000 characters."""
    return _as_read(text[:SHOWN])


@lru_cache(maxsize=1000)
def _as_read(text: str) -> SafeString:
    """Looked for once: the texts of a ticket are shown each time that anything happens to it."""
    return mark_safe(linebreaks(urlize(text, nofollow=True, autoescape=True), autoescape=True))  # noqa: S308 - escaped by both


@register.filter
def files_beside(message: Message) -> list[Attachment]:
    """The files of a message but the pictures that stand in its text."""
    shown = pictures_in(message.text) if message.text_format == TextFormat.MARKDOWN else frozenset()
    return [one for one in message.attachments.all() if one.content_id not in shown]


@register.simple_tag
def undo_left(at: datetime) -> int:
    """For how many seconds what was done then can still be taken back; 0 when it can't."""
    return max(0, ceil(settings.UNDO_SECONDS - (timezone.now() - at).total_seconds()))


@register.simple_tag(takes_context=True)
def macro_run_of(context: Mapping[str, Any], message: Message) -> int | None:
    """The run of a macro that sent this message, while it can be undone."""
    run: int | None = context.get("runs", {}).get(message.pk)
    return run
