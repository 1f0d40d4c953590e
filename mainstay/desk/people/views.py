"""Persons and organisations: who they are, whether we may help them, their tickets."""

from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.people.queries import organisations_for
from mainstay.people.states import Permission
from mainstay.tickets.queries import tickets_for
from mainstay.tickets.states import ACTIVE

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import page_context

SHOWN_TICKETS = 30
PAGE = 100


@require_safe
@staff_only(Permission.SEE_TICKETS)
def people(request: DeskRequest) -> HttpResponse:
    """Organisations by name, with how many people and open tickets each has."""
    after = request.GET.get("after", "").replace("\x00", "")
    organisations = (
        organisations_for(request.person).filter(name__gt=after) if after else organisations_for(request.person)
    )
    active = Count("tickets", filter=Q(tickets__state__in=ACTIVE), distinct=True)
    counted = organisations.annotate(person_count=Count("persons", distinct=True), active_count=active)
    found = list(counted[: PAGE + 1])
    older = "?" + urlencode({"after": found[PAGE - 1].name}) if len(found) > PAGE else ""
    return desk_page(request, "desk/people/page.html", {"organisations": found[:PAGE], "older_url": older})


@require_safe
@staff_only(Permission.SEE_TICKETS)
def organisation(request: DeskRequest, pk: int) -> HttpResponse:
    found = organisations_for(request.person).select_related("seller").filter(pk=pk).first()
    if found is None:
        raise Http404
    latest = tickets_for(request.person).filter(organisation=found).as_rows().order_by("-number")[:SHOWN_TICKETS]
    context = {
        "organisation": found,
        "persons": list(found.persons.prefetch_related("identities").order_by("name", "pk")),
        **page_context(latest, request.policy, request.person),
    }
    return desk_page(request, "desk/people/organisation.html", context)
