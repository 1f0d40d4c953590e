"""The search of the desk: what is typed, read and answered; without JavaScript as a form and links."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.search.errors import TookTooLong
from mainstay.search.narrowing import Asked
from mainstay.search.queries import Findings, find, unfinished_rebuild
from mainstay.search.reading import LONGEST, Question, read_question
from mainstay.search.states import Noun, Operator

from ..doorway import DeskRequest, desk_page, staff_only
from .suggesting import suggested, typed_in

AFTER_LONGEST = 300


@require_safe
@staff_only(Permission.SEE_TICKETS)
def search(request: DeskRequest) -> HttpResponse:
    """The whole page."""
    context = {**_results(request), "operators": [(one.value, one.label) for one in Operator], "longest": LONGEST}
    return desk_page(request, "desk/search/page.html", context)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def search_results(request: DeskRequest) -> HttpResponse:
    """The results alone, as somebody types."""
    return render(request, "desk/search/results.html", _results(request))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def search_suggestions(request: DeskRequest) -> HttpResponse:
    """A few of each kind, as options of the box at the top."""
    typed = typed_in(request)
    groups = suggested(request.person, typed, request.policy)
    all_url = f"{reverse('desk:search')}?{urlencode({'q': typed})}"
    return render(request, "desk/search/suggestions.html", {"groups": groups, "typed": typed, "all_url": all_url})


def _results(request: DeskRequest) -> dict[str, Any]:
    typed, now = typed_in(request), timezone.now()
    question = read_question(typed)
    noun = request.GET.get("of", "")
    nouns = (Noun(noun),) if noun in Noun.values else tuple(Noun)
    after = request.GET.get("after", "")[:AFTER_LONGEST] if len(nouns) == 1 else ""
    problem = ""
    try:
        found = find(question, Asked(request.person, now, request.policy), nouns=nouns, after=after)
    except TookTooLong as refused:
        found, problem = Findings(notes=question.notes), str(refused)
    return {
        "typed": typed,
        "is_asked": not question.is_empty,
        "is_further": bool(after),
        "problem": problem,
        "found": found,
        "notes": [_sentence(note.odd.label, note.said, note.known) for note in found.notes],
        "corrections": [(one.said, ", ".join(one.instead)) for one in found.corrections],
        "tabs": _tabs(typed, question, noun),
        "more": {one.value: _url(typed, one.value, found.goes_on(one)) for one in Noun if found.goes_on(one)},
        "of": nouns[0].value if len(nouns) == 1 else "",
        "news": _news(found),
        "rebuild": unfinished_rebuild(),
    }


def _sentence(label: Any, said: str, known: tuple[str, ...]) -> str:
    return str(label) % {"said": said, "known": ", ".join(known)}


def _tabs(typed: str, question: Question, noun: str) -> list[tuple[str, str, bool]]:
    """Word, address and whether one is there; where operators narrow tickets, there is nothing else to choose."""
    if question.is_empty or question.filters:
        return []
    kinds = [("", _("Everything")), *((one.value, str(one.label)) for one in Noun)]
    return [(label, _url(typed, key), key == (noun if noun in Noun.values else "")) for key, label in kinds]


def _url(typed: str, of: str = "", after: str = "") -> str:
    asked = {"q": typed, "of": of, "after": after}
    return reverse("desk:search") + "?" + urlencode({key: value for key, value in asked.items() if value})


def _news(found: Findings) -> str:
    """For screen readers; where it goes on, the number is no end."""
    number = len(found.tickets) + len(found.people) + len(found.organisations)
    if not number:
        return _("Nothing was found")
    if found.after:
        return _("The first %(n)s results; there are more") % {"n": number}
    return ngettext("%(n)s result", "%(n)s results", number) % {"n": number}
