"""The search page and its results alone, which the page asks for while one types."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.people.states import Permission
from mainstay.search.queries import search as ask

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_of

SHOWN_LENGTH = 400


@require_safe
@staff_only(Permission.SEE_TICKETS)
def search(request: DeskRequest) -> HttpResponse:
    """The whole page, with what was found for `q`."""
    return desk_page(request, "desk/search/page.html", _found(request))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def search_results(request: DeskRequest) -> HttpResponse:
    """What was found alone; `Vary` by nothing, and never kept: it changes with every ticket."""
    answer = render(request, "desk/search/results.html", _found(request))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _found(request: DeskRequest) -> dict[str, Any]:
    text = request.GET.get("q", "")
    found = ask(request.person, text, request.policy, timezone.now(), after=request.GET.get("after", ""))
    shown = text.replace("\x00", "")[:SHOWN_LENGTH]
    return {
        "q": shown,
        "found": found,
        "instead": [
            _("Nobody ever wrote “%(said)s”: also looked for %(words)s.") % {"said": said, "words": ", ".join(words)}
            for said, words in found.instead
        ],
        "older_url": f"{reverse('desk:search')}?{urlencode({'q': shown, 'after': found.after})}" if found.after else "",
        **names_of(request.policy),
    }
