"""Colleagues: who may sign in and as what, invitations, and those who left."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.notifications.inviting import link_of
from mainstay.people.errors import (
    AddressTaken,
    BelongsToCustomer,
    ChangedMeanwhile,
    InvitedAlready,
    LastAdministrator,
    MoreThanOwn,
    NoSuchRole,
)
from mainstay.people.inviting import invite_again, invite_colleague, withdraw_invitation
from mainstay.people.models import Account, Invitation, Person
from mainstay.people.queries import accounts_for, invitations_for
from mainstay.people.staffing import change_colleague, reactivate, seen_of
from mainstay.people.states import InvitationMail, Permission
from mainstay.tickets.actions import deactivate_colleague
from mainstay.tickets.queries import unfinished_of

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed
from .forms import ColleagueForm, InvitationForm, posted

# The shapes of delivery stand for the fates of an invitation's mail.
MARKS = {
    InvitationMail.QUEUED.value: "queued",
    InvitationMail.SENT.value: "sent",
    InvitationMail.KEPT.value: "kept",
    InvitationMail.FAILED.value: "failed",
}


@dataclass(frozen=True)
class Waiting:
    """An invitation that was not accepted yet. `link` is shown where no mail brought it, to who could give its role."""

    invitation: Invitation
    mark: str
    word: str
    is_over: bool
    link: str
    may_change: bool


@require_safe
@staff_only(Permission.MANAGE_PEOPLE)
def setup_people(request: DeskRequest) -> HttpResponse:
    accounts = list(accounts_for(request.person))
    context = {
        "here": [account for account in accounts if account.is_active],
        "left": [account for account in accounts if not account.is_active],
        "waiting": [_waiting(one, request.person) for one in invitations_for(request.person)],
    }
    return desk_page(request, "desk/setup/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_invitation_new(request: DeskRequest) -> HttpResponse:
    initial = {"role": "technician", "language": get_language()}
    form = InvitationForm(posted(request), giver=request.person, initial=initial)
    form.blamed = {AddressTaken: "email", BelongsToCustomer: "email", InvitedAlready: "email", NoSuchRole: "role"}
    if request.method == "POST" and form.is_valid():
        try:
            made = invite_colleague(by=request.person, at=timezone.now(), **form.cleaned_data)
        except tuple(form.blamed) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("%(name)s is invited; the link is good for a week.") % {"name": made.name})
            return redirect("desk:setup_people")
    return desk_page(request, "desk/setup/invitation_new.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@staff_only(Permission.MANAGE_PEOPLE)
def setup_invitation_again(request: DeskRequest, pk: int) -> HttpResponse:
    made = invite_again(_invitation(request, pk), by=request.person, at=timezone.now())
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": made.email})
    return redirect("desk:setup_people")


@require_POST
@staff_only(Permission.MANAGE_PEOPLE)
def setup_invitation_withdrawal(request: DeskRequest, pk: int) -> HttpResponse:
    invitation = _invitation(request, pk)
    withdraw_invitation(invitation, by=request.person, at=timezone.now())
    messages.success(request, _("The invitation of %(name)s is withdrawn.") % {"name": invitation.name})
    return redirect("desk:setup_people")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_person(request: DeskRequest, pk: int) -> HttpResponse:
    """One colleague; somebody whose role allows more than the reader's is shown, and can't be changed."""
    account = _account(request, pk)
    may_change = account.permissions <= request.person.permissions
    form = ColleagueForm(posted(request), account=account, giver=request.person)
    form.blamed = {MoreThanOwn: "role", LastAdministrator: "role", NoSuchRole: "role"}
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            change_colleague(account, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            account = _account(request, pk)
            saved = {"name": account.person.name, "role": account.role_name}
            form.see(seen_of(account))
        except (MoreThanOwn, LastAdministrator, NoSuchRole) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_people")
    context = {
        "account": account,
        "form": form,
        "saved": saved,
        "may_change": may_change,
        "is_self": account.person_id == request.person.pk,
        "teams": list(account.person.teams.order_by("name", "pk")),
    }
    return desk_page(request, "desk/setup/person.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_person_deactivation(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first, with how many tickets it sets free."""
    account = _account(request, pk)
    if request.method == "POST":
        freed = twice_if_needed(lambda: deactivate_colleague(account, by=request.person, at=timezone.now()))
        messages.success(request, _left_sentence(account.person, freed))
        return redirect("desk:setup_people")
    return desk_page(
        request,
        "desk/setup/person_deactivation.html",
        {"account": account, "unfinished": unfinished_of(account.person_id)},
    )


@require_POST
@staff_only(Permission.MANAGE_PEOPLE)
def setup_person_reactivation(request: DeskRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    reactivate(account, by=request.person, at=timezone.now())
    messages.success(request, _("%(name)s may sign in again.") % {"name": account.person})
    return redirect("desk:setup_person", pk)


def _left_sentence(person: Person, freed: int) -> str:
    sentence = ngettext(
        "%(name)s can't sign in any more. %(n)s ticket is back in the queue.",
        "%(name)s can't sign in any more. %(n)s tickets are back in the queue.",
        freed,
    )
    return sentence % {"name": person, "n": freed}


def _waiting(invitation: Invitation, reader: Person) -> Waiting:
    may_change = invitation.permissions <= reader.permissions
    is_over = invitation.expires_at <= timezone.now()
    is_unsent = invitation.mail_state in (InvitationMail.KEPT, InvitationMail.FAILED)
    return Waiting(
        invitation,
        MARKS[invitation.mail_state],
        str(InvitationMail(invitation.mail_state).label),
        is_over,
        link_of(invitation) if may_change and is_unsent and not is_over else "",
        may_change,
    )


def _account(request: DeskRequest, pk: int) -> Account:
    found = accounts_for(request.person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found


def _invitation(request: DeskRequest, pk: int) -> Invitation:
    found = invitations_for(request.person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
