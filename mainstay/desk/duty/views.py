"""The roster of a week with its shifts and absences, the forms that plan them, and one's own presence."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.duty import actions
from mainstay.duty.errors import DutyError
from mainstay.duty.models import DutyEvent, Shift
from mainstay.duty.queries import (
    Duty,
    RosterRow,
    absence_for,
    duty_at,
    duty_history,
    roster,
    shift_for,
)
from mainstay.duty.rules import Standing
from mainstay.duty.states import DutyDeed, Here
from mainstay.duty.words import absence_in_words, shift_in_words
from mainstay.people.models import Person
from mainstay.people.queries import assignable_staff
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, for_staff, staff_only
from .forms import AbsenceForm, LanguagesForm, ShiftForm, chosen_day
from .signs import keep

AWAY_MINUTES = {"away:15": 15, "away:60": 60}


@dataclass(frozen=True)
class ShownRow:
    """One person in the roster: how they stand now, the week, and what is planned, in words."""

    row: RosterRow
    standing: Standing
    shifts: list[tuple[Shift, str]]
    absences: list[tuple[int, str, bool]]  # key, words, whether the reader may take it back
    languages: str


@require_safe
@staff_only(Permission.SEE_TICKETS)
def duty(request: DeskRequest) -> HttpResponse:
    context = _roster(request)
    return desk_page(request, "desk/duty/page.html", context, topics=(actions.TOPIC,))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def duty_roster(request: DeskRequest) -> HttpResponse:
    """The roster alone: read again when somebody planned or came."""
    return render(request, "desk/duty/roster.html", _roster(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DUTY)
def shift_new(request: DeskRequest) -> HttpResponse:
    form = ShiftForm(request.POST or None, initial={"person": request.GET.get("person", "")})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_shift(form.cleaned_data["person"], **form.plan, by=request.person, at=timezone.now())
        except DutyError as fault:
            form.blame(fault)
        else:
            return _planned(request)
    return _form(request, "desk/duty/shift.html", {"form": form, "shift": None, **_zones()})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DUTY)
def shift(request: DeskRequest, pk: int) -> HttpResponse:
    found = shift_for(request.person, pk)
    if found is None:
        raise Http404
    form = ShiftForm(request.POST or None, shift=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_shift(found, **form.plan, by=request.person, at=timezone.now())
        except DutyError as fault:
            form.blame(fault)
        else:
            return _planned(request)
    return _form(request, "desk/duty/shift.html", {"form": form, "shift": found, **_zones()})


@require_POST
@staff_only(Permission.MANAGE_DUTY)
def shift_removal(request: DeskRequest, pk: int) -> HttpResponse:
    found = shift_for(request.person, pk)
    if found is None:
        raise Http404
    actions.remove_shift(found, by=request.person, at=timezone.now())
    return _planned(request, _("The shift is removed."))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def absence_new(request: DeskRequest) -> HttpResponse:
    plans = request.person.may(Permission.MANAGE_DUTY)
    form = AbsenceForm(request.POST or None, plans=plans, reader=request.person)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        person = given.pop("person", request.person)
        try:
            actions.add_absence(person, **given, by=request.person, at=timezone.now())
        except DutyError as fault:
            form.blame(fault)
        else:
            return _planned(request)
    return _form(request, "desk/duty/absence.html", {"form": form, "zone": timezone.get_current_timezone_name()})


@require_POST
@staff_only(Permission.WORK_TICKETS)
def absence_removal(request: DeskRequest, pk: int) -> HttpResponse:
    found = absence_for(request.person, pk)
    if found is None:
        raise Http404
    actions.remove_absence(found, by=request.person, at=timezone.now())
    return _planned(request, _("The absence is taken back."))


@require_POST
@staff_only(Permission.MANAGE_DUTY)
def duty_languages(request: DeskRequest, pk: int) -> HttpResponse:
    """The languages in which somebody answers beside their own."""
    person = assignable_staff().filter(pk=pk).first()
    if person is None:
        raise Http404
    form = LanguagesForm(request.POST)
    try:
        codes = form.codes if form.is_valid() else ["?"]
        actions.set_languages(person, codes, by=request.person, at=timezone.now())
    except DutyError as fault:
        messages.error(request, str(fault))
        return redirect("desk:duty")
    return _planned(request)


@require_POST
@for_staff
def presence(request: DeskRequest) -> HttpResponse:
    """Here, away (for some minutes, or until one is back) or off; then back to where one was."""
    said, now = request.POST.get("state", ""), timezone.now()
    minutes = AWAY_MINUTES.get(said)
    state = "away" if minutes else said
    if state not in Here.values:
        raise Http404
    until = now + timedelta(minutes=minutes) if minutes else None
    keep(request, actions.set_presence(request.person, state, until=until, by=request.person, at=now))
    return redirect(_where_from(request))


@require_POST
@for_staff
def presence_sign(request: DeskRequest) -> HttpResponse:
    """Somebody types or reads here: the middleware has noted it."""
    return HttpResponse(status=204)


def _roster(request: DeskRequest) -> dict[str, Any]:
    now, zone = timezone.now(), zone_of(request.person)
    today = now.astimezone(zone).date()
    chosen = chosen_day(request.GET.get("week", ""), today)
    monday = chosen - timedelta(days=chosen.weekday())
    current = duty_at(now, away_after=request.policy.assignment.away_after)
    coming = min(
        (standing.next_at for standing in current.standings.values() if standing.next_at and standing.missing),
        default=None,
    )
    rows = [_shown(row, current, request.person) for row in roster(monday, monday + timedelta(days=6), zone)]
    return {
        "rows": rows,
        "days": [monday + timedelta(days=number) for number in range(7)],
        "today": today,
        "on_duty": [(person, current.standings[person.pk]) for person in current.on_duty],
        "coming_at": coming,
        "coming": [one for one in current.people if current.standings[one.pk].next_at == coming] if coming else [],
        "has_roster": current.has_roster,
        "is_open": request.policy.calendar.is_open(now),
        "plans": request.person.may(Permission.MANAGE_DUTY),
        "may_be_absent": request.person.may(Permission.WORK_TICKETS),
        "history": [(event, _told(event)) for event in duty_history()],
        "roster_url": _week_url("desk:duty_roster", monday),
        "earlier_url": _week_url("desk:duty", monday - timedelta(days=7)),
        "later_url": _week_url("desk:duty", monday + timedelta(days=7)),
        "is_this_week": monday <= today < monday + timedelta(days=7),
        "zone": str(zone),
    }


def _shown(row: RosterRow, current: Duty, reader: Person) -> ShownRow:
    may_all = reader.may(Permission.MANAGE_DUTY)
    return ShownRow(
        row=row,
        standing=current.standings[row.person.pk],
        shifts=[(one, shift_in_words(one)) for one in row.shifts],
        absences=[(one.pk, absence_in_words(one), may_all or row.person.pk == reader.pk) for one in row.absences],
        languages=", ".join(row.presence.languages) if row.presence else "",
    )


def _told(event: DutyEvent) -> str:
    by = event.by.name if event.by else _("The desk")
    return str(DutyDeed(event.kind).label) % {"by": by, "person": event.person, "what": event.facts.get("what", "–")}


def _week_url(name: str, monday: date) -> str:
    return reverse(name) + f"?week={monday.isoformat()}"


def _form(request: DeskRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return desk_page(request, template, context, status=422 if context["form"].errors else 200)


def _zones() -> dict[str, list[str]]:
    return {"zones": sorted(available_timezones())}


def _planned(request: DeskRequest, words: str = "") -> HttpResponse:
    messages.success(request, words or _("Saved."))
    return redirect("desk:duty")


def _where_from(request: DeskRequest) -> str:
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if before and is_ours else reverse("desk:duty")
