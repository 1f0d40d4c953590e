"""The queue: views of tickets, each row the next thing to look at."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from mainstay.lib.fingerprints import fingerprint
from mainstay.live.rules import TOPIC as VISITS
from mainstay.people.states import Permission
from mainstay.tickets.actions import take_next_ticket
from mainstay.tickets.errors import NothingToTake
from mainstay.tickets.places import explain_place
from mainstay.worklists.actions import seen_of
from mainstay.worklists.errors import NoSuchView
from mainstay.worklists.paging import Line
from mainstay.worklists.queries import Names, counts_and_names, may_change, may_share, page_of
from mainstay.worklists.rules import BUILT_IN, shape_of
from mainstay.worklists.states import Column, Grouping, Order

from ..doorway import COUNTED, DeskRequest, desk_page, staff_only, twice_if_needed
from ..rows import Row, page_context
from .many import batch_of
from .places import place_in_words
from .shown import Shown, listed, looking, shown_in
from .words import VIEW_LABELS, Chip, Vocabulary, chips_of, refused_in_words

VIEWS_COUNTED = 12  # of the visitor's list; the others show no counter


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    count: int | None
    is_current: bool
    is_saved: bool = False


@dataclass(frozen=True)
class ShownChip:
    """A chip with the address of the list without it."""

    chip: Chip
    url: str


@dataclass(frozen=True)
class Choice:
    """One of several in a menu."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Heading:
    """The head of a column: where a click leads, and how the list stands by it now (`ascending`, `descending` or empty)."""

    label: str
    url: str
    sorted: str


@dataclass(frozen=True)
class Group:
    """Rows that have something in common; `label` is empty where the list is not grouped."""

    label: str
    rows: list[Row]


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue(request: DeskRequest) -> HttpResponse:
    return queue_page(request, shown_in(request, request.GET), request.GET.get("after", ""))


def queue_page(
    request: DeskRequest, shown: Shown, after: str = "", *, status: int = 200, saving: dict[str, Any] | None = None
) -> HttpResponse:
    """The whole page. `saving` is what could not be saved of the view, and why: `problem` and what was typed."""
    rows = _rows(request, shown, after)
    vocabulary = Vocabulary(request.policy, _counts(request, shown))
    saved_tabs = _saved_tabs(request, shown)
    return desk_page(
        request,
        "desk/queue/page.html",
        {
            **rows,
            "shown": shown,
            "view_name": shown.view.name if shown.view else str(VIEW_LABELS[shown.key]),
            "tabs": _tabs(request, shown),
            "saved_tabs": saved_tabs,
            "chips": [
                ShownChip(chip, shown.url(shown.shape.without(chip.field)))
                for chip in chips_of(shown.shape.terms, vocabulary)
            ],
            "orders": [Choice(str(one.label), shown.sorted(one.value), one == shown.shape.order) for one in Order],
            "groupings": [
                Choice(str(one.label), shown.grouped(one.value), one == shown.shape.grouping) for one in Grouping
            ],
            "columns": _column_choices(shown),
            "may_take": request.person.may(Permission.WORK_TICKETS),
            "may_save": shown.view is not None and may_change(shown.view, request.person),
            "may_share": may_share(request.person),
            "seen": fingerprint(seen_of(shown.view)) if shown.view else "",
            "saving": saving or {"problem": "", "name": ""},
            "batch": batch_of(request),
        },
        topics=(VISITS,),
        status=status,
    )


@require_safe
@staff_only(Permission.SEE_TICKETS)
def queue_rows(request: DeskRequest) -> HttpResponse:
    """The rows alone: read again when the stream says `queue`."""
    shown = shown_in(request, request.GET)
    return render(request, "desk/queue/rows.html", _rows(request, shown, request.GET.get("after", "")))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def queue_next(request: DeskRequest) -> HttpResponse:
    """The next ticket is mine, and I stand before it; with nothing to take, a kind sentence on the queue."""
    try:
        taken = twice_if_needed(lambda: take_next_ticket(by=request.person, at=timezone.now()))
    except NothingToTake as nothing:
        messages.success(request, str(nothing))
        return redirect("desk:queue")
    return redirect(reverse("desk:ticket", args=[taken.number]) + "#newest")


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(request: DeskRequest, shown: Shown, after: str) -> dict[str, Any]:
    shape = shown.shape
    page = page_of(shape, looking(request), after)
    number = len(page.tickets)
    context = page_context(page.tickets, request.policy, request.person, shape.columns)
    is_worked_down = shape.order == Order.QUEUE and not shape.grouping
    if is_worked_down:
        context["rows"] = _explained(context, starts_at_top=not after and not shown.is_changed)
    told = [refused_in_words(list(shown.refused))]
    if shown.is_gone:
        told.insert(0, _("%(gone)s Below are the open tickets.") % {"gone": NoSuchView()})
    return {
        **context,
        "view": shown.key,
        "is_filtered": shown.is_changed or shown.view is not None,
        "told": [sentence for sentence in told if sentence],
        "groups": _groups(context, Line(shape.order, shape.grouping)),
        "headings": _headings(shown),
        "hidden_columns": " ".join(f"without-{column}" for column in Column.values if column not in shape.columns),
        "rows_url": shown.url(after=after, page="desk:queue_rows") if not shown.is_gone else _as_asked(request),
        "older_url": shown.url(after=page.after) if page.after else "",
        "news": ngettext("%(n)s ticket in this view", "%(n)s tickets in this view", number) % {"n": number},
        "is_worked_down": is_worked_down,
        "may_choose": request.person.may(Permission.WORK_TICKETS),
    }


def _as_asked(request: DeskRequest) -> str:
    """A view that is gone is said to be gone as long as it is asked for."""
    return reverse("desk:queue_rows") + "?" + urlencode([("view", request.GET.get("view", ""))])


def _explained(context: dict[str, Any], *, starts_at_top: bool) -> list[Row]:
    """The rows with their places in words; how many stand before one is known on the first page."""
    now = timezone.now()
    places = [
        explain_place(row.ticket, now, number if starts_at_top else None) for number, row in enumerate(context["rows"])
    ]
    words = [place_in_words(place, context["severities"]) for place in places]
    return [replace(row, place=said) for row, said in zip(context["rows"], words, strict=True)]


def _groups(context: dict[str, Any], line: Line) -> list[Group]:
    groups: list[Group] = []
    last: tuple[Any, ...] | None = None
    for row in context["rows"]:
        group = line.group_of(row.ticket)
        if group != last:
            groups.append(Group(_group_label(row, line.grouping, context), []))
            last = group
        groups[-1].rows.append(row)
    return groups


def _group_label(row: Row, grouping: str, context: dict[str, Any]) -> str:
    ticket = row.ticket
    if grouping == Grouping.STATE:
        return str(ticket.get_state_display())
    if grouping == Grouping.SEVERITY:
        return str(context["severities"].get(ticket.severity, ticket.severity))
    if grouping == Grouping.NATURE:
        return str(context["natures"].get(ticket.nature, ticket.nature))
    if grouping == Grouping.ASSIGNEE:
        return ticket.assignee.name if ticket.assignee else _("Nobody")
    if grouping == Grouping.ORGANISATION:
        return ticket.organisation.name if ticket.organisation else _("No organisation")
    return ""


_SORTED_BY = (
    ("severity", gettext_lazy("Severity"), (Order.MOST_SEVERE, Order.LEAST_SEVERE)),
    ("number", gettext_lazy("No."), (Order.NEWEST, Order.OLDEST)),
    ("waiting", gettext_lazy("Waiting"), (Order.OLDEST, Order.NEWEST)),
)


def _headings(shown: Shown) -> dict[str, Heading]:
    """The heads that order the list: the first click by what one wants most, the next the other way round."""
    found = {}
    for name, label, (first, second) in _SORTED_BY:
        now = shown.shape.order
        wanted = second if now == first else first
        is_here = now == first or (now == second and name == "severity")
        direction = ("descending" if now.startswith("-") else "ascending") if is_here else ""
        found[name] = Heading(str(label), shown.sorted(wanted.value), direction)
    return found


# --- around the rows --------------------------------------------------------------------------------------------------


def _counts(request: DeskRequest, shown: Shown) -> Names:
    """The counters of tabs and rail, and the names of what the filters speak of: one query for all."""
    terms = {key: BUILT_IN[key].terms for key in COUNTED}
    terms |= {str(view.pk): shape_of(view).terms for view in listed(request)[:VIEWS_COUNTED]}
    counted, names = counts_and_names(terms, shown.shape.terms, looking(request))
    request._counts = counted  # type: ignore[attr-defined]
    return names


def _tabs(request: DeskRequest, shown: Shown) -> list[Tab]:
    counted: dict[str, int] = request._counts  # type: ignore[attr-defined]
    url = reverse("desk:queue")
    return [
        Tab(str(label), f"{url}?view={key}", counted.get(key), key == shown.key) for key, label in VIEW_LABELS.items()
    ]


def _saved_tabs(request: DeskRequest, shown: Shown) -> list[Tab]:
    """The views of the visitor's list; the rail shows them, too."""
    counted: dict[str, int] = request._counts  # type: ignore[attr-defined]
    url = reverse("desk:queue")
    tabs = [
        Tab(view.name, f"{url}?view={view.pk}", counted.get(str(view.pk)), str(view.pk) == shown.key, True)
        for view in listed(request)
    ]
    request.rail_views = tabs
    return tabs


def _column_choices(shown: Shown) -> list[Choice]:
    now = shown.shape.columns
    choices = []
    for one in Column:
        wanted = tuple(name for name in Column.values if (name in now) != (name == one.value))
        choices.append(Choice(str(one.label), shown.url(replace(shown.shape, columns=wanted)), one.value in now))
    return choices
