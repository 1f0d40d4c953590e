"""The developers' queue, and the second line of one ticket: its packet, who has it, how it comes back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.escalations import actions
from mainstay.escalations.errors import EscalationError, HalfEmpty, TrackerTrouble
from mainstay.escalations.models import Escalation, PacketDraft
from mainstay.escalations.packet import PARTS, is_absent
from mainstay.escalations.queries import (
    developers_queue,
    draft_of,
    escalations_of,
    files_of,
    find_problems,
    issues_of,
    line_seconds,
    prefilled,
    problem_of,
)
from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.states import Permission
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import ticket_for
from mainstay.tickets.states import State

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from ..rows import names_in_force
from .forms import PacketForm, ProblemForm, ReturnForm, initial_of
from .told import told_events

TOPIC = "escalations"


@require_safe
@staff_only(Permission.SEE_TICKETS)
def developers(request: DeskRequest) -> HttpResponse:
    return desk_page(request, "desk/escalations/page.html", _queue(request), topics=(TOPIC,))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def developers_rows(request: DeskRequest) -> HttpResponse:
    """The rows alone: read again when the stream says so."""
    return render(request, "desk/escalations/rows.html", _queue(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WRITE_NOTES)
def ticket_escalation(request: DeskRequest, number: int) -> HttpResponse:
    """Everything of one ticket's second line. A POST keeps the packet, and sends it when that was asked for."""
    it = ticket_for(request.person, number)
    if request.method != "POST":
        return _page(request, it)
    form = PacketForm(request.POST, files=files_of(it))
    if not form.is_valid():
        return _page(request, it, packet=form)
    _keep(request, it, form)
    if request.POST.get("do") != "send":
        messages.success(request, _("The draft is kept. Your colleagues see it too."))
        return redirect("desk:ticket_escalation", number)
    if not form.is_whole():
        return _page(request, it, packet=form)
    try:
        twice_if_needed(lambda: _send(request, it, form))
    except NotAllowed:
        raise
    except MainstayError as problem:
        form.add_error(None, str(problem))
        return _page(request, it, packet=form)
    return redirect(reverse("desk:ticket", args=[number]) + "#newest")


@require_POST
@staff_only(Permission.WORK_TICKETS)
def ticket_escalation_draft(request: DeskRequest, number: int) -> HttpResponse:
    """What is being typed is kept, while it is typed; answers with the sentence that says so."""
    it = ticket_for(request.person, number)
    form = PacketForm(request.POST, files=files_of(it))
    if not form.is_valid():
        return render(request, "desk/escalations/saved.html", {"saved": ""}, status=422)
    _keep(request, it, form)
    at = time_format(timezone.localtime(), "H:i")
    return render(request, "desk/escalations/saved.html", {"saved": _("Draft kept at %(time)s") % {"time": at}})


@require_POST
@staff_only(Permission.HELP_AS_DEVELOPER)
def ticket_taking(request: DeskRequest, number: int) -> HttpResponse:
    """Take it on as a developer, or lay it down."""
    verb = actions.let_go_of_escalation if request.POST.get("do") == "let_go" else actions.take_escalation
    it = ticket_for(request.person, number)
    _done_or_told(request, lambda: verb(it, by=request.person, at=timezone.now()))
    return redirect("desk:ticket_escalation", number)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_return(request: DeskRequest, number: int) -> HttpResponse:
    """Back to the technicians, with an answer, a question, or the reason why it was taken back."""
    it = ticket_for(request.person, number)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, it, back=form)
    verbs: dict[str, Callable[..., Escalation]] = {
        "answered": actions.answer_escalation,
        "asked_back": actions.ask_back,
        "taken_back": actions.take_back,
    }
    verb, text, at = verbs[form.cleaned_data["how"]], form.cleaned_data["text"], timezone.now()
    try:
        twice_if_needed(lambda: verb(it, text=text, by=request.person, at=at))
    except NotAllowed:
        raise
    except MainstayError as problem:
        form.add_error("text", str(problem))
        return _page(request, it, back=form)
    return redirect(reverse("desk:ticket", args=[number]) + "#newest")


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_problem(request: DeskRequest, number: int) -> HttpResponse:
    """Make a problem of this ticket."""
    it = ticket_for(request.person, number)
    form = ProblemForm(request.POST)
    if not form.is_valid():
        return _page(request, it, naming=form)
    try:
        made = actions.make_problem(it, title=form.cleaned_data["title"], by=request.person, at=timezone.now())
    except EscalationError as problem:
        form.add_error("title", str(problem))
        return _page(request, it, naming=form)
    return redirect("desk:problem", made.pk)


def _keep(request: DeskRequest, it: Ticket, form: PacketForm) -> None:
    chosen = form.cleaned_data["files"]
    actions.save_draft(it, packet=form.packet, files=chosen, by=request.person, at=timezone.now())


def _send(request: DeskRequest, it: Ticket, form: PacketForm) -> Escalation:
    chosen = form.cleaned_data["files"]
    return actions.escalate_ticket(it, packet=form.packet, files=chosen, by=request.person, at=timezone.now())


def _done_or_told(request: DeskRequest, verb: Callable[[], object]) -> None:
    try:
        twice_if_needed(verb)
    except (EscalationError, HalfEmpty, TrackerTrouble) as problem:
        messages.error(request, str(problem))


def _queue(request: DeskRequest) -> dict[str, Any]:
    now = timezone.now()
    after = request.GET.get("after", "")
    page = developers_queue(request.person, now, after)
    return {
        "rows": page.rows,
        "rows_url": reverse("desk:developers_rows") + (f"?after={after}" if page.rows and after else ""),
        "after": page.after,
        "may_help": request.person.may(Permission.HELP_AS_DEVELOPER),
        **names_in_force(request.policy, now),
    }


def _page(
    request: DeskRequest,
    it: Ticket,
    *,
    packet: PacketForm | None = None,
    back: ReturnForm | None = None,
    naming: ProblemForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    stays = escalations_of(it)
    is_there = it.state == State.DEVELOPERS
    current = next((one for one in stays if one.ended_at is None), None) if is_there else None
    may_work = request.person.may(Permission.WORK_TICKETS)
    may_escalate = may_work and it.is_active and not is_there and not it.is_merged
    draft = draft_of(it) if may_escalate else None
    found = problem_of(it)
    words = request.GET.get("words", "")[:200]
    context = {
        "ticket": it,
        "is_there": is_there,
        "current": _shown(current) if current else None,
        "earlier": [_shown(one) for one in stays if one is not current],
        "lines": line_seconds(it.promise, now),
        "may_work": may_work,
        "may_help": request.person.may(Permission.HELP_AS_DEVELOPER),
        "may_escalate": may_escalate,
        "draft": draft,
        "packet_form": (packet or _packet_form(it, draft)) if may_escalate else None,
        "return_form": back or ReturnForm(),
        "problem": found,
        "issues": issues_of(found) if found else [],
        "naming_form": naming or ProblemForm(initial={"title": it.subject}),
        "words": words,
        "found": find_problems(request.person, words) if not found else [],
        **names_in_force(request.policy, now),
    }
    has_errors = any(form is not None and form.errors for form in (packet, back, naming))
    return desk_page(
        request,
        "desk/escalations/ticket.html",
        context,
        topics=(it.topic, TOPIC),
        status=422 if has_errors else 200,
        about=it.topic,
    )


def _packet_form(it: Ticket, draft: PacketDraft | None) -> PacketForm:
    if draft is not None:
        initial = initial_of({**draft.words, "absent": draft.absent}, [file.pk for file in draft.files.all()])
    else:
        initial = initial_of(prefilled(it))
    return PacketForm(initial=initial, files=files_of(it))


def _shown(escalation: Escalation) -> dict[str, Any]:
    """One stay as the page shows it: the parts in their order, the files, what happened."""
    packet = escalation.packet()
    parts = [
        {"label": part.label, "text": packet.text_of(part.key), "is_absent": is_absent(packet, part)} for part in PARTS
    ]
    return {
        "it": escalation,
        "parts": parts if escalation.has_packet else [],
        "files": list(escalation.files.all()),
        "events": told_events(escalation.events.all()),
    }
