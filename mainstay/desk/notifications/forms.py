"""What a person chooses about notices, and what a browser says of itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class NoticesForm(forms.Form):
    by_mail = forms.BooleanField(label=_("Also by e-mail, at most one in five minutes"), required=False)
    by_push = forms.BooleanField(label=_("Also in the browsers below"), required=False)
    by_sound = forms.BooleanField(label=_("With a short sound, while a page of the desk is open"), required=False)
    quiet_off_duty = forms.BooleanField(label=_("Only on screen while I am not on duty"), required=False)
    quiet_from = forms.TimeField(label=_("From"), required=False, widget=_CLOCK)
    quiet_until = forms.TimeField(label=_("Until"), required=False, widget=_CLOCK)
    urgent_when_quiet = forms.BooleanField(label=_("Urgent ones all the same"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            raise forms.ValidationError(_("Quiet hours need a beginning and an end."))
        return cleaned


class BrowserForm(forms.Form):
    """What `PushManager.subscribe` gives."""

    endpoint = forms.CharField(max_length=1000)
    public_key = forms.CharField(max_length=100)
    secret = forms.CharField(max_length=40)
