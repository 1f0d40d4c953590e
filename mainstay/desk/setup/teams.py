"""Teams: who works together, and what they take."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.people.errors import ChangedMeanwhile, TeamNameTaken
from mainstay.people.models import Team
from mainstay.people.queries import teams_for
from mainstay.people.states import Permission
from mainstay.people.teams import add_team, change_team, remove_team, seen_of

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_of
from .forms import TeamForm, posted


@require_safe
@staff_only(Permission.MANAGE_PEOPLE)
def setup_teams(request: DeskRequest) -> HttpResponse:
    teams = teams_for(request.person).prefetch_related("members")
    return desk_page(request, "desk/setup/teams.html", {"teams": list(teams), **names_of(request.policy)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_team_new(request: DeskRequest) -> HttpResponse:
    form = TeamForm(posted(request), policy=request.policy, language=get_language() or "en")
    form.blamed = {TeamNameTaken: "name"}
    if request.method == "POST" and form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        try:
            add_team(by=request.person, at=timezone.now(), **given)
        except TeamNameTaken as fault:
            form.blame(fault)
        else:
            return redirect("desk:setup_teams")
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_PEOPLE)
def setup_team(request: DeskRequest, pk: int) -> HttpResponse:
    team = _team(request, pk)
    form = TeamForm(posted(request), policy=request.policy, language=get_language() or "en", team=team)
    if not form.is_bound:
        form.see(seen_of(team))
    form.blamed = {TeamNameTaken: "name"}
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            change_team(team, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as fault:
            form.blame(fault)
            team.refresh_from_db()
            saved = seen_of(team)
            form.see(saved)
        except TeamNameTaken as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_teams")
    return _page(request, form, team, saved)


@require_POST
@staff_only(Permission.MANAGE_PEOPLE)
def setup_team_removal(request: DeskRequest, pk: int) -> HttpResponse:
    team = _team(request, pk)
    remove_team(team, by=request.person, at=timezone.now())
    messages.success(request, _("The team “%(name)s” is removed.") % {"name": team.name})
    return redirect("desk:setup_teams")


def _page(
    request: DeskRequest, form: TeamForm, team: Team | None, saved: dict[str, object] | None = None
) -> HttpResponse:
    context = {"form": form, "team": team, "saved": saved}
    return desk_page(request, "desk/setup/team.html", context, status=422 if form.errors else 200)


def _team(request: DeskRequest, pk: int) -> Team:
    found = teams_for(request.person).filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
