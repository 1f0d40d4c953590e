"""The pages of automation rules."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.automation import actions
from mainstay.automation.errors import ChangedMeanwhile
from mainstay.automation.models import Rule
from mainstay.automation.queries import Preview, preview, rule_for, rules_for, runs_for
from mainstay.lib.errors import MainstayError
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.people.queries import staff_members
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .forms import RuleForm, initial_of
from .words import conditions_in_words, does_in_words, joined, when_in_words

RUNS = 40


@require_safe
@staff_only(Permission.MANAGE_DESK)
def rules(request: DeskRequest) -> HttpResponse:
    """Every rule in its order."""
    names = {person.pk: person.name for person in staff_members()}
    told = [
        {
            "it": rule,
            "when": when_in_words(rule),
            "conditions": conditions_in_words(rule, request.policy),
            "joined": joined(rule),
            "does": does_in_words(rule, names, request.person),
        }
        for rule in rules_for(request.person)
    ]
    return desk_page(request, "desk/automation/page.html", {"rules": told})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def rule_new(request: DeskRequest) -> HttpResponse:
    """A new rule; it is looked at before it is saved, and switched on after."""
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def rule(request: DeskRequest, pk: int) -> HttpResponse:
    return _form(request, _found(request, pk))


@require_POST
@staff_only(Permission.MANAGE_DESK)
def rule_change(request: DeskRequest, pk: int) -> HttpResponse:
    """Switch it, move it, copy it, or remove it."""
    it, now, by = _found(request, pk), timezone.now(), request.person
    verbs: dict[str, Callable[[], object]] = {
        "on": lambda: actions.switch_rule(it, is_on=True, by=by, at=now),
        "off": lambda: actions.switch_rule(it, is_on=False, by=by, at=now),
        "up": lambda: actions.move_rule(it, up=True, by=by, at=now),
        "down": lambda: actions.move_rule(it, up=False, by=by, at=now),
        "copy": lambda: actions.copy_rule(it, by=by, at=now),
        "remove": lambda: actions.remove_rule(it, by=by, at=now),
    }
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        messages.error(request, _("Nothing was chosen, so nothing was changed. Please load the page again."))
        return redirect("desk:rules")
    try:
        twice_if_needed(verb)
    except NotAllowed:
        raise
    except MainstayError as problem:
        messages.error(request, str(problem))
    return redirect("desk:rules")


@require_safe
@staff_only(Permission.MANAGE_DESK)
def rule_runs(request: DeskRequest) -> HttpResponse:
    """What rules did, newest first; of one rule when it is named."""
    wanted, after = request.GET.get("rule", ""), request.GET.get("after", "")
    it = rule_for(request.person, int(wanted)) if _is_key(wanted) else None
    runs = runs_for(request.person, it)
    if _is_key(after):
        runs = runs.filter(pk__lt=int(after))
    found = list(runs[: RUNS + 1])
    context = {
        "rule": it,
        "runs": found[:RUNS],
        "after": found[RUNS - 1].pk if len(found) > RUNS else "",
    }
    return desk_page(request, "desk/automation/runs.html", context)


def _form(request: DeskRequest, it: Rule | None) -> HttpResponse:
    seen = fingerprint(actions.seen_of(it)) if it else ""
    initial = {**initial_of(it), "seen": seen} if it else {}
    rows = len(it.conditions) if it else 0
    form = RuleForm(request.policy, request.POST or None, initial=initial, rows=rows)
    looked: Preview | None = None
    is_stale = False
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "preview":
            looked = _looked(form)
        else:
            try:
                return _saved(request, it, form)
            except NotAllowed:
                raise
            except MainstayError as problem:
                is_stale = isinstance(problem, ChangedMeanwhile)
                form.add_error(None, str(problem))
    elif it is not None and request.method != "POST":
        asked = RuleForm(request.policy, {**initial, "tells": it.tells}, initial=initial, rows=rows)
        looked = _looked(asked) if asked.is_valid() else None
    if it is None and request.method != "POST":
        form.fields["name"].widget.attrs["autofocus"] = True
    context: dict[str, Any] = {
        "it": it,
        "form": form,
        "looked": looked,
        "is_asked": request.method == "POST",
        "is_stale": is_stale,
        "stands": _in_words(request, it) if it is not None and is_stale else None,
        "seen_now": seen,
    }
    return desk_page(request, "desk/automation/rule.html", context, status=422 if form.errors else 200)


def _in_words(request: DeskRequest, it: Rule) -> dict[str, Any]:
    names = {person.pk: person.name for person in staff_members()}
    return {
        "name": it.name,
        "when": when_in_words(it),
        "conditions": conditions_in_words(it, request.policy),
        "joined": joined(it),
        "does": does_in_words(it, names, request.person),
    }


def _looked(form: RuleForm) -> Preview:
    return preview(form.cleaned_data["when"], form.cleaned_data["match"], form.asked, timezone.now())


def _saved(request: DeskRequest, it: Rule | None, form: RuleForm) -> HttpResponse:
    now, by = timezone.now(), request.person
    if it is None:
        made = actions.add_rule(form.given, by=by, at=now)
        messages.success(request, _("Saved. Look at what it would have met, then switch it on."))
        return redirect("desk:rule", pk=made.pk)
    actions.change_rule(it, form.given, seen=form.cleaned_data["seen"], by=by, at=now)
    messages.success(request, _("Saved."))
    return redirect("desk:rules")


def _found(request: DeskRequest, pk: int) -> Rule:
    it = rule_for(request.person, pk)
    if it is None:
        raise Http404
    return it


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
