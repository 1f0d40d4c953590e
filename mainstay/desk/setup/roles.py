"""Roles: the four that are always there, and the desk's own, made of permissions."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.people.errors import ChangedMeanwhile, MoreThanOwn, NoSuchRole, RoleInUse, RoleNameTaken
from mainstay.people.models import CustomRole
from mainstay.people.queries import KnownRole, custom_role_for, known_roles, role_with_key
from mainstay.people.roles import add_role, change_role, remove_role, seen_of
from mainstay.people.states import Permission

from ..doorway import DeskRequest, desk_page, staff_only
from .forms import RoleForm, RoleRemovalForm, posted


@dataclass(frozen=True)
class ShownRole:
    """A role as the list shows it: what it allows in words, and whether the reader could change or remove it."""

    role: KnownRole
    may: list[str]
    may_change: bool

    @property
    def may_everything(self) -> bool:
        return len(self.role.permissions) == len(Permission)


@require_safe
@staff_only(Permission.MANAGE_PEOPLE)
def setup_roles(request: DeskRequest) -> HttpResponse:
    own = request.person.permissions
    shown = [
        ShownRole(role, words_of(role.permissions), role.custom is not None and role.is_within(own))
        for role in known_roles()
    ]
    return desk_page(request, "desk/setup/roles.html", {"roles": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_role_new(request: DeskRequest) -> HttpResponse:
    """`like`: the key of a role whose permissions are ticked at first."""
    form = RoleForm(posted(request), giver=request.person, initial=_like(request.GET.get("like", "")))
    form.blamed = {RoleNameTaken: "name", MoreThanOwn: "permissions"}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            add_role(name=given["name"], permissions=given["permissions"], by=request.person, at=timezone.now())
        except tuple(form.blamed) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("The role is there. Give it to people on their page."))
            return redirect("desk:setup_roles")
    return desk_page(
        request, "desk/setup/role.html", {"form": form, "role": None, "saved": None}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_role(request: DeskRequest, pk: int) -> HttpResponse:
    role = _role(request, pk)
    initial = {"name": role.name, "permissions": role.permissions}
    form = RoleForm(posted(request), giver=request.person, initial=initial)
    if not form.is_bound:
        form.see(seen_of(role))
    form.blamed = {RoleNameTaken: "name", MoreThanOwn: "permissions"}
    saved: list[str] | None = None
    if request.method == "POST" and form.is_valid():
        try:
            change_role(role, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            role.refresh_from_db()
            saved = words_of(frozenset(role.permissions))
            form.see(seen_of(role))
        except (RoleNameTaken, MoreThanOwn) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved. It holds from everybody's next page on."))
            return redirect("desk:setup_roles")
    return desk_page(
        request,
        "desk/setup/role.html",
        {"form": form, "role": role, "saved": saved},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_role_removal(request: DeskRequest, pk: int) -> HttpResponse:
    """Asked first; where somebody has the role, the one that takes its place is named."""
    role = _role(request, pk)
    people = next((known.people for known in known_roles() if known.custom == role), 0)
    form = RoleRemovalForm(posted(request), role=role, giver=request.person)
    form.fields["instead"].required = bool(people)
    form.blamed = {RoleInUse: "instead", MoreThanOwn: "instead", NoSuchRole: "instead"}
    if request.method == "POST" and form.is_valid():
        try:
            remove_role(role, instead=form.cleaned_data["instead"], by=request.person, at=timezone.now())
        except tuple(form.blamed) as fault:
            form.blame(fault)
        else:
            messages.success(request, _("The role “%(name)s” is removed.") % {"name": role.name})
            return redirect("desk:setup_roles")
    context = {"role": role, "form": form, "people": people}
    return desk_page(request, "desk/setup/role_removal.html", context, status=422 if form.errors else 200)


def words_of(permissions: frozenset[str]) -> list[str]:
    """In the order in which they are declared."""
    return [str(one.label) for one in Permission if one.value in permissions]


def _like(key: str) -> dict[str, object]:
    try:
        role = role_with_key(key)
    except NoSuchRole:
        return {}
    return {"permissions": list(role.permissions)}


def _role(request: DeskRequest, pk: int) -> CustomRole:
    found = custom_role_for(request.person, pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
