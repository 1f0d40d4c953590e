"""One organisation: its people and tickets, who sells to whom, everything in one time line, and its details."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.entitlement.rules import decide
from mainstay.lib.errors import MainstayError
from mainstay.people import changing
from mainstay.people.errors import ChangedMeanwhile
from mainstay.people.finding import PeopleWanted, organisation_for, people_found
from mainstay.people.models import Organisation, OrganisationMerge, Person
from mainstay.people.queries import organisations_for
from mainstay.people.states import Permission
from mainstay.tickets.lifelines import tickets_about
from mainstay.tickets.queries import COUNTED_UP_TO

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_in_force, rows_of
from ..setup.forms import posted
from .forms import OrganisationForm
from .timeline import Asked, timeline_context

SHOWN_PEOPLE = 20
SHOWN_TICKETS = 10
SHOWN_RESELLERS = 20


@require_safe
@staff_only(Permission.SEE_TICKETS)
def organisation(request: DeskRequest, pk: int) -> HttpResponse:
    it, viewer, now = found_organisation(request, pk), request.person, timezone.now()
    tickets = list(tickets_about(viewer, it).active().as_rows().order_by("-number")[: SHOWN_TICKETS + 1])
    people = people_found(viewer, PeopleWanted(organisation=it.pk)).prefetch_related("identities")
    shown = list(people[: SHOWN_PEOPLE + 1])
    resellers = list(organisations_for(viewer).filter(seller=it)[: SHOWN_RESELLERS + 1])
    merges = OrganisationMerge.objects.filter(undone_at=None).select_related("one", "by")
    context = {
        "organisation": it,
        "decision": decide(Person(organisation=it), request.policy),
        "people": shown[:SHOWN_PEOPLE],
        "has_more_people": len(shown) > SHOWN_PEOPLE,
        "resellers": resellers[:SHOWN_RESELLERS],
        "has_more_resellers": len(resellers) > SHOWN_RESELLERS,
        "rows": rows_of(tickets[:SHOWN_TICKETS], now),
        "has_more_open": len(tickets) > SHOWN_TICKETS,
        "ticket_count": tickets_about(viewer, it).order_by("-number")[:COUNTED_UP_TO].count(),
        "merges": list(merges.filter(into=it).order_by("-pk")),
        "merge": merges.filter(one=it).first() if it.merged_into is not None else None,
        "may_work": viewer.may(Permission.WORK_TICKETS) and it.merged_into is None,
        "may_undo": viewer.may(Permission.WORK_TICKETS),
        **names_in_force(request.policy, now),
        **timeline_context(viewer, it, Asked.of(request)),
        **_line_of(it),
    }
    return desk_page(request, "desk/people/organisation.html", context, topics=(f"organisation:{it.pk}",))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def organisation_timeline(request: DeskRequest, pk: int) -> HttpResponse:
    """The time line alone: read again when something of theirs changed."""
    it = found_organisation(request, pk)
    context = timeline_context(request.person, it, Asked.of(request))
    return render(request, "desk/people/timeline.html", {**context, **_line_of(it)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def organisation_new(request: DeskRequest) -> HttpResponse:
    form = OrganisationForm(posted(request), viewer=request.person, organisation=None)
    if request.method == "POST" and form.is_valid():
        try:
            it = changing.add_organisation(by=request.person, at=timezone.now(), **form.cleaned_data)
        except MainstayError as fault:
            form.blame(fault)
        else:
            return redirect("desk:organisation", it.pk)
    return _form_page(request, form, None, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def organisation_change(request: DeskRequest, pk: int) -> HttpResponse:
    """As `person_change`: nobody overwrites what they have not seen."""
    it = found_organisation(request, pk)
    form = OrganisationForm(posted(request), viewer=request.person, organisation=it)
    saved: Mapping[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_organisation(it, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            it = found_organisation(request, pk)
            saved = changing.seen_of_organisation(it)
            form.see(saved)
        except MainstayError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:organisation", it.pk)
    return _form_page(request, form, it, saved)


def found_organisation(request: DeskRequest, pk: int) -> Organisation:
    """The organisation, which this viewer may see."""
    found = organisation_for(request.person, pk)
    if found is None:
        raise Http404
    return found


def _line_of(it: Organisation) -> dict[str, str]:
    return {
        "line_topic": f"organisation:{it.pk}",
        "line_url": reverse("desk:organisation_timeline", args=[it.pk]),
    }


def _form_page(
    request: DeskRequest, form: OrganisationForm, it: Organisation | None, saved: Mapping[str, Any] | None
) -> HttpResponse:
    context = {"form": form, "organisation": it, "saved": saved, "zones": sorted(available_timezones())}
    status = 422 if form.errors else 200
    return desk_page(request, "desk/people/organisation_change.html", context, status=status)
