"""What is ready to be used while one writes: canned answers, macros, colleagues to be mentioned."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NotAllowed
from mainstay.people.states import Permission
from mainstay.promises.queries import policy_of
from mainstay.tickets.errors import AnsweredMeanwhile
from mainstay.tickets.models import Ticket
from mainstay.tickets.queries import ticket_for
from mainstay.tickets.states import Then
from mainstay.writing import actions
from mainstay.writing.deeds import deeds
from mainstay.writing.errors import DraftChanged
from mainstay.writing.filling import filled_for, wording_in
from mainstay.writing.models import Answer, Macro
from mainstay.writing.queries import (
    answer_for,
    answers_for,
    colleagues_like,
    draft_of,
    macro_for,
    macros_for,
    newest_of,
    news_since,
    offered_for,
    run_for,
)
from mainstay.writing.states import MacroWrites
from mainstay.writing.variables import Filled

from ..deeds.deed import Deed, How, Place
from ..deeds.registry import deeds_for
from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .composer import language_name

MACRO = "desk/ticket/macro.html"
SHOWN_DEEDS = 30
WRITING_BEGINS = ("reply", "note", "ready")  # nothing for somebody who writes already


@require_safe
@staff_only(Permission.WRITE_NOTES)
def ticket_suggestions(request: DeskRequest, number: int) -> HttpResponse:
    """What the letters behind a `/` or an `@` may mean, as options of a list."""
    it = ticket_for(request.person, number)
    typed = request.GET.get("typed", "")
    if request.GET.get("of") == "colleagues":
        return render(request, "desk/ticket/colleagues.html", {"colleagues": colleagues_like(typed, request.person)})
    context = {"ticket": it, "offered": offered_for(request.person, typed), "deeds": _deeds_like(request, typed)}
    return render(request, "desk/ticket/suggestions.html", context)


def _deeds_like(request: DeskRequest, typed: str) -> list[Deed]:
    """What can be done on a ticket and is called so; what does not apply just now the page itself leaves out."""
    wanted = typed.strip().casefold()
    places = (Place.TICKET, Place.WRITING) if wanted else (Place.WRITING,)
    here = [deed for deed in deeds_for(request.person) if deed.place in places]
    named = [deed for deed in here if wanted in f"{deed.words} {deed.also}".casefold()]
    return [deed for deed in named if deed.how == How.PRESS and deed.name not in WRITING_BEGINS][:SHOWN_DEEDS]


@require_safe
@staff_only(Permission.WRITE_NOTES)
def ticket_ready(request: DeskRequest, number: int) -> HttpResponse:
    """Everything that can be put into a text here, or run; for browsers in which no list opens at the cursor."""
    return _list(request, ticket_for(request.person, number))


@require_POST
@staff_only(Permission.WRITE_NOTES)
def ticket_filling(request: DeskRequest, number: int) -> HttpResponse:
    """The words of a canned answer on this ticket, and what should be known about them; its use is counted.

    A script puts them in at the cursor; for a form they are put below the draft.
    """
    it = ticket_for(request.person, number)
    answer = answer_for(request.person, _key(request.POST.get("answer", "")))
    words = _words_of(answer, it, request) if answer else None
    by_script = request.accepts("application/json") and not request.accepts("text/html")
    if answer is None or words is None:
        problem = _("This canned answer is not there any more.")
        if by_script:
            return JsonResponse({"text": "", "problem": problem}, status=422)
        messages.error(request, problem)
        return _list(request, it, status=422)
    actions.count_use(answer, at=timezone.now())
    filled, told = words
    return (
        JsonResponse({"text": filled.text, "told": told}) if by_script else _put_below_draft(request, it, filled, told)
    )


def _put_below_draft(request: DeskRequest, it: Ticket, filled: Filled, told: str) -> HttpResponse:
    draft = draft_of(request.person, it)
    text = f"{draft.text.rstrip()}\n\n{filled.text}" if draft and draft.text.strip() else filled.text
    known: dict[str, Any] = {"base": draft.base, "mode": draft.mode} if draft else {}
    try:
        actions.keep_draft(it, text=text, by=request.person, at=timezone.now(), **known)
    except DraftChanged as other:
        told = str(other)
    if told:
        messages.warning(request, told)
    return redirect(reverse("desk:ticket", args=[it.number]) + "#composer")


def _list(request: DeskRequest, it: Ticket, status: int = 200) -> HttpResponse:
    """Every canned answer and macro that this person may use here."""
    context = {"ticket": it, "answers": list(answers_for(request.person)), "macros": list(macros_for(request.person))}
    return desk_page(request, "desk/ticket/ready.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def ticket_macro(request: DeskRequest, number: int) -> HttpResponse:
    """What a macro will do here, and its words, before it is done; POST does it. Without a macro: all there are."""
    it = ticket_for(request.person, number)
    chosen = request.POST if request.method == "POST" else request.GET
    macro = macro_for(request.person, _key(chosen.get("macro", "")))
    if macro is None:
        if request.method == "POST":
            messages.error(request, _("This macro is not there any more. Nothing was done."))
        return _list(request, it, status=422 if request.method == "POST" else 200)
    return _run(request, it, macro) if request.method == "POST" else _preview(request, it, macro)


def _run(request: DeskRequest, it: Ticket, macro: Macro) -> HttpResponse:
    seen = request.POST.get("seen", "")
    given: dict[str, Any] = {
        "text": request.POST.get("text", ""),
        "seen": int(seen) if seen.isdecimal() and len(seen) < 19 else 0,
    }
    try:
        at = timezone.now()
        twice_if_needed(
            lambda: actions.run_macro(macro, it, by=request.person, at=at, undo_seconds=settings.UNDO_SECONDS, **given)
        )
    except NotAllowed:
        raise
    except AnsweredMeanwhile:
        return _preview(request, it, macro, text=given["text"], news=news_since(it, given["seen"]), status=422)
    except MainstayError as problem:
        return _preview(request, it, macro, text=given["text"], problem=str(problem), status=422)
    return redirect(reverse("desk:ticket", args=[it.number]) + "#newest")


def _preview(
    request: DeskRequest,
    it: Ticket,
    macro: Macro,
    *,
    text: str | None = None,
    problem: str = "",
    news: Any = (),
    status: int = 200,
) -> HttpResponse:
    words = _words_of(macro, it, request)
    context: dict[str, Any] = {
        "ticket": it,
        "macro": macro,
        "will": _will(macro, request),
        "text": text if text is not None else words[0].text if words else "",
        "told": words[1] if words else "",
        "seen": newest_of(it),
        "news": news,
        "problem": problem,
    }
    if request.htmx:
        return render(request, MACRO, context, status=status)
    return desk_page(request, "desk/ticket/macro_page.html", context, status=status)


def _will(macro: Macro, request: DeskRequest) -> list[str]:
    """What the macro will do, line by line, in its order."""
    known = deeds()
    lines = [
        known[one["deed"]].told(one["value"], request.person) if one["deed"] in known else one["deed"]
        for one in macro.deeds
    ]
    if macro.writes == MacroWrites.REPLY:
        lines += [_("Send the reply below"), str(Then(macro.then).label)]
    elif macro.writes == MacroWrites.NOTE:
        lines.append(_("Add the note below"))
    return lines


@require_POST
@staff_only(Permission.WORK_TICKETS)
def macro_undoing(request: DeskRequest, pk: int) -> HttpResponse:
    """Undo a macro that one has just run, as far as nothing happened since."""
    run = run_for(request.person, pk)
    if run is None:
        raise Http404
    try:
        undone = twice_if_needed(lambda: actions.undo_macro(run, by=request.person, at=timezone.now()))
    except MainstayError as problem:
        messages.error(request, str(problem))
    else:
        for sentence in undone.kept:
            messages.warning(request, sentence)
        if not undone.kept:
            messages.success(request, _("“%(macro)s” is undone.") % {"macro": run.name})
    return redirect("desk:ticket", number=run.ticket.number)


def _words_of(kept: Answer | Macro, it: Ticket, request: DeskRequest) -> tuple[Filled, str] | None:
    """The words in the customer's language as far as there are any, and a sentence on what is missing; None without words."""
    wording = wording_in(list(kept.wordings.all()), it.language, policy_of(it.promise.revision_id))
    if wording is None:
        return None
    filled = filled_for(wording, it, request.person)
    told = []
    if it.language and wording.language != it.language.lower().split("-")[0]:
        told.append(
            _("There is no %(wanted)s text: this is the %(language)s one.")
            % {
                "wanted": language_name(it.language),
                "language": language_name(wording.language),
            }
        )
    if filled.gaps:
        told.append(_("Not known here: %(gaps)s. Fill in what is marked.") % {"gaps": ", ".join(filled.gaps)})
    return filled, " ".join(told)


def _key(text: str) -> int:
    """The key of a row; 0, which none has, for what is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
