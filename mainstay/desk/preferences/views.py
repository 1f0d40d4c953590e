"""Language, theme and time zone of the person who signed in."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mainstay.notifications.push_key import public_push_key
from mainstay.notifications.queries import choices_of, subscriptions_of
from mainstay.people.actions import choose_preferences
from mainstay.people.models import Account, Person
from mainstay.people.states import Theme

from ..doorway import DeskRequest, desk_page, for_staff
from ..notifications.forms import NoticesForm


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=Theme.choices)
    zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64, required=False)

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"].strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("No time zone is called that. Write it like Europe/Amsterdam."))
        return zone


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def preferences(request: DeskRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)
    chosen = {"language": account.person.language, "theme": account.theme, "zone": account.person.zone}
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        choose_preferences(account, **form.cleaned_data)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("desk:preferences")
    zones = sorted(available_timezones())
    context = {"form": form, "zones": zones, **_notices(account.person)}
    return desk_page(request, "desk/preferences/page.html", context, status=422 if form.errors else 200)


def _notices(person: Person) -> dict[str, Any]:
    """How one is told of notices, which has a form of its own."""
    choices = choices_of(person)
    chosen = {name: getattr(choices, name) for name in NoticesForm.base_fields}
    return {
        "notices_form": NoticesForm(initial=chosen),
        "browsers": subscriptions_of(person),
        "push_key": public_push_key(),
    }
