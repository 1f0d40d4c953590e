"""The pages of canned answers and of macros: `shared` are those that everybody uses, kept by who may; else one's own.

Both nouns have the same pages; what differs is said once, in a `Noun`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.duty.queries import languages_answered
from mainstay.lib.errors import MainstayError
from mainstay.lib.fingerprints import fingerprint
from mainstay.people.errors import NotAllowed
from mainstay.people.states import Permission
from mainstay.writing import actions
from mainstay.writing.errors import ChangedMeanwhile
from mainstay.writing.models import Answer, Macro
from mainstay.writing.queries import answer_for, folders_of, macro_for, may_change, shared_and_own
from mainstay.writing.variables import VARIABLES

from ..doorway import DeskRequest, desk_page, staff_only
from .forms import KeptForm, MacroForm, initial_of


@dataclass(frozen=True)
class Noun:
    """`key` is the beginning of the names of its addresses: `answers`, `answer_new`, `answer`, `shared_answer`."""

    key: str
    model: type[Answer] | type[Macro]
    form: type[KeptForm]
    find: Callable[..., Answer | Macro | None]

    def page(self, what: str, *, shared: bool) -> str:
        names = {"list": f"{self.key}s", "new": f"{self.key}_new", "one": self.key}
        return f"desk:{'shared_' if shared else ''}{names[what]}"


ANSWER = Noun("answer", Answer, KeptForm, answer_for)
MACRO = Noun("macro", Macro, MacroForm, macro_for)


@require_safe
@staff_only(Permission.WRITE_NOTES)
def answers(request: DeskRequest) -> HttpResponse:
    return _list(request, ANSWER, shared=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WRITE_NOTES)
def answer_new(request: DeskRequest) -> HttpResponse:
    return _one(request, ANSWER, None, shared=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WRITE_NOTES)
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    return _one(request, ANSWER, pk, shared=False)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def answer_removal(request: DeskRequest, pk: int) -> HttpResponse:
    return _remove(request, ANSWER, pk)


@require_safe
@staff_only(Permission.WORK_TICKETS)
def macros(request: DeskRequest) -> HttpResponse:
    return _list(request, MACRO, shared=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def macro_new(request: DeskRequest) -> HttpResponse:
    return _one(request, MACRO, None, shared=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def macro(request: DeskRequest, pk: int) -> HttpResponse:
    return _one(request, MACRO, pk, shared=False)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def macro_removal(request: DeskRequest, pk: int) -> HttpResponse:
    return _remove(request, MACRO, pk)


# --- what everybody uses ----------------------------------------------------------------------------------------------


@require_safe
@staff_only(Permission.MANAGE_ANSWERS)
def shared_answers(request: DeskRequest) -> HttpResponse:
    return _list(request, ANSWER, shared=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_ANSWERS)
def shared_answer_new(request: DeskRequest) -> HttpResponse:
    return _one(request, ANSWER, None, shared=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_ANSWERS)
def shared_answer(request: DeskRequest, pk: int) -> HttpResponse:
    return _one(request, ANSWER, pk, shared=True)


@require_safe
@staff_only(Permission.MANAGE_ANSWERS)
def shared_macros(request: DeskRequest) -> HttpResponse:
    return _list(request, MACRO, shared=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_ANSWERS)
def shared_macro_new(request: DeskRequest) -> HttpResponse:
    return _one(request, MACRO, None, shared=True)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_ANSWERS)
def shared_macro(request: DeskRequest, pk: int) -> HttpResponse:
    return _one(request, MACRO, pk, shared=True)


# --- both ---------------------------------------------------------------------------------------------------------------


def _list(request: DeskRequest, noun: Noun, *, shared: bool) -> HttpResponse:
    context: dict[str, Any] = {
        "noun": noun.key,
        "shared": shared,
        "kept": shared_and_own(request.person, noun.model, shared=shared),
        "everybodys": [] if shared else shared_and_own(request.person, noun.model, shared=True),
        "may_run": request.person.may(Permission.WORK_TICKETS),
        "one_page": noun.page("one", shared=shared),
        "new_page": noun.page("new", shared=shared),
    }
    return desk_page(request, "desk/answers/page.html", context)


def _one(request: DeskRequest, noun: Noun, pk: int | None, *, shared: bool) -> HttpResponse:
    """A new one (`pk` is None), or one to be changed."""
    kept = _found(request, noun, pk) if pk is not None else None
    if kept is not None and kept.is_shared != shared:
        raise Http404
    seen = fingerprint(actions.seen_of(kept)) if kept else ""
    languages = _languages(request, kept)
    initial = {**initial_of(kept), "seen": seen} if kept else {}
    form = noun.form(languages, request.POST or None, initial=initial)
    is_stale = False
    if request.method == "POST" and form.is_valid():
        try:
            _store(request, noun, kept, form, shared)
        except NotAllowed:
            raise
        except MainstayError as problem:
            is_stale = isinstance(problem, ChangedMeanwhile)
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect(noun.page("list", shared=shared))
    context: dict[str, Any] = {
        "noun": noun.key,
        "shared": shared,
        "it": kept,
        "form": form,
        "folders": folders_of(request.person, noun.model),
        "variables": [(f"{{{{ {name} }}}}", words) for name, words in VARIABLES.items()],
        "now": initial_of(kept) if kept is not None and is_stale else {},
        "seen_now": seen,
        "list_page": noun.page("list", shared=shared),
        "removal_page": f"desk:{noun.key}_removal",
        "may_see_log": request.person.may(Permission.MANAGE_DESK),
    }
    return desk_page(request, f"desk/answers/{noun.key}.html", context, status=422 if form.errors else 200)


def _languages(request: DeskRequest, kept: Answer | Macro | None) -> list[str]:
    """Those of the policy first, then those in which colleagues answer, and any in which there are words already."""
    offered = list(request.policy.languages.offered)
    others = languages_answered() | {one.language for one in (kept.wordings.all() if kept else ())}
    return [*offered, *sorted(others - set(offered))]


def _store(request: DeskRequest, noun: Noun, kept: Answer | Macro | None, form: KeptForm, shared: bool) -> None:
    at, by = timezone.now(), request.person
    seen = form.cleaned_data["seen"]
    if isinstance(form, MacroForm):
        given = (form.naming, form.does)
        if isinstance(kept, Macro):
            actions.change_macro(kept, *given, wordings=form.wordings, seen=seen, by=by, at=at)
        else:
            actions.add_macro(*given, wordings=form.wordings, shared=shared, by=by, at=at)
    elif isinstance(kept, Answer):
        actions.change_answer(kept, form.naming, wordings=form.wordings, seen=seen, by=by, at=at)
    else:
        actions.add_answer(form.naming, wordings=form.wordings, shared=shared, by=by, at=at)


def _remove(request: DeskRequest, noun: Noun, pk: int) -> HttpResponse:
    kept = _found(request, noun, pk)
    actions.remove_kept(kept, by=request.person, at=timezone.now())
    messages.success(request, _("“%(name)s” is gone.") % {"name": kept.name})
    return redirect(noun.page("list", shared=kept.is_shared))


def _found(request: DeskRequest, noun: Noun, pk: int) -> Answer | Macro:
    kept = noun.find(request.person, pk)
    if kept is None:
        raise Http404
    if not may_change(request.person, kept):
        raise NotAllowed
    return kept
