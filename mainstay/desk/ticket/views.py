"""The ticket page and its parts, and the verbs that can be done there.

With htmx a verb answers with the part it stands in; without, it leads back to the page. Both show the same templates.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.catalogue.models import Product
from mainstay.live.rules import topic_of_visits
from mainstay.people.models import Person
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.promises.states import Exclusion
from mainstay.satisfaction.queries import rating_on
from mainstay.tickets import actions, events
from mainstay.tickets.errors import ChangedMeanwhile, TicketError
from mainstay.tickets.models import Ticket, TicketEvent
from mainstay.tickets.places import explain_place
from mainstay.tickets.queries import (
    checklists_for,
    count_before,
    earlier_tickets_of,
    followers_of,
    history_of,
    joins_when_moved,
    last_event_of,
    links_of,
    message_for,
    open_parts_of,
    open_suggestion,
    participants_of,
    sides_of,
    tasks_of,
    ticket_for,
    times_of,
)
from mainstay.tickets.states import LinkSide, MessageKind, State
from mainstay.writing.actions import writing_topic
from mainstay.writing.queries import mentions_on

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from ..queue.places import place_in_words
from ..rows import ages_of, counting_until, names_of
from ..visits.faces import faces_at
from .around import around, if_any
from .composer import addresses_of, composer_context, duty_now, recent_runs
from .forms import AssignmentForm, ClassificationForm, ExclusionForm, WaitingForm
from .own_fields import own_fields
from .sleep import snooze_in_words, snooze_moments
from .timeline import entry_of, timeline_of
from .undo import undo_in_words

# What is written in the fields of the side by default: nothing, of no task.
UNTYPED = {"task": "", "link": "", "spent": "", "spent_note": "", "task_of": 0, "task_text": ""}
UNTYPED |= {"task_assignee": None, "task_due": None}
HEADER, TIMELINE, SIDEBAR = "desk/ticket/header.html", "desk/ticket/timeline.html", "desk/ticket/sidebar.html"


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket(request: DeskRequest, number: int) -> HttpResponse:
    it = ticket_for(request.person, number)
    return ticket_page(request, it)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_timeline(request: DeskRequest, number: int) -> HttpResponse:
    return ticket_part(request, TIMELINE, _timeline(request, ticket_for(request.person, number)))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_header(request: DeskRequest, number: int) -> HttpResponse:
    return ticket_part(request, HEADER, _header(request, ticket_for(request.person, number)))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_sidebar(request: DeskRequest, number: int) -> HttpResponse:
    return ticket_part(request, SIDEBAR, sidebar_context(request, ticket_for(request.person, number)))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_assignment(request: DeskRequest, number: int) -> HttpResponse:
    """Give the ticket to somebody, or back to the queue when nobody is chosen."""
    form = AssignmentForm(request.POST)
    if request.POST.get("_method") == "delete":
        return header_verb(request, number, actions.unassign_ticket, unless=_GIVEN)
    if not form.is_valid():
        return header_verb(request, number, not_done(form))
    if form.cleaned_data["assignee"] is None:
        return header_verb(request, number, actions.unassign_ticket, unless=_GIVEN)
    return header_verb(request, number, actions.assign_ticket, unless=_GIVEN, to=form.cleaned_data["assignee"])


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_classification(request: DeskRequest, number: int) -> HttpResponse:
    """Say what the ticket is about: nature, severity, product."""
    it = ticket_for(request.person, number)
    policy = policy_of(it.promise.revision_id)
    form = ClassificationForm(policy, request.POST)
    if not form.is_valid():
        return header_verb(request, number, not_done(form))
    chosen = form.cleaned_data
    return header_verb(
        request,
        number,
        _classify,
        unless=_CLASSED,
        product=chosen["product"],
        nature=chosen["nature"],
        severity=chosen["severity"],
    )


def _classify(ticket: Ticket, *, nature: str, severity: str, product: Product | None, by: Person, at: datetime) -> None:
    """All of it, or nothing."""
    with transaction.atomic():
        if product is not None and product.pk != ticket.product_id:
            actions.name_product(ticket, product=product, by=by, at=at)
        actions.classify_ticket(ticket, nature=nature, severity=severity, by=by, at=at)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_undoing(request: DeskRequest, number: int) -> HttpResponse:
    """What this person did last on the ticket is taken back, if nothing happened since."""
    deed = request.POST.get("deed", "")
    if not (deed.isascii() and deed.isdecimal() and len(deed) < 19):
        raise Http404
    return header_verb(request, number, actions.undo_deed, deed=int(deed))


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_closure(request: DeskRequest, number: int) -> HttpResponse:
    """Resolve it; where parts of it are open, say so first and ask what becomes of them."""
    it = ticket_for(request.person, number)
    parts = request.POST.get("parts", "")
    if parts == "resolve":
        return header_verb(request, number, actions.resolve_with_parts, unless=_MOVED)
    if parts != "leave" and it.is_active and (open_parts := open_parts_of(it)):
        if request.htmx:
            return ticket_part(request, HEADER, {**_header(request, it), "open_parts": open_parts})
        return ticket_page(request, it, open_parts=open_parts)
    return header_verb(request, number, actions.resolve_ticket, unless=_MOVED)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_reopening(request: DeskRequest, number: int) -> HttpResponse:
    """Open again; a refused ticket is helped all the same."""
    it = ticket_for(request.person, number)
    return header_verb(request, number, actions.admit_ticket if it.is_refused else actions.reopen_ticket, unless=_MOVED)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_waiting(request: DeskRequest, number: int) -> HttpResponse:
    """Wait for the customer, or take it up again."""
    form = WaitingForm(request.POST)
    if not form.is_valid():
        return header_verb(request, number, not_done(form))
    waits = form.cleaned_data["to"] == "waiting"
    return header_verb(request, number, actions.await_customer if waits else actions.put_to_work, unless=_MOVED)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_exclusion(request: DeskRequest, number: int) -> HttpResponse:
    """Leave the ticket out of the averages for a reason, or count it again."""
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        return header_verb(request, number, not_done(form))
    if form.cleaned_data["counted"]:
        return header_verb(request, number, actions.include_ticket, unless=_COUNTED)
    return header_verb(request, number, actions.exclude_ticket, unless=_COUNTED, reason=form.cleaned_data["reason"])


@require_POST
@staff_only(Permission.WORK_TICKETS)
def message_retry(request: DeskRequest, pk: int) -> HttpResponse:
    """Send a message again that was not delivered."""
    message = message_for(request.person, pk)
    if message is None:
        raise Http404
    try:
        actions.retry_delivery(message, by=request.person, at=timezone.now())
    except TicketError as problem:
        messages.error(request, str(problem))
    it = ticket_for(request.person, message.ticket.number)
    return ticket_part(request, TIMELINE, _timeline(request, it)) if request.htmx else _back(it)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def message_text(request: DeskRequest, pk: int) -> HttpResponse:
    """A whole message as plain text, however long it is."""
    message = message_for(request.person, pk)
    if message is None:
        raise Http404
    answer = HttpResponse(message.quoted or message.text, content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def ticket_page(
    request: DeskRequest,
    it: Ticket,
    *,
    status: int = 200,
    side: Mapping[str, Any] | None = None,
    open_parts: Sequence[Ticket] = (),
    **composer: Any,
) -> HttpResponse:
    """The whole page; `side` is what its side is to say of a deed there that could not be done, `open_parts`
    what it must ask about before the ticket is resolved."""
    history = history_of(it, request.person)
    timeline = _timeline(request, it, history)
    seen = max((item.message.pk for item in timeline["timeline"] if item.message), default=0)
    sidebar = sidebar_context(request, it, **(side or {}))
    around = {"addresses": sidebar["addresses"], "participants": sidebar["participants"]}
    written = composer_context(request, it, seen=seen, **around, **composer)
    context = {
        **_header(request, it, history[-1] if history else None),
        **timeline,
        **sidebar,
        **written,
        "open_parts": open_parts,
    }
    topics = (it.topic, topic_of_visits(it.topic), writing_topic(it))
    return desk_page(request, "desk/ticket/page.html", context, topics=topics, status=status, about=it.topic)


def ticket_part(request: DeskRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "shell": {"person": request.person}}, status=status)


def _header(request: DeskRequest, it: Ticket, last: TicketEvent | None = None) -> dict[str, Any]:
    """`last` is the ticket's last event, where it is known already."""
    now = timezone.now()
    last = last or last_event_of(it)
    return {
        "ticket": it,
        "tags": if_any(around(request, it).tags, lambda: list(it.tags.order_by("name", "pk"))),
        "snooze": snooze_in_words(it),
        "snooze_moments": snooze_moments(now) if it.is_active else [],
        "seen_event": last.pk if last else 0,
        "undo": undo_in_words(last, request.person, now),
        "faces": faces_at(it.topic, request.person),
        **names_of(policy_of(it.promise.revision_id)),
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "staff": _assignable(request),
        "reasons": Exclusion.choices,
        **_suggestion(it),
        "problem": "",
        "open_parts": (),
    }


@dataclass(frozen=True)
class Assignable:
    """Somebody who may have the ticket; `note` is why they are not on duty now, in words."""

    pk: int
    name: str
    is_on_duty: bool
    note: str


def _assignable(request: DeskRequest) -> list[Assignable]:
    """Who may be assigned, those on duty first: asked once for each request."""
    if not hasattr(request, "_found_assignable"):
        request._found_assignable = _find_assignable(request)  # type: ignore[attr-defined]
    found: list[Assignable] = request._found_assignable  # type: ignore[attr-defined]
    return found


def _find_assignable(request: DeskRequest) -> list[Assignable]:
    duty = duty_now(request)
    found = [
        Assignable(person.pk, person.name, missing is None, str(missing.label) if missing else "")
        for person in duty.people
        for missing in [duty.standings[person.pk].missing]
    ]
    return sorted(found, key=lambda one: not one.is_on_duty)


def _timeline(request: DeskRequest, it: Ticket, history: list[TicketEvent] | None = None) -> dict[str, Any]:
    items = timeline_of(it, request.person, history)
    messages_ = [item.message for item in items if item.message]
    came_in = [message.pk for message in messages_ if message.kind == MessageKind.INBOUND]
    newest = messages_[-1] if messages_ else None
    news = ""
    if newest:
        news = _("Newest message: %(name)s") % {"name": newest.author or newest.sender_name or newest.sender_address}
    return {
        "ticket": it,
        "timeline": items,
        "news": news,
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "may_split": len(came_in) > 1 and not it.is_merged,
        "newest_in": came_in[-1] if came_in else 0,
        **_undoable(request, it),
        "mentions": mentions_on(it) if any("@" in message.text for message in messages_) else {},
    }


def _undoable(request: DeskRequest, it: Ticket) -> dict[str, Any]:
    """Until when this person can take back what they did: `runs` are their macros by the key of the message they sent."""
    now = timezone.now()
    return {
        "now": now,
        "undo_seconds": settings.UNDO_SECONDS,
        "withdrawable_since": now - timedelta(seconds=settings.UNDO_SECONDS),
        "runs": {run.message_id: run.pk for run in recent_runs(request, it)},
    }


def sidebar_context(
    request: DeskRequest, it: Ticket, *, problem: str = "", typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """`problem` is why a deed done here was refused, `typed` what was written in its fields by their names."""
    now = timezone.now()
    there = around(request, it)
    followers = if_any(there.followers, lambda: followers_of(it))
    times = if_any(there.times, lambda: times_of(it))
    may_work = request.person.may(Permission.WORK_TICKETS)
    policy = policy_of(it.promise.revision_id)
    return {
        "ticket": it,
        "addresses": addresses_of(it),
        "participants": if_any(there.participants, lambda: participants_of(it)),
        "may_work": may_work,
        "ages": ages_of(it.promise, now),
        "counting_until": counting_until(policy, now) if it.is_active else None,
        "earlier": earlier_tickets_of(it, request.person),
        "side_problem": problem,
        "typed": {**UNTYPED, **(typed or {})},
        "followers": followers,
        "follows": request.person in followers,
        "links": if_any(there.links, lambda: links_of(it, request.person)),
        "link_sides": LinkSide.choices,
        "tasks": if_any(there.tasks, lambda: tasks_of(it)),
        "checklists": if_any(may_work and there.checklists, lambda: checklists_for(it.nature)),
        "times": times,
        "time_seconds": sum(entry.seconds for entry in times),
        "counts_time": there.counts_time,
        "me": request.person.pk,
        "colleagues": _assignable(request) if may_work else [],
        "today": timezone.localdate(now),
        "place": _place(it, now),
        "rating": rating_on(it) if there.ratings else None,
        "own_fields": own_fields(it, typed or {}) if there.fields else [],
        "sides": if_any(there.sides, lambda: sides_of(it, request.person)),
    }


def _place(it: Ticket, at: datetime) -> str:
    """Where the ticket stands in the queue, in words; empty when it is not our turn."""
    if it.state not in (State.NEW, State.OPEN):
        return ""
    return place_in_words(
        explain_place(it, at, count_before(it)), names_of(policy_of(it.promise.revision_id))["severities"]
    )


def _suggestion(it: Ticket) -> dict[str, Any]:
    suggestion = open_suggestion(it)
    return {
        "suggestion": suggestion,
        "suggestion_joins": suggestion is not None
        and suggestion.side_id is None
        and joins_when_moved(it, suggestion.other),
    }


def header_verb(
    request: DeskRequest, number: int, verb: Callable[..., object], *, unless: frozenset[str] = frozenset(), **more: Any
) -> HttpResponse:
    """The verb is done; what can't be done is told above the ticket, and nothing changed.

    Nor is it done when a colleague did something of the kinds `unless` after what this page has shown.
    """
    it = ticket_for(request.person, number)
    seen = _seen(request) if unless else None
    problem = ""
    try:
        twice_if_needed(
            lambda: actions.do_as_seen(it, verb, seen=seen, unless=unless, by=request.person, at=timezone.now(), **more)
        )
    except ChangedMeanwhile as refused:
        problem = str(ChangedMeanwhile(_in_words(it, refused)))
    except TicketError as refused:
        problem = str(refused)
    if request.htmx:
        return ticket_part(
            request, HEADER, {**_header(request, ticket_for(request.person, number)), "problem": problem}
        )
    if problem:
        messages.error(request, problem)
    return _back(it)


def _in_words(it: Ticket, refused: ChangedMeanwhile) -> str:
    """What happened meanwhile as the time line tells it."""
    event = it.events.select_related("by").filter(pk=refused.event).first()
    return entry_of(event, policy_of(it.promise.revision_id)).sentence if event else refused.told


def _seen(request: DeskRequest) -> int | None:
    """The last event that the form was shown with; None for one that does not say."""
    given = request.POST.get("seen_event", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None


# What one would want to know before doing the like oneself.
_GIVEN = frozenset(kind.name for kind in (events.ASSIGNED, events.UNASSIGNED, events.ASSIGNED_BY_TURN, events.REQUEUED))
_CLASSED = frozenset(kind.name for kind in (events.CLASSIFIED, events.PRODUCT_NAMED))
_COUNTED = frozenset((events.EXCLUDED.name, events.INCLUDED.name))
_MOVED = frozenset(
    kind.name
    for kind in (
        events.MESSAGE_RECEIVED,
        events.REPLIED,
        events.RESOLVED,
        events.REOPENED,
        events.CLOSED,
        events.CUSTOMER_AWAITED,
        events.OPENED_AGAIN,
        events.HANDED_TO_DEVELOPERS,
        events.RETURNED,
        events.MERGED,
        events.TOOK_OVER,
        events.UNDONE,
    )
)


def not_done(form: Form) -> Callable[..., object]:
    """A verb that does nothing but say what is wrong with the form."""

    def refuse(*_args: Any, **_more: Any) -> None:
        raise TicketError(" ".join(str(text) for texts in form.errors.values() for text in texts))

    return refuse


def _back(it: Ticket) -> HttpResponse:
    return redirect("desk:ticket", number=it.number)
