"""Merge two records that are one: first find the other, then see what moves, then do it; and undo it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.lib.errors import MainstayError
from mainstay.people.errors import NoSuchPerson
from mainstay.people.finding import (
    PeopleWanted,
    candidates_for,
    joining_for,
    merge_for,
    organisation_for,
    organisations_found,
    people_found,
    person_for,
)
from mainstay.people.joining import join_organisations, undo_joining, why_not_join
from mainstay.people.joining import parts_of as parts_of_organisation
from mainstay.people.merging import keep_persons_apart, merge_persons, parts_of, undo_merge, why_not_merge
from mainstay.people.moving import Lost
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .organisations import found_organisation
from .persons import found_person

SHOWN = 12


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def person_merge(request: DeskRequest, pk: int) -> HttpResponse:
    """This person goes into another one."""
    one = found_person(request, pk)
    key = _key(request)
    into = person_for(request.person, key) if key is not None else None
    problem: MainstayError | None = None
    if request.method == "POST" and into is not None:
        target = into
        try:
            twice_if_needed(lambda: merge_persons(one, into=target, by=request.person, at=timezone.now()))
        except MainstayError as fault:
            problem = fault
        else:
            messages.success(request, _("Merged. It can be undone here at any time."))
            return redirect("desk:person", target.pk)
    elif into is not None:
        problem = why_not_merge(one, into)
    words = _words(request)
    context = {
        "one": one,
        "into": into,
        "parts": parts_of(one) if into is not None and problem is None else [],
        "addresses": list(one.identities.order_by("channel", "pk").values_list("address", flat=True)),
        "problem": str(problem) if problem else "",
        "words": words,
        "candidates": candidates_for(request.person, one) if into is None and not words else [],
        "found": list(people_found(request.person, PeopleWanted(words)).exclude(pk=one.pk)[:SHOWN]) if words else [],
    }
    return desk_page(request, "desk/people/merge.html", context, status=409 if problem else 200)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def person_apart(request: DeskRequest, pk: int) -> HttpResponse:
    """These are two: they are not suggested again."""
    one, key = found_person(request, pk), _key(request)
    other = person_for(request.person, key) if key is not None else None
    try:
        if other is None:
            raise NoSuchPerson
        keep_persons_apart(one, other, by=request.person, at=timezone.now())
    except MainstayError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Kept apart: they are not suggested again."))
    return redirect("desk:people_alike") if request.POST.get("from") == "alike" else redirect("desk:person", one.pk)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def merge_undoing(request: DeskRequest, pk: int) -> HttpResponse:
    merge = merge_for(request.person, pk)
    if merge is None:
        raise Http404
    lost = twice_if_needed(lambda: undo_merge(merge, by=request.person, at=timezone.now()))
    _tell(request, lost)
    return redirect("desk:person", merge.one_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.WORK_TICKETS)
def organisation_merge(request: DeskRequest, pk: int) -> HttpResponse:
    """This organisation goes into another one."""
    one = found_organisation(request, pk)
    key = _key(request)
    into = organisation_for(request.person, key) if key is not None else None
    problem: MainstayError | None = None
    if request.method == "POST" and into is not None:
        target = into
        try:
            twice_if_needed(lambda: join_organisations(one, into=target, by=request.person, at=timezone.now()))
        except MainstayError as fault:
            problem = fault
        else:
            messages.success(request, _("Merged. It can be undone here at any time."))
            return redirect("desk:organisation", target.pk)
    elif into is not None:
        problem = why_not_join(one, into)
    words = _words(request)
    context: dict[str, Any] = {
        "one": one,
        "into": into,
        "parts": parts_of_organisation(one) if into is not None and problem is None else [],
        "problem": str(problem) if problem else "",
        "words": words,
        "found": list(organisations_found(request.person, words).exclude(pk=one.pk)[:SHOWN]) if words else [],
    }
    return desk_page(request, "desk/people/organisation_merge.html", context, status=409 if problem else 200)


@require_POST
@staff_only(Permission.WORK_TICKETS)
def joining_undoing(request: DeskRequest, pk: int) -> HttpResponse:
    merge = joining_for(request.person, pk)
    if merge is None:
        raise Http404
    lost = twice_if_needed(lambda: undo_joining(merge, by=request.person, at=timezone.now()))
    _tell(request, lost)
    return redirect("desk:organisation", merge.one_id)


def _tell(request: DeskRequest, lost: Lost) -> None:
    """What could not be put back is said, each thing in a sentence."""
    if not lost.sentences:
        messages.success(request, _("Undone: everything is where it was."))
        return
    messages.warning(request, " ".join([_("Undone, but not wholly."), *lost.sentences]))


def _key(request: DeskRequest) -> int | None:
    text = (request.POST if request.method == "POST" else request.GET).get("into", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _words(request: DeskRequest) -> str:
    return request.GET.get("q", "")[:200].replace("\x00", "").strip()
