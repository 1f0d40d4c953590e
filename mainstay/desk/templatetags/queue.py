"""The row of a ticket in the queue, drawn once and kept until it says something else.

Forty rows are most of what a page of the queue costs, and nearly all of them look as they did a moment ago. What moves with the
clock (how long it waits, why it stands where it does) is put in each time; everything else is the key by which a drawn row is
found again.
"""

from collections.abc import Mapping
from functools import lru_cache
from secrets import token_hex
from typing import Any

from django import template
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from mainstay.ui.templatetags.ui import squeezed, waiting

from ..rows import Row

register = template.Library()

WAITING, PLACE = token_hex(8), token_hex(8)  # where these are put in; no subject says them
KEPT = 4_000  # rows of about 2 kB


@register.simple_tag(takes_context=True)
def queue_row(context: Mapping[str, Any], row: Row) -> SafeString:
    """One row; the context is that of queue/rows.html."""
    scene = _Scene(context, row)
    ages = context["shows_more"] or (
        not row.waits_for and "waiting" in context["shows"]
    )  # says how long ago in words of its own
    drawn = scene.drawn() if ages else _kept(scene)
    if row.waits_for:
        drawn = drawn.replace(WAITING, waiting(row.seconds, row.target_seconds, context["counting_until"]), 1)
    return mark_safe(drawn.replace(PLACE, escape(row.place), 1))  # noqa: S308 - made by a template, and what was escaped


class _Scene:
    """A row with what its template is given; two are equal when they look alike but for what is put in."""

    def __init__(self, context: Mapping[str, Any], row: Row) -> None:
        ticket = row.ticket
        self._context, self._row = context, row
        self._key = (
            get_language(),
            context["may_choose"],
            context["shows"],
            row.waits_for,
            bool(row.place),
            row.faces,
            ticket.number,
            ticket.subject,
            ticket.language,
            ticket.state,
            ticket.urgency,
            context["severities"].get(ticket.severity, ticket.severity),
            context["natures"].get(ticket.nature, ticket.nature),
            ticket.entitlement,
            ticket.channel,
            ticket.has_side_news,
            str(ticket.person),
            ticket.organisation.name if ticket.organisation else None,
            ticket.assignee.name if ticket.assignee else None,
        )

    def drawn(self) -> str:
        given = {
            **_flat(self._context),
            "row": self._row,
            "ticket": self._row.ticket,
            "waiting_here": mark_safe(WAITING),  # noqa: S308 - a sign
            "place_here": PLACE,
        }
        return str(squeezed(get_template("desk/queue/row.html").template.render(Context(given))))  # type: ignore[attr-defined]

    def forget(self) -> None:
        """What is kept is the key; what it was drawn from need not stay with it."""
        del self._context, self._row

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Scene) and self._key == other._key


_USED = ("may_choose", "shows", "shows_more", "severities", "natures", "states", "outcomes", "words", "counting_until")


def _flat(context: Mapping[str, Any]) -> dict[str, Any]:
    return {name: context[name] for name in _USED}


@lru_cache(maxsize=KEPT)
def _kept(scene: _Scene) -> str:
    drawn = scene.drawn()
    scene.forget()
    return drawn
