"""The palette's list, what it finds beside deeds, and the page of all keys."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..doorway import DeskRequest, desk_page, for_staff
from ..search.suggesting import typed_in
from .deed import Deed, How, Place
from .finding import found
from .registry import deeds_for

# In the palette, what is only here comes before what is everywhere.
NEAREST = (Place.TICKET, Place.LIST, Place.PAGE, Place.WRITING, Place.EVERYWHERE, Place.GOING)
KEPT_SECONDS = 86400  # the address is another one when the list is


@require_safe
@for_staff
def deeds(request: DeskRequest) -> HttpResponse:
    """Everything this person may do, as options of the palette; which of them apply here, the page itself knows."""
    offered = [deed for deed in deeds_for(request.person) if deed.how != How.BUILT_IN]
    offered.sort(key=lambda deed: NEAREST.index(deed.place))
    answer = render(request, "desk/deeds/options.html", {"groups": _grouped(offered)})
    answer["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return answer


@require_safe
@for_staff
def palette_found(request: DeskRequest) -> HttpResponse:
    """Tickets, people and views for what is typed, as further options."""
    groups = found(request.person, typed_in(request), request.policy)
    return render(request, "desk/deeds/found.html", {"groups": groups})


@require_safe
@for_staff
def keys(request: DeskRequest) -> HttpResponse:
    """All keys: a page of its own, and what the help shows."""
    groups = _grouped([deed for deed in deeds_for(request.person) if deed.keys])
    if request.htmx:
        return render(request, "desk/deeds/keys.html", {"groups": groups})
    return desk_page(request, "desk/deeds/page.html", {"groups": groups})


def _grouped(offered: list[Deed]) -> list[tuple[str, list[Deed]]]:
    return [(place.label, list(some)) for place, some in groupby(offered, key=lambda deed: deed.place)]
