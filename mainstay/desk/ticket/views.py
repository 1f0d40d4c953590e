"""The ticket page and its parts, and the verbs that can be done there.

With htmx a verb answers with the part it stands in; without, it leads back to the page. Both show the same templates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.channels.email.queries import customer_address
from mainstay.duty.queries import duty_at
from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.models import Identity
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.promises.states import Exclusion
from mainstay.tickets import actions
from mainstay.tickets.errors import TicketError
from mainstay.tickets.models import Participant, Ticket
from mainstay.tickets.places import explain_place
from mainstay.tickets.queries import (
    count_before,
    earlier_tickets_of,
    joins_when_moved,
    may_write_to_customer,
    message_for,
    open_suggestion,
    participants_of,
    ticket_for,
)
from mainstay.tickets.states import Delivery, MessageKind, State, Then

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from ..queue.places import place_in_words
from ..rows import ages_of, counting_until, names_of
from .forms import AssignmentForm, ClassificationForm, ExclusionForm, TextForm, WaitingForm
from .timeline import timeline_of

HEADER, TIMELINE, COMPOSER = "desk/ticket/header.html", "desk/ticket/timeline.html", "desk/ticket/composer.html"


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket(request: DeskRequest, number: int) -> HttpResponse:
    it = ticket_for(request.person, number)
    return _page(request, it, form=_taken_back(request, it))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_timeline(request: DeskRequest, number: int) -> HttpResponse:
    return _part(request, TIMELINE, _timeline(request, ticket_for(request.person, number)))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_header(request: DeskRequest, number: int) -> HttpResponse:
    return _part(request, HEADER, _header(request, ticket_for(request.person, number)))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_sidebar(request: DeskRequest, number: int) -> HttpResponse:
    return _part(request, "desk/ticket/sidebar.html", _sidebar(request, ticket_for(request.person, number)))


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_replies(request: DeskRequest, number: int) -> HttpResponse:
    """Write to the customer, whoever the policy lets. What was typed stays in the composer when it can't be sent."""
    it = ticket_for(request.person, number)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _composer(request, it, form, "reply", status=422)
    then = form.cleaned_data["then"] or Then.WAIT
    return _written(
        request,
        it,
        form,
        "reply",
        actions.reply_to_ticket,
        then=then,
        seen=form.cleaned_data["seen"],
        undo_seconds=settings.UNDO_SECONDS,
    )


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_notes(request: DeskRequest, number: int) -> HttpResponse:
    """Write a note for colleagues."""
    it = ticket_for(request.person, number)
    form = TextForm(request.POST)
    if not form.is_valid():
        return _composer(request, it, form, "note", status=422)
    return _written(request, it, form, "note", actions.note_on_ticket)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_assignment(request: DeskRequest, number: int) -> HttpResponse:
    """Give the ticket to somebody, or back to the queue when nobody is chosen."""
    form = AssignmentForm(request.POST)
    if request.POST.get("_method") == "delete":
        return _verb(request, number, actions.unassign_ticket)
    if not form.is_valid():
        return _verb(request, number, _not_done(form))
    if form.cleaned_data["assignee"] is None:
        return _verb(request, number, actions.unassign_ticket)
    return _verb(request, number, actions.assign_ticket, to=form.cleaned_data["assignee"])


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_classification(request: DeskRequest, number: int) -> HttpResponse:
    """Say what the ticket is about: nature, severity, product."""
    it = ticket_for(request.person, number)
    policy = policy_of(it.promise.revision_id)
    form = ClassificationForm(policy, request.POST)
    if not form.is_valid():
        return _verb(request, number, _not_done(form))
    chosen = form.cleaned_data
    if chosen["product"] is not None and chosen["product"].pk != it.product_id:
        actions.name_product(it, product=chosen["product"], by=request.person, at=timezone.now())
    return _verb(request, number, actions.classify_ticket, nature=chosen["nature"], severity=chosen["severity"])


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_closure(request: DeskRequest, number: int) -> HttpResponse:
    return _verb(request, number, actions.resolve_ticket)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_reopening(request: DeskRequest, number: int) -> HttpResponse:
    """Open again; a refused ticket is helped all the same."""
    it = ticket_for(request.person, number)
    return _verb(request, number, actions.admit_ticket if it.is_refused else actions.reopen_ticket)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_waiting(request: DeskRequest, number: int) -> HttpResponse:
    """Wait for the customer, or take it up again."""
    form = WaitingForm(request.POST)
    if not form.is_valid():
        return _verb(request, number, _not_done(form))
    waits = form.cleaned_data["to"] == "waiting"
    return _verb(request, number, actions.await_customer if waits else actions.put_to_work)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_exclusion(request: DeskRequest, number: int) -> HttpResponse:
    """Leave the ticket out of the averages for a reason, or count it again."""
    form = ExclusionForm(request.POST)
    if not form.is_valid():
        return _verb(request, number, _not_done(form))
    if form.cleaned_data["counted"]:
        return _verb(request, number, actions.include_ticket)
    return _verb(request, number, actions.exclude_ticket, reason=form.cleaned_data["reason"])


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
    return _part(request, TIMELINE, _timeline(request, it)) if request.htmx else _back(it)


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


def _page(request: DeskRequest, it: Ticket, *, status: int = 200, **composer: Any) -> HttpResponse:
    timeline = _timeline(request, it)
    seen = max((item.message.pk for item in timeline["timeline"] if item.message), default=0)
    sidebar = _sidebar(request, it)
    around = {"addresses": sidebar["addresses"], "participants": sidebar["participants"]}
    context = {**_header(request, it), **timeline, **sidebar, **_writing(request, it, seen, **around, **composer)}
    return desk_page(request, "desk/ticket/page.html", context, topics=(it.topic,), status=status, about=it.topic)


def _part(request: DeskRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {**context, "shell": {"person": request.person}}, status=status)


def _header(request: DeskRequest, it: Ticket) -> dict[str, Any]:
    return {
        "ticket": it,
        **names_of(policy_of(it.promise.revision_id)),
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "staff": _assignable(request),
        "reasons": Exclusion.choices,
        **_suggestion(it),
        "problem": "",
    }


@dataclass(frozen=True)
class Assignable:
    """Somebody who may have the ticket; `note` is why they are not on duty now, in words."""

    pk: int
    name: str
    is_on_duty: bool
    note: str


def _assignable(request: DeskRequest) -> list[Assignable]:
    """Who may be assigned, those on duty first."""
    duty = duty_at(timezone.now(), away_after=request.policy.assignment.away_after)
    found = [
        Assignable(person.pk, person.name, missing is None, str(missing.label) if missing else "")
        for person in duty.people
        for missing in [duty.standings[person.pk].missing]
    ]
    return sorted(found, key=lambda one: not one.is_on_duty)


def _timeline(request: DeskRequest, it: Ticket) -> dict[str, Any]:
    items = timeline_of(it, request.person)
    messages_ = [item.message for item in items if item.message]
    newest = messages_[-1] if messages_ else None
    news = ""
    if newest:
        news = _("Newest message: %(name)s") % {"name": newest.author or newest.sender_name or newest.sender_address}
    return {
        "ticket": it,
        "timeline": items,
        "news": news,
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "withdrawable_since": timezone.now() - timedelta(seconds=settings.UNDO_SECONDS),
    }


def _sidebar(request: DeskRequest, it: Ticket) -> dict[str, Any]:
    now = timezone.now()
    policy = policy_of(it.promise.revision_id)
    return {
        "ticket": it,
        "addresses": _addresses_of(it),
        "participants": participants_of(it),
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "ages": ages_of(it.promise, now),
        "counting_until": counting_until(policy, now) if it.is_active else None,
        "earlier": earlier_tickets_of(it, request.person),
        "place": _place(it, now),
    }


def _place(it: Ticket, at: datetime) -> str:
    """Where the ticket stands in the queue, in words; empty when it is not our turn."""
    if it.state not in (State.NEW, State.OPEN):
        return ""
    return place_in_words(
        explain_place(it, at, count_before(it)), names_of(policy_of(it.promise.revision_id))["severities"]
    )


def _writing(
    request: DeskRequest,
    it: Ticket,
    seen: int,
    *,
    addresses: list[Identity],
    participants: list[Participant],
    form: TextForm | None = None,
    mode: str = "reply",
) -> dict[str, Any]:
    reply_to = customer_address(it)
    return {
        "ticket": it,
        "form": form or TextForm(),
        "mode": mode,
        "seen": seen,
        "reply_to": reply_to,
        "reply_to_differs": bool(reply_to) and reply_to not in [identity.address for identity in addresses],
        "participants": participants,
        "may_work": request.person.may(Permission.WORK_TICKETS),
        "may_note": request.person.may(Permission.WRITE_NOTES),
        "may_reply": may_write_to_customer(request.person, it),
    }


def _addresses_of(it: Ticket) -> list[Identity]:
    return list(it.person.identities.order_by("channel", "address"))


def _suggestion(it: Ticket) -> dict[str, Any]:
    suggestion = open_suggestion(it)
    return {
        "suggestion": suggestion,
        "suggestion_joins": suggestion is not None and joins_when_moved(it, suggestion.other),
    }


def _taken_back(request: DeskRequest, it: Ticket) -> TextForm | None:
    """The text of a reply that this person has just taken back, to be written anew."""
    again = request.GET.get("again", "")
    if not again.isdecimal() or len(again) > 18:
        return None
    mine = it.messages.filter(author=request.person, kind=MessageKind.REPLY, pk__gte=int(again)).order_by("-pk").first()
    if mine is None or mine.pk != int(again) or mine.delivery != Delivery.WITHDRAWN:
        return None  # it was written anew since
    return TextForm(initial={"text": mine.text})


def _composer(request: DeskRequest, it: Ticket, form: TextForm | None, mode: str, status: int = 200) -> HttpResponse:
    if not request.htmx:
        return _page(request, it, form=form, mode=mode, status=status)
    seen = it.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    around: dict[str, Any] = {"addresses": _addresses_of(it), "participants": participants_of(it)}
    return _part(request, COMPOSER, _writing(request, it, seen, **around, form=form, mode=mode), status)


def _written(
    request: DeskRequest, it: Ticket, form: TextForm, mode: str, verb: Callable[..., object], **more: Any
) -> HttpResponse:
    """The verb is done with the text; what can't be done is told beside the text, which stays."""
    try:
        at = timezone.now()
        twice_if_needed(lambda: verb(it, text=form.cleaned_data["text"], by=request.person, at=at, **more))
    except NotAllowed:
        raise
    except MainstayError as problem:
        form.add_error("text", str(problem))
        return _composer(request, it, form, mode, status=422)
    return _composer(request, ticket_for(request.person, it.number), None, mode) if request.htmx else _back(it)


def _verb(request: DeskRequest, number: int, verb: Callable[..., object], **more: Any) -> HttpResponse:
    """The verb is done; what can't be done is told above the ticket, and nothing changed."""
    it = ticket_for(request.person, number)
    problem = ""
    try:
        twice_if_needed(lambda: verb(it, by=request.person, at=timezone.now(), **more))
    except TicketError as refused:
        problem = str(refused)
    if request.htmx:
        return _part(request, HEADER, {**_header(request, ticket_for(request.person, number)), "problem": problem})
    if problem:
        messages.error(request, problem)
    return _back(it)


def _not_done(form: Form) -> Callable[..., object]:
    """A verb that does nothing but say what is wrong with the form."""

    def refuse(*_args: Any, **_more: Any) -> None:
        raise TicketError(" ".join(str(text) for texts in form.errors.values() for text in texts))

    return refuse


def _back(it: Ticket) -> HttpResponse:
    return redirect("desk:ticket", number=it.number)
