"""Tags of the whole desk: renamed, merged, removed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.people.states import Permission
from mainstay.tickets import actions
from mainstay.tickets.errors import TicketError
from mainstay.tickets.models import Tag
from mainstay.tickets.queries import counted_tags

from ..doorway import DeskRequest, desk_page, staff_only, twice_if_needed


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_tags(request: DeskRequest) -> HttpResponse:
    return desk_page(request, "desk/setup/tags.html", {"tags": counted_tags()})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_tag(request: DeskRequest, pk: int) -> HttpResponse:
    """Rename it; or merge it into another one, when `into` names that."""
    tag = _tag(pk)
    name, problem = tag.name, ""
    if request.method == "POST":
        name = request.POST.get("name", "")[:200]
        try:
            _change(request, tag, name)
        except TicketError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_tags")
    others = [one for one in counted_tags() if one.pk != tag.pk]
    context = {"tag": tag, "name": name, "problem": problem, "others": others}
    return desk_page(request, "desk/setup/tag.html", context, status=422 if problem else 200)


def _change(request: DeskRequest, tag: Tag, name: str) -> None:
    if "into" in request.POST:
        into = _tag(request.POST["into"])
        twice_if_needed(lambda: actions.merge_tags(tag, into=into, by=request.person, at=timezone.now()))
    else:
        actions.rename_tag(tag, name=name, by=request.person, at=timezone.now())


@require_POST
@staff_only(Permission.MANAGE_DESK)
def setup_tag_removal(request: DeskRequest, pk: int) -> HttpResponse:
    tag = _tag(pk)
    twice_if_needed(lambda: actions.remove_tag(tag, by=request.person, at=timezone.now()))
    messages.success(request, _("The tag “%(name)s” is removed from every ticket.") % {"name": tag.name})
    return redirect("desk:setup_tags")


def _tag(key: int | str) -> Tag:
    known = str(key).isascii() and str(key).isdecimal() and int(key) < 2**63
    found = Tag.objects.filter(pk=int(key)).first() if known else None
    if found is None:
        raise Http404
    return found
