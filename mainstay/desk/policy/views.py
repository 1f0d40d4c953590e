"""The policy in force and its revisions, a change of it with what it would do, and the months ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.clock.hours import written
from mainstay.people.states import Permission
from mainstay.policy.ahead import Ahead, ahead
from mainstay.policy.differences import differences
from mainstay.policy.errors import Fault, PolicyFaults
from mainstay.policy.shape import Policy
from mainstay.promises.models import PolicyRevision
from mainstay.promises.queries import policy_of, revision_in_force
from mainstay.reports.errors import CannotHold
from mainstay.reports.figures import Measured
from mainstay.reports.revising import Because, Outlook, Revising, apply_policy, preview_policy

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .typed import Typed, typed_before, typed_in

PAGE = 30
NUMBER_MAX = 2**31 - 1
DIGITS = len(str(NUMBER_MAX))
SHOWN_CHANGES = 500


@require_safe
@staff_only(Permission.MANAGE_DESK)
def policy(request: DeskRequest) -> HttpResponse:
    now = timezone.now()
    holding = revision_in_force(now)
    before = request.GET.get("before", "")
    revisions = PolicyRevision.objects.defer("text", "calendars").order_by("-number")
    if before.isascii() and before.isdigit() and len(before) <= DIGITS and int(before) <= NUMBER_MAX:
        revisions = revisions.filter(number__lt=int(before))
    rows = list(revisions[: PAGE + 1])
    context = {
        "holding": holding,
        "rows": [{"revision": one, "word": _word(one, holding, now)} for one in rows[:PAGE]],
        "older": rows[PAGE - 1].number if len(rows) > PAGE else None,
        "facts": _facts(request.policy),
        **_months_ahead(request.policy),
    }
    return desk_page(request, "desk/policy/page.html", context)


@require_safe
@staff_only(Permission.MANAGE_DESK)
def policy_revision(request: DeskRequest, number: int) -> HttpResponse:
    """A revision word for word, and what changed against the one before."""
    found = PolicyRevision.objects.filter(number=min(number, NUMBER_MAX)).first()
    if found is None:
        raise Http404
    before = PolicyRevision.objects.filter(number__lt=number).defer("text", "calendars").order_by("-number").first()
    changes = differences(policy_of(before.pk), policy_of(found.pk)) if before else ()
    now = timezone.now()
    context = {
        "revision": found,
        "word": _word(found, revision_in_force(now), now),
        "before": before,
        "changes": changes[:SHOWN_CHANGES],
        "more_changes": max(0, len(changes) - SHOWN_CHANGES),
        "calendars": sorted(found.calendars),
    }
    return desk_page(request, "desk/policy/revision.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def policy_new(request: DeskRequest) -> HttpResponse:
    """The text to change: at first that in force, and what was typed when somebody comes back to it."""
    holding = _holding()
    typed = typed_in(request, holding) if request.method == "POST" else typed_before(holding)
    return _form(request, typed)


@require_POST
@staff_only(Permission.MANAGE_DESK)
def policy_preview(request: DeskRequest) -> HttpResponse:
    """What would change; nothing does."""
    typed = typed_in(request, _holding())
    if typed.faults:
        return _form(request, typed, typed.faults)
    now = timezone.now()
    try:
        told = preview_policy(typed.source, holds_from=typed.moment(now), by=request.person, at=now)
    except PolicyFaults as faults:
        return _form(request, typed, faults.faults)
    except CannotHold as problem:
        return _form(request, typed, date_problem=str(problem))
    return desk_page(
        request, "desk/policy/preview.html", {"typed": typed, **_told(told), **_months_ahead(typed.source.policy())}
    )


@require_POST
@staff_only(Permission.MANAGE_DESK)
def policy_application(request: DeskRequest) -> HttpResponse:
    """The policy is in force, from its moment on."""
    typed, now = typed_in(request, _holding()), timezone.now()
    if typed.faults:
        return _form(request, typed, typed.faults)
    try:
        told = twice_if_needed(
            lambda: apply_policy(typed.source, holds_from=typed.moment(now), by=request.person, at=now)
        )
    except PolicyFaults as faults:
        return _form(request, typed, faults.faults)
    except CannotHold as problem:
        return _form(request, typed, date_problem=str(problem))
    said = _("Revision %(number)s waits for its day.") if told.waits else _("Revision %(number)s holds.")
    messages.success(request, said % {"number": told.revision})
    return redirect("desk:policy_revision", told.revision)


@dataclass(frozen=True)
class Mistake:
    """A fault with the line as it was typed."""

    fault: Fault
    text: str


def _form(request: DeskRequest, typed: Typed, faults: Sequence[Fault] = (), date_problem: str = "") -> HttpResponse:
    lines = typed.text.split("\n")
    mistakes = [
        Mistake(fault, lines[fault.line - 1].strip()[:200] if fault.line and fault.line <= len(lines) else "")
        for fault in faults
    ]
    context = {"typed": typed, "mistakes": mistakes, "date_problem": date_problem}
    return desk_page(request, "desk/policy/new.html", context, status=422 if mistakes or date_problem else 200)


def _holding() -> PolicyRevision:
    return PolicyRevision.objects.get(pk=revision_in_force(timezone.now()).pk)


def _word(revision: PolicyRevision, holding: PolicyRevision, now: Any) -> str:
    if revision.pk == holding.pk:
        return _("In force")
    return _("Waits") if revision.holds_from > now else ""


def _facts(found: Policy) -> dict[str, Any]:
    weekly = [opening.end - opening.start for hours in found.calendar.weekly for opening in hours]
    return {
        "first_response": found.targets.first_response,
        "resolution": found.targets.resolution,
        "hours": f"{sum(weekly) / 3600:g}",
        "zone": found.hours.zone,
    }


def _months_ahead(found: Policy) -> dict[str, Any]:
    told: Ahead = ahead(found, timezone.now().date())
    language = translation.get_language() or ""
    return {
        "ahead": told,
        "days_ahead": [
            {
                "on": one.on,
                "name": found.text(one.names, language),
                "source": one.source,
                "hours": ", ".join(written(opening) for opening in one.open),
            }
            for one in told.days
        ],
        "months_ahead": [{"key": month.key, "hours": f"{month.seconds / 3600:g}"} for month in told.months],
    }


# --- what a change would do ---


def _told(told: Revising) -> dict[str, Any]:
    return {
        "told": told,
        "changes": told.changes[:SHOWN_CHANGES],
        "more_changes": max(0, len(told.changes) - SHOWN_CHANGES),
        "figures": [row for month in told.months for row in _figures(month)],
        "kept_counts": [(_because(reason), count) for reason, count in told.kept_counts.items()],
        "kept": [{"number": one.number, "subject": one.subject, "because": _because(one.because)} for one in told.kept],
    }


def _because(reason: Because) -> str:
    return {
        Because.OLDER: _("opened before that moment"),
        Because.RESOLVED: _("resolved already"),
        Because.NO_NATURE: _("their nature is not in the new policy"),
        Because.NO_SEVERITY: _("their severity is not in the new policy"),
    }[reason]


def _figures(month: Outlook) -> list[dict[str, Any]]:
    names = {"first_response": _("First response"), "resolution": _("Resolution")}
    pairs = [
        (month.before.first_response, month.after.first_response),
        (month.before.resolution, month.after.resolution),
    ]
    return [
        {
            "month": month.before.period.key,
            "name": names[before.name],
            "before": _figure(before),
            "after": _figure(after),
            "stays": before == after,
        }
        for before, after in pairs
    ]


def _figure(measured: Measured) -> dict[str, Any]:
    average = measured.average
    return {"n": average.n, "mean": average.mean, "target": average.target, "bank": measured.bank}
