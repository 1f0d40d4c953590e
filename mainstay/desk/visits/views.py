"""What a browser says of the pages that are open in it, and what others see of that."""

import re

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mainstay.live.actions import be_at, leave
from mainstay.live.rules import CLOSENESS
from mainstay.live.states import Attention
from mainstay.notifications.actions import mark_read
from mainstay.people.states import Permission
from mainstay.tickets.queries import NUMBER_MAX, ticket_for, tickets_for

from ..doorway import DeskRequest, for_staff, staff_only
from .faces import faces_at, faces_of, faces_url

PLACES_AT_ONCE = 50
BROWSER = re.compile(r"[0-9a-f]{16,40}")
PLACE = re.compile(rf"ticket:([0-9]{{1,19}}) ({'|'.join(CLOSENESS)})")


@require_POST
@for_staff
def visits(request: DeskRequest) -> HttpResponse:
    """A beat of a browser: `at=ticket:42 looking` for each tab, or `left=ticket:42` from one that closes.

    What one may not see, or does not exist, is passed over without a word.
    """
    browser = request.POST.get("browser", "")
    if not BROWSER.fullmatch(browser):
        return HttpResponse(status=422)
    if left := request.POST.get("left"):
        leave(request.person.pk, browser=browser, subject=left[:80].replace("\x00", ""))
        return HttpResponse(status=204)
    said = [PLACE.fullmatch(place) for place in request.POST.getlist("at")[:PLACES_AT_ONCE]]
    named = {number: place[2] for place in said if place and (number := int(place[1])) <= NUMBER_MAX}
    seen = tickets_for(request.person).filter(number__in=named).values_list("number", flat=True) if named else ()
    places = {f"ticket:{number}": named[number] for number in seen}
    now = timezone.now()
    for subject in be_at(request.person.pk, name=str(request.person), browser=browser, places=places, at=now):
        if places.get(subject, Attention.OPEN) != Attention.OPEN:
            mark_read(request.person, at=now, subject=subject)  # also when its page had been fetched ahead
    return HttpResponse(status=204)


@require_safe
@staff_only(Permission.SEE_TICKETS)
def ticket_visits(request: DeskRequest, number: int) -> HttpResponse:
    """The faces at a ticket: read again when somebody comes or leaves."""
    it = ticket_for(request.person, number)
    return render(request, "desk/visits/ticket.html", {"ticket": it, "faces": faces_at(it.topic, request.person)})


@require_safe
@staff_only(Permission.SEE_TICKETS)
def row_visits(request: DeskRequest) -> HttpResponse:
    """The faces in the rows of a list (`?of=1001.1002`), each for its own place."""
    asked = [int(number) for number in request.GET.get("of", "").split(".") if number.isdecimal() and len(number) < 19]
    seen = list(tickets_for(request.person).filter(number__in=asked[:PLACES_AT_ONCE]).order_by("number"))
    found = faces_of([ticket.topic for ticket in seen], request.person)
    rows = [(ticket.number, found.get(ticket.topic, [])) for ticket in seen]
    return render(request, "desk/visits/rows.html", {"rows": rows, "faces_url": faces_url(seen)})
