"""The mailboxes that mail is fetched from: the list, one mailbox, its test, and what starts, pauses and removes it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.channels.email.mailboxes.actions import (
    TOPIC,
    add_mailbox,
    change_mailbox,
    pause_mailbox,
    remove_mailbox,
    resume_mailbox,
)
from mainstay.channels.email.mailboxes.checking import Step, check_mailbox, is_good
from mainstay.channels.email.mailboxes.errors import KeyMissing, WrongSetUp
from mainstay.channels.email.mailboxes.queries import events_of, mailboxes_for, owed_by
from mainstay.channels.email.mailboxes.rules import is_silent
from mainstay.channels.email.models import FolderPosition, Mailbox
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only
from .forms import MailboxForm

SHOWN_EVENTS = 20


@dataclass(frozen=True)
class Standing:
    """How a mailbox fares: a word, whether it is loud, and how far the reading of its folders is."""

    mailbox: Mailbox
    mark: str  # sent, queued, kept or failed: the shapes of delivery stand for the same four fates here
    word: str
    owed: int
    busy: list[FolderPosition]


@require_safe
@staff_only(Permission.MANAGE_DESK)
def mailboxes(request: DeskRequest) -> HttpResponse:
    return desk_page(request, "desk/mailboxes/page.html", _listed(request), topics=(TOPIC,))


@require_safe
@staff_only(Permission.MANAGE_DESK)
def mailbox_rows(request: DeskRequest) -> HttpResponse:
    return render(request, "desk/mailboxes/rows.html", _listed(request))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def mailbox_new(request: DeskRequest) -> HttpResponse:
    """A new mailbox is paused: nothing in it is read before it was tested and started."""
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_mailbox(by=request.person, at=timezone.now(), **form.cleaned_data)
        except WrongSetUp as fault:
            form.blame(fault)
        except KeyMissing as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("Saved, and not started yet. Test the connection, then start fetching."))
            return redirect("desk:mailbox", made.pk)
    return desk_page(
        request, "desk/mailboxes/new.html", {"form": form}, status=422 if form.errors else 200, topics=(TOPIC,)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def mailbox(request: DeskRequest, pk: int) -> HttpResponse:
    found = _mailbox(request, pk)
    form = MailboxForm(request.POST or None, mailbox=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_mailbox(found, by=request.person, at=timezone.now(), **form.cleaned_data)
        except WrongSetUp as fault:
            form.blame(fault)
        except KeyMissing as fault:
            form.add_error(None, str(fault))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:mailbox", found.pk)
    return _page(request, found, form)


@require_POST
@staff_only(Permission.MANAGE_DESK)
def mailbox_test(request: DeskRequest, pk: int) -> HttpResponse:
    """Each step and what came of it; no mail is touched."""
    found = _mailbox(request, pk)
    return _page(request, found, MailboxForm(mailbox=found), check_mailbox(found))


@require_POST
@staff_only(Permission.MANAGE_DESK)
def mailbox_pause(request: DeskRequest, pk: int) -> HttpResponse:
    pause_mailbox(_mailbox(request, pk), by=request.person, at=timezone.now())
    return redirect("desk:mailbox", pk)


@require_POST
@staff_only(Permission.MANAGE_DESK)
def mailbox_resumption(request: DeskRequest, pk: int) -> HttpResponse:
    resume_mailbox(_mailbox(request, pk), by=request.person, at=timezone.now())
    return redirect("desk:mailbox", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def mailbox_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first: the secrets can't be brought back."""
    found = _mailbox(request, pk)
    if request.method == "POST":
        remove_mailbox(found, by=request.person, at=timezone.now())
        messages.success(request, _("%(name)s is removed. All its mail stays, there and here.") % {"name": found.name})
        return redirect("desk:mailboxes")
    return desk_page(request, "desk/mailboxes/removal.html", {"mailbox": found})


def _listed(request: DeskRequest) -> dict[str, Any]:
    now = timezone.now()
    found = list(mailboxes_for(request.person).prefetch_related("positions"))
    owed = owed_by(found)
    return {"standings": [_standing(one, owed.get(one.pk, 0), now) for one in found]}


def _page(request: DeskRequest, mailbox: Mailbox, form: MailboxForm, steps: list[Step] | None = None) -> HttpResponse:
    context = {
        "standing_here": _standing(mailbox, owed_by([mailbox]).get(mailbox.pk, 0), timezone.now()),
        "mailbox": mailbox,
        "form": form,
        "steps": steps or [],
        "is_good": bool(steps) and is_good(steps or []),
        "events": list(events_of(mailbox)[:SHOWN_EVENTS]),
    }
    return desk_page(
        request, "desk/mailboxes/mailbox.html", context, topics=(TOPIC,), status=422 if form.errors else 200
    )


def _standing(mailbox: Mailbox, owed: int, at: datetime) -> Standing:
    busy = [position for position in mailbox.positions.all() if position.done < position.total]
    mark, word = _fate(mailbox, bool(busy), at)
    return Standing(mailbox, mark, word, owed, busy if mailbox.is_active else [])


def _fate(mailbox: Mailbox, is_busy: bool, at: datetime) -> tuple[str, str]:
    if not mailbox.is_active:
        return "kept", _("Paused")
    if mailbox.needs_person:
        return "failed", _("Needs you")
    if is_silent(mailbox, at):
        return "failed", _("Silent")
    if mailbox.problem:
        return "queued", _("Trying again")
    if mailbox.last_success_at is None:
        return "queued", _("Starting")
    return ("queued", _("Reading")) if is_busy else ("sent", _("Works"))


def _mailbox(request: DeskRequest, pk: int) -> Mailbox:
    found = mailboxes_for(request.person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
