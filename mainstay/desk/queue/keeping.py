"""Saved views: made of what is looked at, saved again, renamed, shared, removed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.people.errors import NotAllowed
from mainstay.people.models import Team
from mainstay.people.queries import known_roles
from mainstay.people.states import Permission
from mainstay.worklists import actions
from mainstay.worklists.errors import (
    NoAudience,
    NoSuchView,
    NoViewName,
    TooManyViews,
    ViewChangedMeanwhile,
    ViewNameTaken,
    WorklistError,
)
from mainstay.worklists.models import NAME_LENGTH, View
from mainstay.worklists.queries import counts_and_names, may_change, may_share, shared_views, view_for
from mainstay.worklists.rules import shape_of
from mainstay.worklists.states import Audience, Grouping, Order

from ..doorway import DeskRequest, desk_page, staff_only
from ..setup.forms import SeenForm, posted
from .shown import listed, looking, shown_in
from .views import queue_page
from .words import Vocabulary, chips_of


class ViewForm(SeenForm):
    """What a view is called, and whom it is for; `person` may share it, or has it alone."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    whom = forms.ChoiceField(label=gettext_lazy("Who sees it in their list"))

    def __init__(self, *args: Any, sharing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = _whom_choices() if sharing else [(Audience.OWNER.value, Audience.OWNER.label)]  # type: ignore[attr-defined]

    @property
    def sharing(self) -> actions.Sharing:
        audience, _colon, key = self.cleaned_data["whom"].partition(":")
        return actions.Sharing(
            audience,
            role=key if audience == Audience.ROLE else "",
            team=int(key) if audience == Audience.TEAM else None,
        )


def _whom_choices() -> list[tuple[str, str]]:
    roles = [(f"role:{role.key}", _("Role: %(name)s") % {"name": role.name}) for role in known_roles()]
    teams = [
        (f"team:{team.pk}", _("Team: %(name)s") % {"name": team.name}) for team in Team.objects.order_by("name", "pk")
    ]
    return [(one.value, str(one.label)) for one in (Audience.OWNER, Audience.EVERYBODY)] + roles + teams


def whom_of(view: View) -> str:
    """As the form names it."""
    key = {Audience.ROLE.value: view.role, Audience.TEAM.value: str(view.team_id or "")}.get(view.audience)
    return view.audience if key is None else f"{view.audience}:{key}"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.SEE_TICKETS)
def views(request: DeskRequest) -> HttpResponse:
    """The list of views; posted to, a new one of what was looked at (`of`)."""
    if request.method == "POST":
        return _new(request)
    rest = [view for view in shared_views() if view not in listed(request)] if may_share(request.person) else []
    context = {"views": _entries(request, listed(request)), "others": _entries(request, rest)}
    return desk_page(request, "desk/views/page.html", context)


@require_safe
@staff_only(Permission.MANAGE_VIEWS)
def shared(request: DeskRequest) -> HttpResponse:
    """In set-up: all views that stand in the lists of several people."""
    return desk_page(request, "desk/views/shared.html", {"views": _entries(request, shared_views())})


def _entries(request: DeskRequest, found: Iterable[View]) -> list[dict[str, Any]]:
    kept = list(found)
    roles = {role.key: role.name for role in known_roles()} if any(one.role for one in kept) else {}
    return [
        {
            "view": view,
            "url": f"{reverse('desk:queue')}?view={view.pk}",
            "whom": _whom_word(view, roles),
            "may_change": may_change(view, request.person),
        }
        for view in kept
    ]


def _whom_word(view: View, roles: Mapping[str, str]) -> str:
    """`roles`: names by key."""
    if view.audience == Audience.TEAM:
        return view.team.name if view.team else _("a team that is gone")
    if view.audience == Audience.ROLE:
        return roles.get(view.role, _("a role that is gone"))
    return str(Audience(view.audience).label)


def _new(request: DeskRequest) -> HttpResponse:
    shown = shown_in(request, QueryDict(request.POST.get("of", "")[:4000]))
    name = request.POST.get("name", "")
    is_shared = request.POST.get("audience") == Audience.EVERYBODY
    sharing = actions.Sharing(Audience.EVERYBODY.value if is_shared else Audience.OWNER.value)
    try:
        view = actions.add_view(name=name, shape=shown.shape, sharing=sharing, by=request.person, at=timezone.now())
    except WorklistError as problem:
        return queue_page(request, shown, status=422, saving={"problem": str(problem), "name": name})
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('desk:queue')}?view={view.pk}")


@require_POST
@staff_only(Permission.SEE_TICKETS)
def view_shape(request: DeskRequest, pk: int) -> HttpResponse:
    """What is looked at (`of`) is what the view shows from now on."""
    shown = shown_in(request, QueryDict(request.POST.get("of", "")[:4000]))
    try:
        view = view_for(request.person, pk)
        actions.reshape_view(
            view, shape=shown.shape, seen=request.POST.get("seen", ""), by=request.person, at=timezone.now()
        )
    except NoSuchView as problem:  # what was looked at stays, to be saved as a new one
        return queue_page(request, shown, status=404, saving={"problem": str(problem), "name": ""})
    except WorklistError as problem:
        return queue_page(request, shown, status=422, saving={"problem": str(problem), "name": ""})
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return redirect(f"{reverse('desk:queue')}?view={view.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.SEE_TICKETS)
def view(request: DeskRequest, pk: int) -> HttpResponse:
    """What it is called and whom it is for."""
    found = _found(request, pk)
    initial = {"name": found.name, "whom": whom_of(found)}
    form = ViewForm(posted(request), sharing=may_share(request.person), initial=initial)
    if not form.is_bound:
        form.see(actions.seen_of(found))
    form.blamed = {NoViewName: "name", ViewNameTaken: "name", NoAudience: "whom", TooManyViews: "name"}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_view(
                found,
                name=given["name"],
                sharing=form.sharing,
                seen=given["seen"],
                by=request.person,
                at=timezone.now(),
            )
        except ViewChangedMeanwhile as problem:
            form.blame(problem)
            found = _found(request, pk)
            form.see(actions.seen_of(found))
        except NoSuchView as problem:
            messages.error(request, str(problem))
            return redirect("desk:views")
        except WorklistError as problem:
            form.blame(problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:views")
    shape = shape_of(found)
    _none, names = counts_and_names({}, shape.terms, looking(request))
    context = {
        "form": form,
        "view": found,
        "chips": chips_of(shape.terms, Vocabulary(request.policy, names)),
        "order": Order(shape.order).label,
        "grouping": Grouping(shape.grouping).label,
    }
    return desk_page(request, "desk/views/view.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only(Permission.SEE_TICKETS)
def view_removal(request: DeskRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    actions.remove_view(found, by=request.person, at=timezone.now())
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": found.name})
    return redirect("desk:views")


def _found(request: DeskRequest, pk: int) -> View:
    """A view that this person may change."""
    try:
        found = view_for(request.person, pk)
    except NoSuchView:
        raise Http404 from None
    if not may_change(found, request.person):
        raise NotAllowed
    return found
