"""Checklists: tasks that are put on a ticket together, for each nature."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.people.states import Permission
from mainstay.policy.shape import Policy
from mainstay.tickets.actions import keep_checklist, remove_checklist, seen_of_checklist
from mainstay.tickets.errors import ChecklistChanged, ChecklistTaken, NoTask, TicketError
from mainstay.tickets.models import Checklist

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_of
from .forms import SeenForm


class ChecklistForm(SeenForm):
    """`policy` says which natures there are."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    lines = forms.CharField(
        label=gettext_lazy("Tasks"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One on each line, at most 50."),
    )
    natures = forms.MultipleChoiceField(
        label=gettext_lazy("Natures"), widget=forms.CheckboxSelectMultiple, required=False
    )
    blamed = {ChecklistTaken: "name", NoTask: "lines"}

    def __init__(self, *args: Any, policy: Policy, checklist: Checklist | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or policy.languages.default
        natures = {key: policy.name_of_nature(key, language) for key in policy.nature_keys}
        gone = {key: key for key in (checklist.natures if checklist else ()) if key not in natures}
        self.fields["natures"].choices = list({**natures, **gone}.items())  # type: ignore[attr-defined]
        if checklist is not None:
            self.initial = {
                "name": checklist.name,
                "lines": "\n".join(checklist.lines),
                "natures": checklist.natures,
            }


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_checklists(request: DeskRequest) -> HttpResponse:
    kept = list(Checklist.objects.order_by("name", "pk"))
    return desk_page(request, "desk/setup/checklists.html", {"checklists": kept, **names_of(request.policy)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_checklist_new(request: DeskRequest) -> HttpResponse:
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_checklist(request: DeskRequest, pk: int) -> HttpResponse:
    return _page(request, _checklist(pk))


@require_POST
@staff_only(Permission.MANAGE_DESK)
def setup_checklist_removal(request: DeskRequest, pk: int) -> HttpResponse:
    checklist = _checklist(pk)
    remove_checklist(checklist, by=request.person, at=timezone.now())
    messages.success(request, _("The checklist “%(name)s” is removed.") % {"name": checklist.name})
    return redirect("desk:setup_checklists")


def _page(request: DeskRequest, checklist: Checklist | None) -> HttpResponse:
    form = ChecklistForm(request.POST or None, policy=request.policy, checklist=checklist)
    if checklist is not None and not form.is_bound:
        form.see(seen_of_checklist(checklist))
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            keep_checklist(checklist, by=request.person, at=timezone.now(), **form.cleaned_data)
        except ChecklistChanged as fault:
            assert checklist is not None
            form.blame(fault)
            checklist.refresh_from_db()
            saved = seen_of_checklist(checklist)
            form.see(saved)
        except TicketError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_checklists")
    context = {"form": form, "checklist": checklist, "saved": saved}
    return desk_page(request, "desk/setup/checklist.html", context, status=422 if form.errors else 200)


def _checklist(pk: int) -> Checklist:
    found = Checklist.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
