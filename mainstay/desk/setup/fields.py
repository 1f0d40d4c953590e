"""Set-up of the desk's own fields for tickets."""

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
from mainstay.tickets.actions import FieldGiven, keep_field, move_field, seen_of_field
from mainstay.tickets.errors import ChoicesMissing, FieldChanged, FieldNameTaken, FieldNeedsName, TicketError
from mainstay.tickets.fields import FIELD_NAME_LENGTH
from mainstay.tickets.models import CustomField
from mainstay.tickets.states import FieldKind

from ..doorway import DeskRequest, desk_page, staff_only
from ..rows import names_of
from .forms import SeenForm, posted


class FieldForm(SeenForm):
    """`policy` says which natures there are; the kind of a field that is there can't be changed."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=FIELD_NAME_LENGTH)
    kind = forms.ChoiceField(label=gettext_lazy("What stands in it"), choices=FieldKind.choices)
    choices = forms.CharField(
        label=gettext_lazy("What it offers"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("For one of several: one on each line."),
    )
    natures = forms.MultipleChoiceField(
        label=gettext_lazy("Natures"), widget=forms.CheckboxSelectMultiple, required=False
    )
    is_required = forms.BooleanField(label=gettext_lazy("Needed before a ticket is resolved"), required=False)
    is_retired = forms.BooleanField(
        label=gettext_lazy("Retired: asked no more; what stands in it is kept"), required=False
    )
    blamed = {FieldNeedsName: "name", FieldNameTaken: "name", ChoicesMissing: "choices"}

    def __init__(self, *args: Any, policy: Policy, field: CustomField | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or policy.languages.default
        natures = {key: policy.name_of_nature(key, language) for key in policy.nature_keys}
        gone = {key: key for key in (field.natures if field else ()) if key not in natures}
        self.fields["natures"].choices = list({**natures, **gone}.items())  # type: ignore[attr-defined]
        if field is not None:
            self.fields["kind"].disabled = True
            self.initial = {**seen_of_field(field), "choices": "\n".join(field.choices)}

    @property
    def given(self) -> FieldGiven:
        known = self.cleaned_data
        return FieldGiven(
            name=known["name"],
            kind=known["kind"],
            natures=known["natures"],
            choices=known["choices"].splitlines(),
            is_required=known["is_required"],
            is_retired=known["is_retired"],
        )


@require_safe
@staff_only(Permission.MANAGE_DESK)
def setup_fields(request: DeskRequest) -> HttpResponse:
    kept = list(CustomField.objects.order_by("place", "pk"))
    return desk_page(request, "desk/setup/fields.html", {"fields": kept, **names_of(request.policy)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_field_new(request: DeskRequest) -> HttpResponse:
    return _page(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(Permission.MANAGE_DESK)
def setup_field(request: DeskRequest, pk: int) -> HttpResponse:
    return _page(request, _field(pk))


@require_POST
@staff_only(Permission.MANAGE_DESK)
def setup_field_move(request: DeskRequest, pk: int) -> HttpResponse:
    """Earlier, or later."""
    move_field(_field(pk), up=request.POST.get("do") == "up", by=request.person, at=timezone.now())
    return redirect("desk:setup_fields")


def _page(request: DeskRequest, field: CustomField | None) -> HttpResponse:
    form = FieldForm(posted(request), policy=request.policy, field=field)
    if field is not None and not form.is_bound:
        form.see(seen_of_field(field))
    saved = None
    if request.method == "POST" and form.is_valid():
        try:
            keep_field(field, form.given, by=request.person, at=timezone.now(), seen=form.cleaned_data["seen"])
        except FieldChanged as fault:
            assert field is not None
            form.blame(fault)
            field.refresh_from_db()
            saved = seen_of_field(field)
            form.see(saved)
        except TicketError as fault:
            form.blame(fault)
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:setup_fields")
    context = {"form": form, "field": field, "saved": saved}
    return desk_page(request, "desk/setup/field.html", context, status=422 if form.errors else 200)


def _field(pk: int) -> CustomField:
    found = CustomField.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found
