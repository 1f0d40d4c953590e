"""One person: everything over all channels in one time line, what is known of them, and what can be done."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.entitlement.rules import decide
from mainstay.lib.errors import MainstayError
from mainstay.people import changing
from mainstay.people.errors import AddressTaken, ChangedMeanwhile, NoSuchAddress, NoSuchNote, NotAnAddress
from mainstay.people.finding import candidates_for, identity_for, note_for, person_for
from mainstay.people.models import Identity, Person, PersonMerge
from mainstay.people.queries import email_of, person_with_identity
from mainstay.people.rules import zone_of
from mainstay.people.states import Permission
from mainstay.satisfaction.queries import ratings_of
from mainstay.tickets.actions import write_to_person
from mainstay.tickets.errors import TicketError
from mainstay.tickets.lifelines import tickets_about
from mainstay.tickets.states import TextFormat

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from ..rows import names_in_force, rows_of
from ..setup.forms import posted
from .forms import AddressForm, NewPersonForm, NoteForm, PersonForm, WritingForm, languages
from .timeline import Asked, timeline_context

SHOWN_TICKETS = 10
SHOWN_NOTES = 20
TIMELINE = "desk/people/timeline.html"
VERBS = {
    "verify": changing.verify_address,
    "doubt": changing.doubt_address,
    "remove": changing.remove_address,
}


@require_safe
@staff_only(Permission.SEE_TICKETS)
def person(request: DeskRequest, pk: int) -> HttpResponse:
    return _page(request, found_person(request, pk))


@require_safe
@staff_only(Permission.SEE_TICKETS)
def person_timeline(request: DeskRequest, pk: int) -> HttpResponse:
    """The time line alone: read again when something of theirs changed."""
    it = found_person(request, pk)
    context = timeline_context(request.person, it, Asked.of(request))
    return render(request, TIMELINE, {**context, **_line_of(it)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def person_new(request: DeskRequest) -> HttpResponse:
    asked = {name: request.GET.get(name, "")[:320].replace("\x00", "") for name in ("address", "organisation")}
    form = NewPersonForm(posted(request), viewer=request.person, initial=asked)
    if request.method == "POST" and form.is_valid():
        try:
            it = changing.add_person(by=request.person, at=timezone.now(), **form.cleaned_data)
        except (AddressTaken, NotAnAddress) as fault:
            form.blame(fault)
        else:
            return redirect("desk:person", it.pk)
    owner = _owner_of(request, form)
    return _form_page(request, "desk/people/person_new.html", form, owner=owner)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def person_change(request: DeskRequest, pk: int) -> HttpResponse:
    """Somebody else's changes meanwhile are shown beside what was typed; saving again puts the latter in their place."""
    it = found_person(request, pk)
    form = PersonForm(posted(request), viewer=request.person, person=it)
    saved: Mapping[str, Any] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            changing.change_person(it, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            it = found_person(request, pk)
            saved = changing.seen_of_person(it)
            form.see(saved)
        except MainstayError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:person", it.pk)
    return _form_page(request, "desk/people/person_change.html", form, person=it, saved=saved)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def person_addresses(request: DeskRequest, pk: int) -> HttpResponse:
    """An address is added; one that belongs to somebody else leads to them."""
    it = found_person(request, pk)
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            changing.add_address(it, by=request.person, at=timezone.now(), **form.cleaned_data)
        except MainstayError as fault:
            form.blame(fault)
        else:
            return redirect("desk:person", it.pk)
    return _page(request, it, address_form=form, owner=_owner_of(request, form), status=422)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def address_change(request: DeskRequest, pk: int) -> HttpResponse:
    """An address is verified, doubted or removed."""
    found, verb = identity_for(request.person, pk), VERBS.get(request.POST.get("do", ""))
    if found is None or verb is None:
        raise Http404
    try:
        verb(found, by=request.person, at=timezone.now())
    except NoSuchAddress as problem:
        messages.error(request, str(problem))
    return redirect("desk:person", found.person_id)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def person_notes(request: DeskRequest, pk: int) -> HttpResponse:
    it = found_person(request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            changing.add_note(it, by=request.person, at=timezone.now(), text=form.cleaned_data["text"])
        except MainstayError as fault:
            form.blame(fault)
        else:
            return redirect("desk:person", it.pk)
    return _page(request, it, note_form=form, status=422)


@require_POST
@staff_only(Permission.WRITE_NOTES)
def note_removal(request: DeskRequest, pk: int) -> HttpResponse:
    note = note_for(request.person, pk)
    if note is None:
        raise Http404
    try:
        changing.remove_note(note, by=request.person, at=timezone.now())
    except NoSuchNote as problem:
        messages.error(request, str(problem))
    return redirect("desk:person", note.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def person_writing(request: DeskRequest, pk: int) -> HttpResponse:
    """A new ticket that begins with our message; on its page it can be taken back before it is sent."""
    it = found_person(request, pk)
    form = WritingForm(posted(request), policy=request.policy)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "undo_seconds": settings.UNDO_SECONDS, "text_format": TextFormat.MARKDOWN}
        try:
            message = twice_if_needed(lambda: write_to_person(it, by=request.person, at=timezone.now(), **given))
        except (TicketError, MainstayError) as fault:
            form.blame(fault)
        else:
            return redirect(reverse("desk:ticket", args=[message.ticket.number]) + "#newest")
    decision = decide(it, request.policy)
    context = {"person": it, "address": email_of(it), "decision": decision}
    return _form_page(request, "desk/people/writing.html", form, **context)


def found_person(request: DeskRequest, pk: int) -> Person:
    """The person, whom this viewer may see."""
    found = person_for(request.person, pk)
    if found is None:
        raise Http404
    return found


def _page(request: DeskRequest, it: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    """`more`: the form that could not be done, with what was typed, and whose address it was."""
    viewer, now = request.person, timezone.now()
    is_colleague = hasattr(it, "account")
    may_work = viewer.may(Permission.WORK_TICKETS) and not is_colleague and it.merged_into is None
    tickets = tickets_about(viewer, it)
    open_tickets = list(tickets.active().as_rows().order_by("-number")[: SHOWN_TICKETS + 1])
    decision = decide(it, request.policy)
    context = {
        "person": it,
        "is_colleague": is_colleague,
        "account_pk": it.account.pk if is_colleague and viewer.may(Permission.MANAGE_PEOPLE) else None,
        "addresses": list(Identity.objects.filter(person=it).order_by("channel", "pk")),
        "decision": decision,
        "language": dict(languages(it.language)).get(it.language, "") if it.language else "",
        "there": f"{now.astimezone(zone_of(it)):%H:%M}",
        "notes": list(it.notes.select_related("by").order_by("-at", "-pk")[:SHOWN_NOTES]),
        "candidates": candidates_for(viewer, it) if may_work else [],
        "merges": list(PersonMerge.objects.filter(into=it, undone_at=None).select_related("one", "by").order_by("-pk")),
        "merge": PersonMerge.objects.filter(one=it, undone_at=None).first() if it.merged_into is not None else None,
        "rows": rows_of(open_tickets[:SHOWN_TICKETS], now),
        "has_more_open": len(open_tickets) > SHOWN_TICKETS,
        "ratings": ratings_of(viewer, it),
        "may_work": may_work,
        "may_undo": viewer.may(Permission.WORK_TICKETS),
        "may_note": viewer.may(Permission.WRITE_NOTES) and not is_colleague and it.merged_into is None,
        "address_form": AddressForm(),
        "note_form": NoteForm(),
        "owner": None,
        **names_in_force(request.policy, now),
        **timeline_context(viewer, it, Asked.of(request)),
        **_line_of(it),
        **more,
    }
    return desk_page(request, "desk/people/person.html", context, topics=(f"customer:{it.pk}",), status=status)


def _line_of(it: Person) -> dict[str, str]:
    """What the time line hears of, and where it is read again."""
    return {
        "line_topic": f"customer:{it.pk}",
        "line_url": reverse("desk:person_timeline", args=[it.pk]),
    }


def _owner_of(request: DeskRequest, form: AddressForm | NewPersonForm) -> Person | None:
    """Whose the address is that could not be added."""
    if not form.errors or "address" not in form.errors:
        return None
    given = form.cleaned_data
    address = form.data.get("address", "") if "address" not in given else given["address"]
    try:
        known = changing.canonical(str(given.get("channel", "")), str(address))
    except NotAnAddress:
        return None
    owner = person_with_identity(str(given.get("channel", "")), known)
    return person_for(request.person, owner.pk) if owner is not None else None


def _form_page(request: DeskRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    zones = sorted(available_timezones())
    return desk_page(request, template, {"form": form, "zones": zones, **more}, status=422 if form.errors else 200)
