"""Problems: the list, one problem with everything gathered under it, and what can be done with it."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.escalations import actions
from mainstay.escalations.errors import EscalationError, IssueElsewhere, NoSuchProblem, ProblemTaken, TrackerTrouble
from mainstay.escalations.models import Issue, IssueComment, Problem, TrackerCall
from mainstay.escalations.queries import (
    NUMBER_MAX,
    find_problems,
    find_tickets,
    history_of_problem,
    issues_of,
    problem_for,
    problem_of,
    problems_for,
    tickets_of_problem,
    trackers,
)
from mainstay.escalations.states import CallState, ProblemState
from mainstay.people.states import Permission
from mainstay.tickets.errors import NoSuchTicket, TicketError
from mainstay.tickets.queries import ticket_for

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from ..paging import newest_first
from .forms import CommentForm, FixForm, IssueForm, IssueLinkForm, ProblemForm
from .told import told_events

PAGE = 50
DIGITS = len(str(NUMBER_MAX))
SHOWN_CALLS = 20
SHOWN_COMMENTS = 50


@require_safe
@staff_only(Permission.SEE_TICKETS)
def problems(request: DeskRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in (ProblemState.OPEN, ProblemState.FIXED) else ProblemState.OPEN
    found = problems_for(request.person).filter(state=state).prefetch_related("issues__tracker")
    rows, after = newest_first(found, request.GET.get("after", ""), PAGE)
    context = {"rows": rows, "state": str(state), "after": after}
    return desk_page(request, "desk/escalations/problems.html", context, topics=("escalations",))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def problem(request: DeskRequest, pk: int) -> HttpResponse:
    return _page(request, _problem(request, pk))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def problem_part(request: DeskRequest, pk: int) -> HttpResponse:
    """What is gathered, alone: read again when the stream says so."""
    it = _problem(request, pk)
    return render(
        request, "desk/escalations/gathered.html", {**_gathered(request, it), "shell": {"person": request.person}}
    )


@require_POST
@staff_only(Permission.WRITE_NOTES)
def problem_title(request: DeskRequest, pk: int) -> HttpResponse:
    it, form = _problem(request, pk), ProblemForm(request.POST)
    if not form.is_valid():
        return _page(request, it, naming=form)
    return _verb(request, it, actions.rename_problem, title=form.cleaned_data["title"])


@require_POST
@staff_only(Permission.WRITE_NOTES)
def problem_tickets(request: DeskRequest, pk: int) -> HttpResponse:
    """A ticket waits for it, or no longer."""
    it = _problem(request, pk)
    number = request.POST.get("number", "").strip().removeprefix("#")
    try:
        ticket = ticket_for(request.person, number)
    except NoSuchTicket as missing:
        messages.error(request, str(missing))
        return redirect("desk:problem", it.pk)
    verb = actions.unlink_ticket if request.POST.get("_method") == "delete" else actions.link_ticket
    try:
        twice_if_needed(lambda: verb(it, ticket, by=request.person, at=timezone.now()))
    except ProblemTaken as taken:
        other = problem_of(ticket)
        return _page(request, it, problem=str(taken), joinable=other, status=409)
    except EscalationError as refused:
        messages.error(request, str(refused))
    if request.POST.get("from") == "ticket":
        return redirect("desk:ticket_escalation", ticket.number)
    return redirect("desk:problem", it.pk)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def problem_joining(request: DeskRequest, pk: int) -> HttpResponse:
    """Another problem was the same one: all of it comes here."""
    it = _problem(request, pk)
    other = request.POST.get("other", "")
    is_key = other.isascii() and other.isdigit() and len(other) <= DIGITS
    found = problem_for(request.person, int(other)) if is_key else None
    if found is None:
        messages.error(request, str(NoSuchProblem()))
        return redirect("desk:problem", it.pk)
    return _verb(request, it, lambda one, **more: actions.join_problems(one, found, **more))


@require_POST
@staff_only(Permission.HELP_AS_DEVELOPER)
def problem_fix(request: DeskRequest, pk: int) -> HttpResponse:
    """It is fixed: all who wait are listed, and their tickets know. Or it is not, after all."""
    it = _problem(request, pk)
    if request.POST.get("_method") == "delete":
        return _verb(request, it, actions.mark_not_fixed)
    form = FixForm(request.POST)
    if not form.is_valid():
        return _page(request, it, fixing=form)
    return _verb(request, it, actions.mark_fixed, version=form.cleaned_data["version"])


@require_POST
@staff_only(Permission.WRITE_NOTES)
def problem_issues(request: DeskRequest, pk: int) -> HttpResponse:
    """Open an issue in a tracker."""
    it, form = _problem(request, pk), IssueForm(request.POST, among=trackers())
    if not form.is_valid():
        return _page(request, it, opening=form)
    return _verb(request, it, actions.open_issue, **form.cleaned_data)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def problem_links(request: DeskRequest, pk: int) -> HttpResponse:
    """Link an issue that is there; one that belongs to another problem offers to join the two."""
    it, form = _problem(request, pk), IssueLinkForm(request.POST, among=trackers())
    if not form.is_valid():
        return _page(request, it, linking=form)
    try:
        return _verb(request, it, actions.link_issue, **form.cleaned_data)
    except IssueElsewhere as elsewhere:
        other = problem_for(request.person, elsewhere.problem)
        return _page(request, it, linking=form, problem=str(elsewhere), joinable=other, status=409)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def issue_comments(request: DeskRequest, pk: int) -> HttpResponse:
    """Write on an issue."""
    issue, form = _issue(request, pk), CommentForm(request.POST)
    if not form.is_valid():
        return _page(request, _problem(request, issue.problem_id), commenting=(issue.pk, form))
    actions.comment_on_issue(issue, text=form.cleaned_data["text"], by=request.person, at=timezone.now())
    return redirect("desk:problem", issue.problem_id)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def issue_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Take an issue off its problem; in the tracker nothing changes."""
    issue = _issue(request, pk)
    actions.unlink_issue(issue, by=request.person, at=timezone.now())
    return redirect("desk:problem", issue.problem_id)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def call_retry(request: DeskRequest, pk: int) -> HttpResponse:
    """A call that did not work is made again."""
    call = TrackerCall.objects.filter(pk=min(pk, NUMBER_MAX), problem__in=problems_for(request.person)).first()
    if call is None:
        raise Http404
    try:
        actions.repeat_call(call, by=request.person, at=timezone.now())
    except EscalationError as refused:
        messages.error(request, str(refused))
    if request.POST.get("from") == "tracker" and request.person.may(Permission.MANAGE_DESK):
        return redirect("desk:tracker", call.tracker_id)
    return redirect("desk:problem", call.problem_id)


def _verb(request: DeskRequest, it: Problem, verb: Callable[..., object], **more: Any) -> HttpResponse:
    """The verb is done; what can't be done is told, and nothing changed."""
    try:
        twice_if_needed(lambda: verb(it, by=request.person, at=timezone.now(), **more))
    except IssueElsewhere:
        raise
    except (EscalationError, TicketError, TrackerTrouble) as refused:
        messages.error(request, str(refused))
    return redirect("desk:problem", it.pk)


def _page(request: DeskRequest, it: Problem, *, status: int = 0, **more: Any) -> HttpResponse:
    set_up = list(trackers())
    words, other = request.GET.get("words", "")[:200], request.GET.get("problem", "")[:200]
    forms = {
        "naming": ProblemForm(initial={"title": it.title}),
        "fixing": FixForm(),
        "opening": IssueForm(among=trackers(), initial=_issue_initial(it)),
        "linking": IssueLinkForm(among=trackers()),
    }
    given = {name: more[name] for name in forms if name in more}
    commenting = more.get("commenting")
    context = {
        **_gathered(request, it),
        **forms,
        **given,
        "trackers": set_up,
        "words": words,
        "found": find_tickets(request.person, words) if words else [],
        "other_words": other,
        "other_found": find_problems(request.person, other, but=it.pk) if other else [],
        "problem_told": more.get("problem", ""),
        "joinable": more.get("joinable"),
        "comment_problem": commenting[1].errors["text"][0] if commenting else "",
    }
    errors = bool(commenting) or any(form.errors for form in given.values())
    shown = status or (422 if errors else 200)
    return desk_page(request, "desk/escalations/problem.html", context, topics=(f"problem:{it.pk}",), status=shown)


def _gathered(request: DeskRequest, it: Problem) -> dict[str, Any]:
    links = tickets_of_problem(it)
    organisations = sorted({link.ticket.organisation.name for link in links if link.ticket.organisation})
    issues = issues_of(it)
    calls = it.calls.exclude(state=CallState.DONE).select_related("tracker", "issue", "by").order_by("-pk")
    comments = IssueComment.objects.filter(issue__problem=it).select_related("issue__tracker").order_by("-pk")
    return {
        "it": it,
        "waiting": [link for link in links if link.ticket.is_active],
        "done": [link for link in links if not link.ticket.is_active],
        "organisations": organisations,
        "issues": issues,
        "all_closed": bool(issues) and not any(issue.is_open for issue in issues),
        "calls": list(calls[:SHOWN_CALLS]),
        "comments": list(comments[:SHOWN_COMMENTS]),
        "events": told_events(history_of_problem(it)),
        "may_work": request.person.may(Permission.WRITE_NOTES),
        "may_help": request.person.may(Permission.HELP_AS_DEVELOPER),
    }


def _issue_initial(it: Problem) -> dict[str, Any]:
    """The issue begins with the newest packet of its tickets, without names of customers, and leads back to us."""
    from mainstay.escalations.models import Escalation
    from mainstay.escalations.packet import packet_as_text

    packets = Escalation.objects.filter(ticket__problem_link__problem=it, has_packet=True).order_by("-sent_at", "-pk")
    newest = packets.first()
    here = settings.SITE_URL + reverse("desk:problem", args=[it.pk])
    words = [packet_as_text(newest.packet())] if newest else []
    return {"title": it.title[:255], "text": "\n\n".join([*words, _("In the support desk: %(url)s") % {"url": here}])}


def _problem(request: DeskRequest, pk: int) -> Problem:
    found = problem_for(request.person, pk)
    if found is None:
        raise Http404
    return found


def _issue(request: DeskRequest, pk: int) -> Issue:
    issues = Issue.objects.select_related("problem", "tracker").filter(problem__in=problems_for(request.person))
    found = issues.filter(pk=min(pk, NUMBER_MAX)).first()
    if found is None:
        raise Http404
    return found
